/* cpus=1 migrate=false */
/* An interrupt may stop a task for ever between two accesses: AB held in the default mode. */
#include "mcheck.h"
struct task_struct { bool irq INTERRUPTED; };
static spinlock_t l; static GUARDED_BY(l) u2 a, b;
TASK(p, 1)
{
	spin_lock(&l);
	a = 1;
	b = 1;
	spin_unlock(&l);
}
SOFTIRQ(s, 1)
{
	struct task_struct *t = choose_one(task_struct);
	t->irq = true;
}
AT_REST(AB, "", "") { return a == b; }
