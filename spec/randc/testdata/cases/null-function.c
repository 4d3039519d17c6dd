/* cpus=1 migrate=false */
/* NULL and the address of a function can be compared; some forms were refused. */
#include "mcheck.h"
static u2 x;
static void (*fp)(void);
static void f(void) { x = 1; }
static void (*gp)(u1);
TASK(t20, 1)
{
	void (*lp)(void) = NULL;
	if (NULL == fp) x = 1;
	if (fp == NULL) x = 1;
	if (0 == fp) x = 1;
	if (f == NULL) x = 1;
	if (&f == NULL) x = 1;
	if (NULL == f) x = 1;
	if (lp == f) x = 1;
	if (NULL == lp) x = 1;
	if (lp) x = 1;
	if (!lp) x = 1;
	if (f) x = 1;
	lp = f;
	fp = x ? NULL : f;
	fp = x ? f : NULL;
	if (NULL == NULL) x = 2;
	if ((x ? NULL : f) == NULL) x = 2;
	if (lp) lp();
}
