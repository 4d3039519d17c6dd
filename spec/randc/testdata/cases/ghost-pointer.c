/* cpus=1 migrate=false */
/* GHOST before and behind local pointers. */
#include "mcheck.h"
struct s { u1 f; };
POOL(s, 1);
static struct s *x GHOST;
static bool y;
TASK(t, 1)
{
	struct s *q = alloc(s);
	ghost x = q;
	y = true;
	GHOST struct s *v = x;
	struct s *w GHOST = v;
	ghost x = w;
}
