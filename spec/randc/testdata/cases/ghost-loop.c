/* cpus=1 migrate=false */
/* What ghost code counts its rounds with is ghost data: it decides that the code comes to what fails. */
#include "mcheck.h"
POOL(s, 1);
struct s {
	GHOST bool f;
};
static u2 x;
TASK(t, 1)
{
	struct s *p = NULL;
	x = 1;
	ghost {
		for (u2 i = 0; i < 2; i++)
			p->f = 0;
	}
	x = 2;
}
