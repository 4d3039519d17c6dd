/* cpus=1 migrate=false */
/* What is on a ghost list is ghost data: to take from it when it is empty does not end the run. */
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
	ghost { list_pop(&gl); }
	x = 2;
}
