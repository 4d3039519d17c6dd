/* A seqcount: the reader retries when the writer was there. */
#include "mcheck.h"

static spinlock_t lock;
static seqcount_t seq;
WRITE_GUARDED_BY(lock) static u1 a;
WRITE_GUARDED_BY(lock) static u1 b;
static bool torn;

TASK(writer, 1)
{
	spin_lock(&lock);
	write_seqcount_begin(&seq);
	a = 1;
	b = 1;
	write_seqcount_end(&seq);
	spin_unlock(&lock);
}

TASK(reader, 1)
{
	seq_t s;
	u1 x, y;

	do {
		s = read_seqbegin(&seq);
		x = a;
		y = b;
	} while (read_seqretry(&seq, s));
	if (x != y)
		torn = true;
}

INVARIANT(NotTorn, "the reader sees both writes or none", "seqlock.h")
{
	return !torn;
}

CAN_REST(ReaderEnds, "the reader can always end", "seqlock.h")
{
	return true;
}
