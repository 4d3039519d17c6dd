#include "mcheck.h"

enum mode { OFF, SLOW, FAST };
typedef enum { RED, GREEN } colour;
enum { LIMIT = 3 };

struct task_struct {
	PRIVATE u2 calls;
	INTERRUPTED bool stopped;
};

static u1 a1; static u2 a2; static u3 a3; static u4 a4;
static u5 a5; static u6 a6; static u7 a7; static u8 a8 = 200;
static s2 b2; static s3 b3; static s4 b4; static s5 b5;
static s6 b6; static s7 b7; static s8 b8 = -100;
static bool flag;
static enum mode mode = SLOW;
static colour lamp;
static u2 table[2][3];
static struct {
	u2 n;
	bool on[2];
} pair[2];
static struct task_struct *last;
static u3 counter[NR_CPUS];

INIT
{
	table[1][2] = LIMIT;
	pair[1].on[0] = true;
}

TASK(writer, 2)
{
	u3 sum = 0;

	current->calls = 1;
	a1 = 1; a2 = LIMIT - 1; a3 = 7; a4 = 15;
	a5 = 31; a6 = 63; a7 = 127; a8 = 255;
	b2 = -2; b3 = -4; b4 = -8; b5 = -16;
	b6 = -32; b7 = -64; b8 = -128;
	flag = 2;
	atomic mode = mode == SLOW ? FAST : OFF;
	lamp = GREEN;
	sum += table[1][2] * 2;
	pair[0].n = sum > 5;
	last = current;
	this_cpu_add(counter, 1);
}

SOFTIRQ(stopper, 1)
{
	struct task_struct *t;

	await(last != NULL);
	t = last;
	t->stopped = true;
	t->stopped = false;
}

INVARIANT(Mode, "the writer does not turn it off twice", "") { return mode != OFF || flag; }
