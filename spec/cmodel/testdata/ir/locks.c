#include "mcheck.h"

struct node {
	spinlock_t lock;
	u2 n GUARDED_BY(lock);
};
POOL(node, 1);

static spinlock_t l;
static rwsem_t sem;
static seqcount_t seq;
static GUARDED_BY(l) u2 value, other;
static WRITE_GUARDED_BY(sem) u2 shown;
static struct node *only;
static bool tried, torn;
static GHOST bool held;

INIT
{
	only = alloc(node);
}

static void set(u2 n)
{
	value = n;
	other = n;
}

TASK(writer, 1)
{
	spin_lock(&l);
	set(1);
	ghost held = lock_is_held(&l);
	spin_unlock(&l);
	down_write(&sem);
	write_seqcount_begin(&seq);
	shown = 1;
	write_seqcount_end(&seq);
	downgrade_write(&sem);
	up_read(&sem);
	spin_lock(&only->lock);
	only->n++;
	spin_unlock(&only->lock);
	down_write(&sem);
	up_write(&sem);
}

TASK(reader, 1)
{
	seq_t s;
	u2 got;

	if (spin_trylock(&l)) {
		got = value;
		tried = got == 1;
		spin_unlock(&l);
	}
	down_read(&sem);
	got = shown;
	up_read(&sem);
	do {
		s = read_seqbegin(&seq);
		smp_rmb();
		got = READ_ONCE(shown);
	} while (read_seqretry(&seq, s));
	WRITE_ONCE(torn, got > 1);
	smp_wmb();
	smp_mb();
	if (spin_is_locked(&l))
		torn = false;
}

INVARIANT(Same, "who does not hold the lock sees both the same", "")
{
	WHEN_FREE(l);
	return value == other;
}
