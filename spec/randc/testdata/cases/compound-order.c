/* cpus=2 migrate=false */
/* The order of the accesses of a compound assignment. */
#include "mcheck.h"
struct task_struct { u2 f[1]; };
static u1 x;
static void g(void) { u1 v; v = 0; x += READ_ONCE(current->f[v]); }
static void h(void) { x++; }
TASK(t, 1) { g(); }
TASK(u, 1) { s3 w = 1; h(); w = 0; }
