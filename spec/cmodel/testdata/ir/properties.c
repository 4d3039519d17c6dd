#include "mcheck.h"

static u2 x;
static GHOST u2 writes;
static GHOST bool late;

static void count(u2 by)
{
	ghost writes += by;
}

TASK(p, 2)
{
	GHOST u2 before = 0;
	u2 i;

	x = 1;
	ghost {
		before = writes;
		if (before > 0)
			late = true;
	}
	count(1);
	for_each_cpu(i)
		x = 0;
}

static bool few(void)
{
	return writes <= 2;
}

INVARIANT(Few, "two writes are counted", "") { return few(); }
AT_REST(All, "at rest both are", "")
{
	WHEN(late);
	return writes == 2;
}
CAN_REST(Rests, "", "") { WHEN(x == 1); return x == 0; }
COVER(Late, "", "") { return late; }
SITUATION(Early, "a write comes first", "") { return writes == 1 && !late; }
EVENTUALLY(Ends, "", "") { return writes == 2; }
LEADS_TO(Leads, "", "") { FROM(x == 1); return x == 0; }
NOT_PROMISED(INVARIANT, Zero, "", "") { return x == 0; }
