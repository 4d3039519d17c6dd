/* cpus=1 migrate=false */
/* An await of locals only is a place. */
#include "mcheck.h"
static bool x;
static u1 y;
INIT { x = true; }
TASK(t, 1)
{
	if (x) {
		u3 v = 3;
		await_by(v < 3, current);
	}
	u3 i = 0;
}
TASK(u, 1) { await_by(y != 0, current); }
AT_REST(P, "", "") { return false; }
