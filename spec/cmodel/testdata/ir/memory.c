/* What is about store buffers: nothing, where memory is sequentially consistent. */
#include "mcheck.h"

LOCKED static u2 users;
NO_BUFFER static bool noted;
static bool ready, mine;

TASK(taker, 2)
{
	bool got;

	locked {
		got = !mine;
		mine = true;
		users++;
	}
	if (got)
		ready = true;
}

TASK(watcher, 1)
{
	atomic await(ready && store_buffer_empty(current));
	noted = true;
}

AT_REST(Noted, "each is counted, and the flag is seen", "")
{
	return noted && users == 2;
}
