/* cpus=2 migrate=false */
/* A function that is left and entered again within a step has the other argument. */
#include "mcheck.h"
static bool go[2], seen;
static void f(u1 i)
{
	go[i] = true;
	go[i] = false;
}
TASK(p, 1)
{
	for (;;) {
		f(0);
		f(1);
	}
}
TASK(q, 1)
{
	await(go[1]);
	await(go[0]);
	seen = true;
}
INVARIANT(Never, "", "") { return !seen; }
