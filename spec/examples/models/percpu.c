/*
 * A reference count that is spread over the CPUs, and walkers who take references to
 * its object without a lock: what a mount is to path walks.
 *
 * A walker finds the object inside an RCU section, takes a reference on the counter of
 * its own CPU, and looks whether the sequence count has moved since before it looked. If
 * not, the reference is good: who counts after that will see it. If it has, the walker
 * gives the reference back. The owner counts while the sequence count is odd, and
 * tries again if somebody has a reference; otherwise it detaches the object, waits for a
 * moment without readers, and puts its own. Whoever puts the last one frees the object.
 *
 * The model is here to be as large as you like:
 *
 *	mcheck check --model percpu.c --set WALKERS=3 --set READERS=2
 *
 * A walker more makes nearly 20 times as many states, a reader more twice as many. With
 * WALKS=3 a walker leaves when it has had three references, and how many it has had tells
 * states apart: about 3 times as many for each walker.
 */
#include "mcheck.h"

#ifndef WALKERS
#define WALKERS 2
#endif

/* Those who only look. */
#ifndef READERS
#define READERS 1
#endif

/* After how many references a walker leaves: 1 to 31; 0: never. */
#ifndef WALKS
#define WALKS 0
#endif

static seqcount_t seq;
static spinlock_t lock;
static u4 readers;		/* how many are inside read_lock() */
static bool attached;		/* the object can be found */
static bool freed;
static s4 count[NR_CPUS];	/* a reference each for the owner and for each walker that has one */
static s4 sum GUARDED_BY(lock);
static u2 cpu GUARDED_BY(lock);

struct task_struct {
	GHOST bool holds;	/* a reference that it trusts */
};

INIT
{
	attached = true;
	count[0] = 1;
}

static void read_lock(void)
{
	atomic readers++;
}

static void read_unlock(void)
{
	atomic readers--;
}

static void count_all(void)
{
	sum = 0;
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		atomic sum += count[cpu];	/* of these three only the counter is shared */
}

static void put(void)
{
	read_lock();
	if (attached) {
		/* The owner puts his own only when those inside have left. */
		this_cpu_add(count, -1);
		read_unlock();
		return;
	}
	read_unlock();
	spin_lock(&lock);
	this_cpu_add(count, -1);
	count_all();
	if (sum == 0) {
		assert(!freed);
		freed = true;
	}
	spin_unlock(&lock);
}

TASK(walker, WALKERS)
{
	seq_t s;
	u5 walks = 0;

	for (;;) {
		optional read_lock();
		s = read_seqbegin(&seq);
		if (!attached) {
			read_unlock();
			return;
		}
		this_cpu_add(count, 1);
		if (read_seqretry(&seq, s)) {
			read_unlock();
			put();
			continue;
		}
		ghost { current->holds = true; }
		read_unlock();
		ghost { current->holds = false; }
		put();
		if (WALKS && ++walks == WALKS)
			return;
	}
}

TASK(reader, READERS)
{
	for (;;) {
		optional atomic readers++;
		atomic readers--;
	}
}

TASK(owner, 1)
{
	spin_lock(&lock);
	for (;;) {
		write_seqcount_begin(&seq);
		count_all();
		if (sum == 1)
			break;
		write_seqcount_end(&seq);
		spin_unlock(&lock);
		spin_lock(&lock);
	}
	attached = false;
	write_seqcount_end(&seq);
	spin_unlock(&lock);
	await(readers == 0);
	put();
}

/* Whether somebody has a reference that it trusts. */
static bool held(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->holds)
			return true;
	return false;
}

INVARIANT(NotHeldWhenDetached, "what was detached as unused is not used", "what the second look is for")
{
	WHEN(!attached);
	return !held();
}

AT_REST(FreedInTheEnd, "when all have come to rest, the object is freed", "what the grace period is for")
{
	return freed;
}

COVER(HeldInTime, "a walker can have a reference while the object is attached", "that is what it comes for")
{
	return attached && held();
}
