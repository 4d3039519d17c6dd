/* Objects that are made, shared, dropped and made again. */
#include "mcheck.h"

struct item {
	u2 refs;
	struct item *next;
};
POOL(item, 2);

static spinlock_t lock;
GUARDED_BY(lock) static struct item *slot;
static item_set seen;
GHOST static u2 made;

static void put(struct item *p)
{
	bool last;

	atomic {
		p->refs--;
		last = p->refs == 0;
	}
	if (last) {
		atomic {
			set_del(&seen, p);
			release(p);
		}
	}
}

TASK(maker, 1)
{
	struct item *p, *old;
	u2 i;

	for (i = 0; i < 2; i++) {
		atomic {
			p = alloc(item);
			p->refs = 1;
			set_add(&seen, p);
		}
		ghost { made++; }
		spin_lock(&lock);
		old = slot;
		slot = p;
		spin_unlock(&lock);
		p = NULL;
		if (old)
			put(old);
	}
}

TASK(user, 1)
{
	struct item *p;

	spin_lock(&lock);
	p = slot;
	slot = NULL;
	spin_unlock(&lock);
	if (p)
		put(p);
}

INVARIANT(Counted, "what is seen has a reference", "")
{
	struct item *p;

	for_each(item, p)
		if (set_has(&seen, p) && p->refs > 1)
			return false;
	return true;
}
