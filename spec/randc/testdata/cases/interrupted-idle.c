/* cpus=1 migrate=false */
/* Who is stopped behind the start of an idle statement is no longer idle. */
#include "mcheck.h"
struct task_struct { bool irq INTERRUPTED; };
static spinlock_t l; static GUARDED_BY(l) u2 a, b;
static bool go;
TASK(p, 1)
{
	idle spin_lock(&l);
	a = 1;
	b = 1;
	spin_unlock(&l);
}
SOFTIRQ(s, 1)
{
	struct task_struct *t = choose_one(task_struct);
	await(go);
	t->irq = true;
}
TASK(q, 1) { spin_lock(&l); go = true; spin_unlock(&l); }
AT_REST(AB, "", "") { return a == b; }
