/* cpus=1 migrate=false */
/* Stopped for ever in front of the last access before an idle statement. */
#include "mcheck.h"
struct task_struct { INTERRUPTED bool irq; PRIVATE u2 a; };
static u2 x;
static bool more;
static struct task_struct *me;
INIT { struct task_struct *t; for_each(task_struct, t) { if (me == NULL) me = t; } }
TASK(p, 1)
{
	x = 1;
	if (choose(2))
		current->a = 1;
	else
		current->a = 2;
	idle await(more);
	x = 3;
}
SOFTIRQ(s, 1) { await(x == 1); me->irq = true; }
