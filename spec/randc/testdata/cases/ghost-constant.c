/* cpus=1 migrate=false */
/* What is known of ghost data is still ghost data: the step failed as a whole. */
#include "mcheck.h"
static GHOST u1 g;
static u2 x;
TASK(t, 1)
{
	atomic { ghost { g = 1; } }
	ghost {
		switch (1) {
		case 1:
			++g;
		}
	}
	x = 1;
	x = 2;
}
COVER(Goes_on, "", "") { return x == 2; }
