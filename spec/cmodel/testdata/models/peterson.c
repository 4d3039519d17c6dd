/* Peterson's algorithm for two tasks. */
#include "mcheck.h"

static bool flag[2];
static u1 turn;
GHOST static u2 inside;

static void enter(u1 me)
{
	flag[me] = true;
	turn = 1 - me;
	atomic await(!flag[1 - me] || turn == me);
	ghost { inside++; }
}

static void leave(u1 me)
{
	flag[me] = false;
	ghost { inside--; }
}

TASK(p, 1)
{
	for (;;) {
		enter(0);
		leave(0);
	}
}

TASK(q, 1)
{
	for (;;) {
		enter(1);
		leave(1);
	}
}

INVARIANT(MutualExclusion, "at most one task is in the critical section", "Peterson 1981")
{
	return inside <= 1;
}
