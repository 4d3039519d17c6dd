#include "mcheck.h"

static u2 x, y;
static u3 log[2];
static void (*hook)(u2);

static void note(u2 n)
{
	if (n == 0)
		return;
	log[n == 1 ? 0 : 1] = n;
}

static void clear(u2 n)
{
	log[0] = 0;
}

RECURSION(2) static u2 depth(u2 n)
{
	if (n == 0)
		return 0;
	return depth(n - 1) + 1;
}

TASK(loops, 1)
{
	u2 i;

	for (i = 0; i < 3; i++)
		x = i;
	while (y < 2)
		y++;
	do {
		if (x == 1)
			continue;
		else if (x == 2)
			break;
		x = 1;
	} while (x != 1);
	switch (x) {
	case 0:
		note(0);
		break;
	case 1:
		note(1);
	default:
		note(2);
	}
}

TASK(jumps, 1)
{
	u2 d;

	hook = note;
	atomic d = x && !y || y == 2;
	if (d)
		hook = clear;
	d = x;
	hook(d);
	d = depth(1);
again:
	if (d == 2)
		goto out;
	d++;
	goto again;
out:
	assert(d == 2);
	if (y > 3)
		NEVER("y has two bits");
	if (x > 3)
		BOUND("x has two bits");
}

COVER(Logged, "the log is written", "") { return log[1] == 2; }
