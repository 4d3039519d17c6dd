/* Two tasks increment a counter without a lock: x++ is a read and a write. */
#include "mcheck.h"

static u2 x;
static u2 finished;

TASK(inc, 2)
{
	x++;
	atomic finished++;
}

AT_REST(BothCount, "no increment is lost", "folklore")
{
	return x == 2;
}
