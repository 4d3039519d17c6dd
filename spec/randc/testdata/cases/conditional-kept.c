/* cpus=1 migrate=false */
/* The value of a conditional expression is kept until it is used: the reader had too few states. */
#include "mcheck.h"
static s3 x;
static bool y;
TASK(t, 1)
{
	x = -1;
}
TASK(u, 1)
{
	s3 v = 0;
	y = (1 ? x : v) > -2;
}
