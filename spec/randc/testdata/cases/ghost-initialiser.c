/* cpus=1 migrate=false */
/* The initialiser of a GHOST local reads what tasks share, before the first step too. */
#include "mcheck.h"
static spinlock_t l;
static u2 x;
GHOST static u2 g;
TASK(t, 1)
{
	s3 v GHOST = x;
	spin_lock(&l);
	ghost g = v;
	x = 1;
	spin_unlock(&l);
	GHOST u1 w = g;
}
