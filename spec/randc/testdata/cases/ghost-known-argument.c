/* cpus=1 migrate=false */
/* An argument that is ghost data, and known when the model is built. */
#include "mcheck.h"
POOL(s, 2); struct s { u2 v; };
static u2 x;
GHOST static s_list gl;
GHOST static s_set gs;
GHOST static u2 g;
static struct s *pp;
static void inc(u2 a) { a++; g = a; }
TASK(t1, 1)
{
	x = 1;
	ghost { g = 3; inc(g); }
	x = 2;
}
