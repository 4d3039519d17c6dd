/* cpus=1 migrate=false */
/* What a constant condition rules out holds no name. */
#include "mcheck.h"
POOL(s, 2);
struct s {
	u2 f;
};
static u3 x;
static void use(u2 a)
{
}
TASK(t, 2)
{
	struct s *q = alloc(s);
	x = 1;
	use(0 ? q->f : 1);
	if (1 && 2 < 1)
		x = q->f;
}
