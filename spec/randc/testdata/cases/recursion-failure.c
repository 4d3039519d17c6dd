/* cpus=1 migrate=false */
/* A statement that fails at two depths of a recursion fails in one way: raw had two more states. */
#include "mcheck.h"
static u2 x;
RECURSION(3) static u2 rec(u2 n)
{
	x++;
	u2 r = rec(n - 1);
	return r;
}
TASK(t, 2)
{
	rec(2);
}
