/* cpus=1 migrate=false */
/* Stopped for ever in front of the last access: the task has not finished. */
#include "mcheck.h"
struct task_struct { INTERRUPTED bool irq; PRIVATE u2 a; };
static u2 x;
static struct task_struct *me;
INIT { struct task_struct *t; for_each(task_struct, t) { if (me == NULL) me = t; } }
TASK(p, 1) { x = 1; current->a = 1; }
SOFTIRQ(s, 1) { await(x == 1); me->irq = true; }
