/* cpus=1 migrate=false */
/* A task never left its loop where a local is declared behind it. */
#include "mcheck.h"
struct task_struct { PRIVATE u2 f; };
static u2 x;
TASK(t, 1)
{
	for (u2 i = 0; i < 2; i++)
		current->f = 1;
	u4 v = 0;
}
TASK(u, 1) { await(x > 1); }
