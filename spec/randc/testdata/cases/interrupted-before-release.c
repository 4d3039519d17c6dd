/* cpus=1 migrate=false */
/* Stopped for ever in front of the release of a lock that the interrupt waits for. */
#include "mcheck.h"
struct task_struct { INTERRUPTED bool irq; };
static u2 x;
static spinlock_t l;
static struct task_struct *me;
INIT { struct task_struct *t; for_each(task_struct, t) { if (me == NULL) me = t; } }
TASK(p, 1) { spin_lock(&l); x = 1; spin_unlock(&l); }
SOFTIRQ(s, 1) { await(x == 1); me->irq = true; spin_lock(&l); spin_unlock(&l); me->irq = false; }
