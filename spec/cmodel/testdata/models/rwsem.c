/* Readers and a writer under an rwsem. */
#include "mcheck.h"

static rwsem_t sem;
GUARDED_BY(sem) static u2 a;
GUARDED_BY(sem) static u2 b;
GHOST static u2 readers;
GHOST static bool writing;
static bool torn;

TASK(reader, 2)
{
	bool same;

	down_read(&sem);
	ghost { readers++; }
	same = a == b;
	ghost { readers--; }
	up_read(&sem);
	if (!same)
		torn = true;
}

TASK(writer, 1)
{
	down_write(&sem);
	ghost { writing = true; }
	a++;
	b++;
	ghost { writing = false; }
	up_write(&sem);
}

INVARIANT(Exclusion, "no reader while the writer writes", "Courtois et al. 1971")
{
	return !writing || readers == 0;
}

COVER(TwoReaders, "readers share", "Courtois et al. 1971")
{
	return readers == 2;
}

INVARIANT(NotTorn, "a reader sees both or none", "Courtois et al. 1971")
{
	return !torn;
}
