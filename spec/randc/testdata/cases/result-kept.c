/* cpus=1 migrate=false */
/* The result of a function, or of ?:, is kept up to its last use: reader took the value computed from it. */
#include "mcheck.h"
static s3 a; static u2 b; static bool c;
static u2 f(void) { return b; }
TASK(t1, 1)
{
	u1 v = 0;
	c = f() < 3;
}
TASK(t2, 1) { a = choose(2); b = choose(2); }
