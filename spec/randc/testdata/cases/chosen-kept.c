/* cpus=1 migrate=false */
/* The value of ?: is kept up to its last use: reader took the value computed from it. */
#include "mcheck.h"
static s3 x;
static bool c;
TASK(t1, 1)
{
	u1 v = 0;
	c = (1 ? x : v) > -2;
}
TASK(t2, 1)
{
	x = -1;
}
