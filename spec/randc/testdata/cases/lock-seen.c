/* cpus=1 migrate=false */
/* That spin_is_locked tells that the lock is held: its release is no part of the step before it. */
#include "mcheck.h"
static spinlock_t l;
static bool x;
static u2 y;
TASK(t, 1)
{
	spin_lock(&l);
	x = true;
	spin_unlock(&l);
}
TASK(u, 1)
{
	await(x);
	if (spin_is_locked(&l))
		y = 1;
}
COVER(sees, "", "") { return y == 1; }
