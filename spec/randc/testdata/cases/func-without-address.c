/* cpus=1 migrate=false */
/* A pointer to functions none of which has its address taken. */
#include "mcheck.h"
static bool x;
TASK(t, 1)
{
	void (*f)(void) = NULL;
	x = true;
}
