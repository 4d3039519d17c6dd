/* cpus=1 migrate=false */
/* A loop variable was lost where a step led back to its place. */
#include "mcheck.h"
static u2 x;
static u3 y;
RECURSION(1) static u2 rec(u2 a)
{
	for (u2 i = 0; i < 2; i++)
		y = 1;
	rec(a - 1);
	for (u2 i = 0; i < 2; i++) {
	}
	return 1;
}
TASK(t, 1) { x = rec(1); }
