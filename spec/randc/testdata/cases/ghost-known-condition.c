/* cpus=1 migrate=false */
/* And in the operand of an assertion. */
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
	ghost { g = 3; assert(g && pp->v); }
	x = 2;
}
