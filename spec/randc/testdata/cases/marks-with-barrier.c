/* cpus=1 migrate=false */
/* A barrier is nothing: the two statements are one place. */
#include "mcheck.h"
static u2 x;
TASK(t, 1)
{
	x = 1;
	optional {
		smp_rmb();
		optional {
			x = 2;
		}
	}
}
