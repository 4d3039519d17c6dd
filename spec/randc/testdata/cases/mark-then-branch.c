/* cpus=1 migrate=false */
/* A step from the start of a marked statement goes on to the first access, on whichever side of a branch. */
#include "mcheck.h"
static u2 x;
static bool y;
static void f(bool v)
{
	hangs {
		v = v || x;
	}
}
WORKER(t, 1)
{
	f(1);
	bool w = y;
	f(w);
	y = !w;
}
AT_REST(P, "", "")
{
	return 0;
}
