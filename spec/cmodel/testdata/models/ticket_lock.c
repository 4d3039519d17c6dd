/* A ticket lock. */
#include "mcheck.h"

static u3 next_ticket;
static u3 now_serving;
GHOST static u2 inside;

static u3 take_ticket(void)
{
	u3 mine;

	atomic {
		mine = next_ticket;
		next_ticket = mine == 7 ? 0 : mine + 1;
	}
	return mine;
}

TASK(user, 2)
{
	u3 mine;
	u3 n;

	for (;;) {
		mine = take_ticket();
		await(now_serving == mine);
		ghost { inside++; }
		n = now_serving;
		now_serving = n == 7 ? 0 : n + 1;
		ghost { inside--; }
	}
}

INVARIANT(MutualExclusion, "one holder at a time", "Mellor-Crummey and Scott 1991")
{
	return inside <= 1;
}
