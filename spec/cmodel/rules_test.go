package cmodel_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

func runModel(t *testing.T, name string, opt cmodel.Options) *eval.Result {
	t.Helper()
	src, err := os.ReadFile("testdata/models/" + name + ".c")
	require.NoError(t, err)
	return explore(t, compile(t, name+".c", string(src), opt).Model)
}

// inc1 reads 0, inc2 reads 0, both write 1, both finish: six steps, the shortest way to lose an
// update and be at rest.
func TestLostUpdate(t *testing.T) {
	r := runModel(t, "lost_update", cmodel.Options{})
	v := verdict(t, r, "BothCount")
	require.Equal(t, eval.Violated, v.Verdict)
	require.Equal(t, 1+6, v.Length)
}

func TestLocksAndSeqcounts(t *testing.T) {
	for _, raw := range []bool{false, true} {
		opt := cmodel.Options{Raw: raw}
		r := runModel(t, "ticket_lock", opt)
		require.Equal(t, eval.Holds, verdict(t, r, "MutualExclusion").Verdict)
		r = runModel(t, "rwsem", opt)
		require.Equal(t, eval.Holds, verdict(t, r, "Exclusion").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "TwoReaders").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NotTorn").Verdict)
		r = runModel(t, "seqlock", opt)
		require.Equal(t, eval.Holds, verdict(t, r, "NotTorn").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoDeadlock").Verdict)
	}
}

// A reader that does not retry sees a torn pair.
func TestSeqcountReaderWithoutRetry(t *testing.T) {
	r := run(t, `
static seqcount_t seq;
static u1 a, b;
static bool torn;
TASK(writer, 1) { write_seqcount_begin(&seq); a = 1; b = 1; write_seqcount_end(&seq); }
TASK(reader, 1) {
	u1 x, y;
	x = a;
	y = b;
	if (x != y) torn = true;
}
INVARIANT(NotTorn, "", "") { return !torn; }`, cmodel.Options{})
	require.Equal(t, eval.Violated, verdict(t, r, "NotTorn").Verdict)
}

// Each program breaks one rule of the language at run time.
func TestModelErrors(t *testing.T) {
	for _, tc := range []struct{ name, src, property string }{
		{"unlock of a lock that is not held", `static spinlock_t l; TASK(p, 1) { spin_unlock(&l); }`, "NoFail"},
		{"up_read without down_read", `static rwsem_t l; TASK(p, 1) { up_read(&l); }`, "NoFail"},
		{"up_write under the read lock", `static rwsem_t l; TASK(p, 1) { down_read(&l); up_write(&l); }`, "NoFail"},
		{"assert", `static bool x; TASK(p, 1) { bool y; y = x; assert(y); }`, "NoFail"},
		{"NEVER", `static bool x; TASK(p, 1) { bool y; y = x; if (!y) NEVER("why"); }`, "NoFail"},
		{"range overflow", `static u1 x = 1; TASK(p, 1) { x++; }`, "NoFail"},
		{"range underflow", `static u1 x; TASK(p, 1) { x--; }`, "NoFail"},
		{"range overflow of a local", `static u2 x = 3; TASK(p, 1) { u2 y; y = x; y += 1; x = y; }`, "NoFail"},
		{"index out of range", `static u1 a[2]; static u2 i = 2; TASK(p, 1) { u2 j; j = i; a[j] = 1; }`, "NoFail"},
		{"NULL", `struct s { u1 x; }; POOL(s, 1); static struct s *g; TASK(p, 1) { struct s *q; q = g; q->x = 1; }`, "NoFail"},
		{"guarded access without its lock", `static spinlock_t l; GUARDED_BY(l) static u1 x; TASK(p, 1) { x = 1; }`, "NoFail"},
		{"write_guarded write without its lock", `static spinlock_t l; WRITE_GUARDED_BY(l) static u1 x; TASK(p, 1) { x = 1; }`, "NoFail"},
		{"write under the read lock", `static rwsem_t l; GUARDED_BY(l) static u1 x; TASK(p, 1) { down_read(&l); x = 1; up_read(&l); }`, "NoFail"},
		{"set once twice", `struct s { SET_ONCE u2 x; }; POOL(s, 1); TASK(p, 1) { struct s *q; atomic { q = alloc(s); q->x = 1; q->x = 2; } }`, "NoFail"},
		{"set once read before", `struct s { SET_ONCE u2 x; }; POOL(s, 1); static u2 y; TASK(p, 1) { struct s *q; atomic { q = alloc(s); y = q->x; } }`, "NoFail"},
		{"pop of an empty list", `struct s { u1 x; }; POOL(s, 1); static s_list l; static u1 y; TASK(p, 1) { struct s *q; q = list_pop(&l); if (q) y = 1; }`, "NoFail"},
		{"twice on a list", `struct s { u1 x; }; POOL(s, 1); static s_list l; TASK(p, 1) { struct s *q; q = alloc(s); list_add(&l, q); list_add(&l, q); }`, "NoFail"},
		{"ghost overflow", `GHOST static u1 x; static u1 y; TASK(p, 1) { y = 1; ghost { x++; } y = 0; ghost { x++; } }`, "NoFail"},
		{"use after release", `struct s { u1 x; }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); release(q); q->x = 1; }`, "NoUseAfterFree"},
		{"release twice", `struct s { u1 x; }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); release(q); release(q); }`, "NoUseAfterFree"},
		{"empty pool", `struct s { u1 x; }; POOL(s, 1); static struct s *a; TASK(p, 2) { a = alloc(s); }`, "WithinBounds"},
		{"a bound", `static bool x; TASK(p, 1) { bool y; y = x; if (!y) BOUND("why"); }`, "WithinBounds"},
		{"a bound in ghost code", `GHOST static u1 x; static u1 y; TASK(p, 1) { y = 1; ghost { if (x == 0) BOUND("why"); } y = 0; }`, "WithinBounds"},
		{"a bound beside a failure of the same words", `static u2 x; TASK(p, 1) { u2 y; y = x; if (y) NEVER("why"); else BOUND("why"); }`, "WithinBounds"},
		{"a failure beside a bound of the same words", `static u2 x = 1; TASK(p, 1) { u2 y; y = x; if (y) NEVER("why"); else BOUND("why"); }`, "NoFail"},
		{"self deadlock", `static spinlock_t l; TASK(p, 1) { spin_lock(&l); spin_lock(&l); }`, "NoDeadlock"},
		{"lost wakeup", `static bool x; TASK(p, 1) { await(x); }`, "NoDeadlock"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, tc.src, cmodel.Options{Raw: raw})
				for _, p := range r.Properties {
					want := eval.Holds
					if p.Property.Name == tc.property {
						want = eval.Violated
					}
					require.Equal(t, want, p.Verdict, p.Property.Name)
				}
			}
		})
	}
}

// The value of an assignment is that of the variable after it, and that of a postfix operator the
// one before.
func TestValuesOfAssignments(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `static u2 x = 1;
TASK(p, 1) {
	u4 n, a[2];
	n = x;
	a[n] = n;
	assert(++n == 2);
	assert(n++ == 2);
	assert(n == 3);
	assert((n = n + 1) == 4);
	assert((n -= 2) == 2);
	assert(n-- == 2);
	assert(--n == 0 && n == 0);
	while (++n < 3)
		;
	assert(n == 3);
	assert(++a[1] == 2 && a[1]++ == 2 && a[1] == 3);
}`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
	}
}

// A waiting task is at rest by choice at idle, optional and hangs.
func TestRestingIsNoDeadlock(t *testing.T) {
	for _, k := range []string{"idle", "hangs"} {
		r := run(t, `static bool x; TASK(p, 1) { `+k+` await(x); }`, cmodel.Options{})
		require.Equal(t, eval.Holds, verdict(t, r, "NoDeadlock").Verdict, k)
	}
	r := run(t, `static bool x; TASK(p, 1) { optional x = true; }`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "NoDeadlock").Verdict)
	require.EqualValues(t, 2, r.Distinct)
	require.EqualValues(t, 2, r.Rest)
}

// The step behind idle is marked, whatever the loop around it and the functions it is in; others
// are not.
func TestIdleSteps(t *testing.T) {
	res := compile(t, "test.c", `#include "mcheck.h"
static bool x, y;
static void next(void) { idle atomic { await(x); x = false; } }
WORKER(w, 1) { for (;;) { next(); y = true; } }
TASK(p, 1) { x = true; await(y); }
`, cmodel.Options{})
	idle := map[string]bool{}
	for _, a := range res.Model.Actions {
		idle[a.Source[0].Text] = a.Idle
	}
	require.Equal(t, map[string]bool{"atomic { await(x);": true, "y = true;": false, "x = true;": false, "await(y);": false}, idle)
}

// A slot whose name is still held is not reused: the second alloc takes the other object, and with
// a pool of one it exceeds the bound.
func TestHeldNameIsNotReused(t *testing.T) {
	src := func(n string) string {
		return `struct s { u1 x; }; POOL(s, ` + n + `); static struct s *a, *b;
TASK(p, 1) { struct s *q; q = alloc(s); a = q; release(q); q = alloc(s); b = q; }
INVARIANT(Fresh, "", "") { return !b || a != b; }`
	}
	for _, raw := range []bool{false, true} {
		r := run(t, src("2"), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "Fresh").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "WithinBounds").Verdict)
		r = run(t, src("1"), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Violated, verdict(t, r, "WithinBounds").Verdict)
	}
}

// choose explores every value: 3 outcomes and the two states before.
func TestChoose(t *testing.T) {
	r := run(t, `static u2 x; TASK(p, 1) { u2 c; c = choose(3); x = c; }`, cmodel.Options{})
	// the start; c = 0, 1, 2 before the write; x = 0, 1, 2 after it
	require.EqualValues(t, 1+3+3, r.Distinct)
	require.EqualValues(t, 3+3, r.Transitions)
}

// choose_one explores every object that there is, and waits for one.
func TestChooseOne(t *testing.T) {
	for _, raw := range []bool{false, true} {
		opt := cmodel.Options{Raw: raw}
		two := `struct s { u1 x; }; POOL(s, 3); static struct s *a, *b; INIT { a = alloc(s); b = alloc(s); }
`
		r := run(t, two+`TASK(p, 1) { atomic { struct s *q = choose_one(s); q->x = 1; } }`, opt)
		// the start; one of two objects written to
		require.EqualValues(t, 1+2, r.Distinct)
		require.EqualValues(t, 2, r.Transitions)
		r = run(t, two+`TASK(p, 1) { struct s *q = choose_one(s); q->x = 1; }`, opt)
		// between, what was chosen
		require.EqualValues(t, 1+2+2, r.Distinct)
		// A choice that does not fit: only b can be taken.
		r = run(t, two+`TASK(p, 1) { atomic { struct s *q = choose_one(s); await(q == b); q->x = 1; } }
AT_REST(Taken, "", "") { return a && b && b->x == 1 && a->x == 0; }`, opt)
		require.EqualValues(t, 2, r.Distinct)
		require.Equal(t, eval.Holds, verdict(t, r, "Taken").Verdict)

		none := `struct s { u1 x; }; POOL(s, 2); static struct s *a;
TASK(p, 1) { struct s *q = choose_one(s); q->x = 1; }
AT_REST(Taken, "", "") { return a && a->x == 1; }
`
		r = run(t, none+`TASK(o, 1) { a = alloc(s); }`, opt)
		require.Equal(t, eval.Holds, verdict(t, r, "Taken").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoDeadlock").Verdict)
		r = run(t, none+`TASK(o, 1) { if (choose(2) == 1) a = alloc(s); }`, opt)
		require.Equal(t, eval.Violated, verdict(t, r, "NoDeadlock").Verdict)

		// Any task, itself too: two tasks, four outcomes.
		r = run(t, `struct task_struct { struct task_struct *of; }; TASK(p, 2) { atomic { current->of = choose_one(task_struct); } }`, opt)
		require.EqualValues(t, 1+4+4, r.Distinct)
	}
}

// Two tasks take a lock and write two guarded variables: lock; then write, write, unlock in one
// step.
func TestFusionUnderALock(t *testing.T) {
	src := `static spinlock_t l; GUARDED_BY(l) static u2 a; GUARDED_BY(l) static u2 b;
TASK(p, 2) { spin_lock(&l); a++; b++; spin_unlock(&l); }`
	r := run(t, src, cmodel.Options{})
	// Each task is before, inside or after: 3 × 3 without both inside.
	require.EqualValues(t, 8, r.Distinct)
	raw := run(t, src, cmodel.Options{Raw: true})
	require.Greater(t, raw.Distinct, r.Distinct)
}

// A property that reads guarded data makes its writes steps, unless it is about the moments when
// the lock is free.
func TestVisibleWritesAreSteps(t *testing.T) {
	src := func(when string) string {
		return `static spinlock_t l; GUARDED_BY(l) static u2 a; GUARDED_BY(l) static u2 b;
TASK(p, 1) { spin_lock(&l); a = 1; b = 1; spin_unlock(&l); }
INVARIANT(Same, "", "") { ` + when + ` return a == b; }`
	}
	require.Equal(t, eval.Violated, verdict(t, run(t, src(""), cmodel.Options{}), "Same").Verdict)
	r := run(t, src("WHEN_FREE(l);"), cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "Same").Verdict)
	require.EqualValues(t, 3, r.Distinct)
}

// Ghost code belongs to the access before it: a ghost write that a property reads makes that access
// a step.
func TestGhostWriteIsSeenWithItsAccess(t *testing.T) {
	r := run(t, `static spinlock_t l; GUARDED_BY(l) static u2 a; GUARDED_BY(l) static u2 b; GHOST static u2 g;
TASK(p, 1) { spin_lock(&l); a = 1; ghost { g = 1; } b = 1; ghost { g = 2; } spin_unlock(&l); }
COVER(One, "", "") { return g == 1; }`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "One").Verdict)
}

// Dead locals do not split states: after the branch on it, what was read is forgotten.
func TestDeadLocalsAreReset(t *testing.T) {
	src := `static u1 x; static u1 y; TASK(p, 1) { u1 c; c = choose(2); if (c) x = 0; y = 1; }`
	// start; before the write of x with c = 1; before the write of y; done
	require.EqualValues(t, 4, run(t, src, cmodel.Options{}).Distinct)
}

func TestCalls(t *testing.T) {
	r := run(t, `static u3 x;
static u3 twice(u3 n) { u3 old; old = x; return old + n; }
TASK(p, 1) { u3 a; a = twice(1); x = a; a = twice(2); x = a; }
AT_REST(Sum, "", "") { return x == 3; }`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "Sum").Verdict)
	// A read and a write, twice, one after the other.
	require.EqualValues(t, 5, r.Distinct)
}

func TestFunctionPointers(t *testing.T) {
	r := run(t, `static u3 x;
typedef void (*op_t)(u2 n);
static op_t op;
static void add(u2 n) { atomic x += n; }
static void sub(u2 n) { atomic x -= n; }
TASK(p, 1) { op_t f; op = add; f = op; f(3); op = sub; f = op; f(1); }
AT_REST(Two, "", "") { return x == 2; }`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "Two").Verdict)
	r = run(t, `static u3 x; typedef void (*op_t)(void); static op_t op;
static void f1(void) { x = 1; } static void f2(void) { op = f1; }
TASK(p, 1) { op_t f; f = op; f(); } TASK(q, 1) { f2(); }`, cmodel.Options{})
	require.Equal(t, eval.Violated, verdict(t, r, "NoFail").Verdict)
}

func TestListsKeepTheirOrder(t *testing.T) {
	r := run(t, `struct s { u3 n; }; POOL(s, 3); static u3 order; static s_list l, m;
TASK(p, 1) {
	struct s *a, *b, *c;
	atomic {
		a = alloc(s); a->n = 1;
		b = alloc(s); b->n = 2;
		c = alloc(s); c->n = 3;
		list_add(&l, a); list_add(&l, b); list_add_tail(&l, c);
		list_del(&l, a);
		list_add(&m, a);
		list_splice_tail(&l, &m);
		assert(list_empty(&l) && list_has(&m, b) && list_first(&m) == a);
		list_pop(&m);
		order = ((struct s *)list_pop(&m))->n;
		assert(order == 2);
		order = ((struct s *)list_pop(&m))->n;
		assert(order == 3 && list_empty(&m));
	}
}`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
}

func TestCPUs(t *testing.T) {
	src := `static u3 n[NR_CPUS];
TASK(p, 2) { this_cpu_add(n, 1); }
AT_REST(Sum, "", "") { return n[0] + n[1] == 2; }
COVER(Two, "", "") { return n[0] == 2; }`
	r := run(t, src, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "Sum").Verdict)
	require.Equal(t, eval.Violated, verdict(t, r, "Two").Verdict)
	r = run(t, src, cmodel.Options{TaskCPU: map[string]int{"p1": 0, "p2": 0}})
	require.Equal(t, eval.Holds, verdict(t, r, "Two").Verdict)
	r = run(t, src, cmodel.Options{Migrate: true})
	require.Equal(t, eval.Holds, verdict(t, r, "Two").Verdict)
	require.Equal(t, eval.Holds, verdict(t, r, "Sum").Verdict)
}

func TestInit(t *testing.T) {
	r := run(t, `struct s { u2 n; struct s *next; }; POOL(s, 2); static struct s *head; static u2 total; static u2 k = 2;
INIT { struct s *p; u2 i; for (i = 1; i <= 2; i++) { p = alloc(s); p->n = i; p->next = head; head = p; } for_each(s, p) total += p->n; total += k - 2; }
TASK(p, 1) { total = 0; }
INVARIANT(Linked, "", "") { return head && head->n == 2 && head->next && head->next->n == 1; }
COVER(Three, "", "") { return total == 3; }`, cmodel.Options{})
	require.Equal(t, eval.Holds, verdict(t, r, "Linked").Verdict)
	require.Equal(t, eval.Holds, verdict(t, r, "Three").Verdict)
}

// A recursive function is unfolded to its depth; going deeper is a bound that is exceeded, not an
// error of the model.
func TestRecursion(t *testing.T) {
	src := func(depth, n string) string {
		return `#define DEPTH ` + depth + `
static u3 x;
static void g(u2 n);
RECURSION(DEPTH) static void f(u2 n) { u2 mine; mine = n; atomic x++; if (n > 0) g(n - 1); atomic x += mine; }
static void g(u2 n) { f(n); }
TASK(p, 1) { f(` + n + `); }
AT_REST(Sum, "", "") { return x == 3; }`
	}
	for _, raw := range []bool{false, true} {
		// n = 1: two calls count 1 each and add 1 and 0
		r := run(t, src("2", "1"), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "Sum").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "WithinBounds").Verdict)
		r = run(t, src("2", "2"), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Violated, verdict(t, r, "WithinBounds").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
	}
}

// Peterson's algorithm without the turn still excludes, but both tasks may set their flags and wait
// for ever.
func TestPetersonWithoutTurn(t *testing.T) {
	src, err := os.ReadFile("testdata/models/peterson.c")
	require.NoError(t, err)
	without := strings.Replace(string(src), " || turn == me", "", 1)
	r := explore(t, compile(t, "peterson.c", without, cmodel.Options{}).Model)
	require.Equal(t, eval.Holds, verdict(t, r, "MutualExclusion").Verdict)
	require.Equal(t, eval.Violated, verdict(t, r, "NoDeadlock").Verdict)
}

// A branch writes an element of an array that is not there on the other branch; what follows them
// is one step with both.
func TestWriteBehindBoundsCheck(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `
struct task_struct { PRIVATE bool open[2]; };
static u2 sum;
TASK(writer, 1) {
	u2 i;
	i = choose(4);
	if (i < 2)
		current->open[i] = true;
	sum = i;
}
AT_REST(OnlyThatOne, "", "")
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->open[0] != (sum == 0) || t->open[1] != (sum == 1))
			return false;
	return true;
}`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "OnlyThatOne").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
	}
}

// While an interrupt runs on top of a task, that task takes no step: whatever it holds stays held.
func TestInterruptedTaskStandsStill(t *testing.T) {
	src := func(acquire string) string {
		return `struct task_struct { INTERRUPTED bool stopped; }; static spinlock_t l; static struct task_struct *victim; static u2 x;
TASK(p, 1) { victim = current; spin_lock(&l); x = 1; x = 2; spin_unlock(&l); }
SOFTIRQ(q, 1) { struct task_struct *v; u2 seen; u2 now; idle atomic { await(victim != NULL); v = victim; v->stopped = true; } seen = x; ` + acquire + ` now = x; assert(now == seen); v->stopped = false; }`
	}
	for _, raw := range []bool{false, true} {
		r := run(t, src(""), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "NoDeadlock").Verdict)
		// A lock that the interrupted task holds is never free again.
		r = run(t, src("spin_lock(&l); spin_unlock(&l);"), cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
		require.Equal(t, eval.Violated, verdict(t, r, "NoDeadlock").Verdict)
	}
}

// A slot that is used again begins with nothing in its ghost fields too.
func TestNewObjectHasNoGhostOfTheOld(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `struct s { u1 x; GHOST bool seen; GHOST u2 n; }; POOL(s, 1); static u1 again;
TASK(p, 1) {
	struct s *q;
	atomic { q = alloc(s); q->x = 1; ghost { q->seen = true; q->n = 3; } }
	release(q);
	q = NULL;
	q = alloc(s);
	again = 1;
}
INVARIANT(Fresh, "", "") { struct s *q; WHEN(again == 1); for_each(s, q) if (q->seen || q->n != 0) return false; return true; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "Fresh").Verdict)
	}
}

// Who waits for a task that hangs by design may wait for ever, and who waits for him; others may
// not.
func TestWaitingForWhatHangs(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      eval.Verdict
	}{
		{"a lock", `static spinlock_t l; static bool x; TASK(p, 1) { spin_lock(&l); hangs await(x); spin_unlock(&l); } TASK(q, 1) { spin_lock(&l); spin_unlock(&l); }`, eval.Holds},
		{"a lock of an object", `struct s { rwsem_t l; }; POOL(s, 2); static struct s *a, *b; static bool x; INIT { a = alloc(s); b = alloc(s); }
TASK(p, 1) { down_read(&a->l); hangs await(x); up_read(&a->l); } TASK(q, 1) { down_write(&a->l); up_write(&a->l); }`, eval.Holds},
		{"another lock of its kind", `struct s { rwsem_t l; }; POOL(s, 2); static struct s *a, *b; static bool x, y; INIT { a = alloc(s); b = alloc(s); }
TASK(p, 1) { down_read(&a->l); hangs await(x); up_read(&a->l); } TASK(r, 1) { down_read(&b->l); await(y); up_read(&b->l); } TASK(q, 1) { down_write(&b->l); up_write(&b->l); }`, eval.Violated},
		{"two waits", `static spinlock_t l, m; static bool x; TASK(p, 1) { spin_lock(&l); hangs await(x); spin_unlock(&l); }
TASK(q, 1) { spin_lock(&m); spin_lock(&l); spin_unlock(&l); spin_unlock(&m); } TASK(r, 1) { spin_lock(&m); spin_unlock(&m); }`, eval.Holds},
		{"a task", `static bool x, done; static struct task_struct *who; TASK(p, 1) { who = current; hangs await(x); done = true; } TASK(q, 1) { atomic await_by(done, who); }`, eval.Holds},
		{"nobody known", `static bool x, done; TASK(p, 1) { hangs await(x); done = true; } TASK(q, 1) { await(done); }`, eval.Violated},
		{"another task", `static bool x, y, done; static struct task_struct *who; TASK(p, 1) { hangs await(x); } TASK(r, 1) { who = current; await(y); done = true; } TASK(q, 1) { atomic await_by(done, who); }`, eval.Violated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, tc.src, cmodel.Options{Raw: raw})
				require.Equal(t, tc.want, verdict(t, r, "NoDeadlock").Verdict)
				require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
			}
		})
	}
}

// What nobody can read any more tells no states apart: fields of an object that was released, ghost
// fields too, and locals of a task that has finished. The two orders of the two tasks leave
// different values there.
func TestNothingIsLeftBehind(t *testing.T) {
	for name, src := range map[string]string{
		"fields": `struct s { u2 x; u2 a[2]; bool b; GHOST u2 n; struct s *next; };
POOL(s, 2);
static bool g;
TASK(sets, 1) { g = true; }
TASK(p, 1) {
	struct s *q, *r;
	bool v;
	v = g;
	atomic {
		q = alloc(s);
		r = alloc(s);
		if (v) {
			q->x = 1;
			q->a[1] = 2;
			q->b = true;
			q->next = r;
		}
		ghost { q->n = q->x; }
		release(q);
		release(r);
	}
}`,
		"locals": `static bool g, h;
TASK(sets, 1) { g = true; }
TASK(p, 1) {
	bool v, w, a[2];
	v = g;
	a[1] = v;
	h = false;
	w = a[1] && v;
	assert(w == v);
}`,
	} {
		r := run(t, src, cmodel.Options{})
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict, name)
		require.EqualValues(t, 1, r.Rest, name)
	}
}
