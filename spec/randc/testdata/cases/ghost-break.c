/* cpus=1 migrate=false */
/* A break does not leave the loop's surroundings: behind the loop it is decided by nothing. */
#include "mcheck.h"
POOL(s, 2); struct s { u2 v; };
static u2 x;
GHOST static s_list gl;
GHOST static s_set gs;
GHOST static u2 g;
static struct s *pp;
TASK(t1, 1)
{
	x = 1;
	ghost { g = 3; while (g) { if (g == 2) break; g--; } g = pp->v; }
	x = 2;
}
