#include "mcheck.h"

struct task_struct {
	bool woken;
};

static spinlock_t l;
static bool ready, stop;
static u2 picked, cpu;
static task_struct_set asleep;

TASK(sleeper, 2)
{
	atomic set_add(&asleep, current);
	await(ready);
	await_by(current->woken, NULL);
	picked = choose(3);
	optional stop = true;
	cpu = smp_processor_id();
}

MACHINE(waker, 1)
{
	struct task_struct *t;

	atomic {
		t = choose_one(task_struct);
		await(set_has(&asleep, t) && !t->woken);
		t->woken = true;
	}
	ready = true;
}

WORKER(idler, 1)
{
	for (;;) {
		idle await(stop);
		atomic {
			await(stop);
			stop = false;
		}
		hangs spin_lock(&l);
	}
}

CAN_REST(Stops, "the idler can come to rest", "") { return !stop; }
