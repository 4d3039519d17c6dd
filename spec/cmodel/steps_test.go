package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// decided explores a program with steps fused and without, and wants the verdicts in want of both;
// what is not named must hold.
func decided(t *testing.T, src string, want map[string]eval.Verdict) (fused, raw *eval.Result) {
	t.Helper()
	var out [2]*eval.Result
	for i, opt := range []cmodel.Options{{}, {Raw: true}} {
		r := run(t, src, opt)
		for _, p := range r.Properties {
			w, named := want[p.Property.Name]
			if !named && p.Property.Name == "NoDeadlock" && p.Verdict == eval.Vacuous {
				continue // no state is at rest
			}
			if !named {
				w = eval.Holds
			}
			require.Equal(t, w, p.Verdict, "%s, raw %v", p.Property.Name, opt.Raw)
		}
		out[i] = r
	}
	return out[0], out[1]
}

// What a function's variables hold from one call to the next is never mistaken for what the next
// call passes: f is left and called again within one step, with arguments that are zero and not.
func TestCalledAgainWithinAStep(t *testing.T) {
	for name, src := range map[string]string{
		"in a loop": `static bool go[2], seen;
static void f(u1 i) { go[i] = true; go[i] = false; }
TASK(p, 1) { for (;;) { f(0); f(1); } }`,
		"the other way round": `static bool go[2], seen;
static void f(u1 i) { go[i] = true; go[i] = false; }
TASK(p, 1) { for (;;) { f(1); f(0); f(1); } }`,
		"below another call": `static bool go[2], seen;
static void g(u1 k) { go[k] = true; go[k] = false; }
static void f(u2 i) { u1 k = i == 3 ? 1 : 0; g(k); }
TASK(p, 1) { for (;;) { f(0); f(3); } }`,
		"a local, not an argument": `static bool go[2], seen;
static u1 next;
static void f(void) { u1 i; i = next; go[i] = true; go[i] = false; next = 1 - i; }
TASK(p, 1) { for (;;) { f(); f(); } }`,
		"an early return": `static bool go[2], seen;
static void f(u1 i) { if (i == 0) { go[0] = true; go[i] = false; return; } go[1] = true; go[i] = false; }
TASK(p, 1) { for (;;) { f(0); f(1); } }`,
		"an array": `static bool go[2], seen;
static void f(u1 i) { bool a[2]; a[i] = true; go[i] = true; if (a[0]) go[0] = false; if (a[1]) go[1] = false; }
TASK(p, 1) { for (;;) { f(0); f(1); } }`,
	} {
		t.Run(name, func(t *testing.T) {
			decided(t, src+`
TASK(q, 1) { await(go[1]); await(go[0]); seen = true; }
INVARIANT(Never, "", "") { return !seen; }`, map[string]eval.Verdict{"Never": eval.Violated})
		})
	}
	// No alarm where the value is read again before anything else is.
	decided(t, `static u2 gate[2];
static bool low;
static void f(u1 which) { if (which == 0) low = true; else low = false; gate[which] = 1; gate[which] = 0; }
TASK(p, 1) { for (;;) { f(0); f(1); } }
INVARIANT(Low, "", "") { return !(gate[0] && !low) && !(gate[1] && low); }`, nil)
}

// SET_ONCE data that is written after the object can be reached is read too early by somebody, and
// found so in both modes.
func TestSetOnceAfterPublication(t *testing.T) {
	const head = `struct s { SET_ONCE u2 x; u1 ready; }; POOL(s, 2); static struct s *g; static u2 o; `
	const reader = ` TASK(r, 1) { struct s *q; u2 a; q = g; if (q) { a = q->x; o = a; } }
COVER(Read, "", "") { return o > 0; }`
	for name, c := range map[string]struct {
		src  string
		want eval.Verdict
	}{
		"published before":           {`TASK(p, 1) { struct s *q; q = alloc(s); g = q; q->x = 1; }`, eval.Violated},
		"set before":                 {`TASK(p, 1) { struct s *q; q = alloc(s); q->x = 1; g = q; }`, eval.Holds},
		"set by a step of its own":   {`TASK(p, 1) { struct s *q; q = alloc(s); q->ready = 1; q->x = 1; g = q; }`, eval.Holds},
		"set under a lock":           {`static spinlock_t l; TASK(p, 1) { struct s *q; q = alloc(s); spin_lock(&l); g = q; q->x = 1; spin_unlock(&l); }`, eval.Violated},
		"another one is set":         {`TASK(p, 1) { struct s *q, *h; h = alloc(s); g = h; q = alloc(s); q->x = 1; h->x = 2; }`, eval.Violated},
		"set twice":                  {`TASK(p, 1) { struct s *q; q = alloc(s); q->x = 1; g = q; q->x = 2; }`, eval.Violated},
		"set by whom it is told of":  {`TASK(p, 1) { struct s *q; q = alloc(s); g = q; } TASK(w, 1) { struct s *q; q = g; if (q) q->x = 3; }`, eval.Violated},
		"in the block that makes it": {`TASK(p, 1) { struct s *q; atomic { q = alloc(s); g = q; q->x = 1; } }`, eval.Holds},
	} {
		t.Run(name, func(t *testing.T) { decided(t, head+c.src+reader, map[string]eval.Verdict{"NoFail": c.want}) })
	}
	// Who reads too early fails, and who reads in time goes on, within the same program.
	decided(t, head+`static bool k; TASK(p, 1) { struct s *q; q = alloc(s); g = q; q->x = 1; }
TASK(r, 1) { struct s *q; q = g; if (q) { k = true; if (q->x == 1) o = 2; } }
COVER(Read, "", "") { return o == 2; }`, map[string]eval.Verdict{"NoFail": eval.Violated})
}

// Who spins is not at rest, whatever is fused and whatever properties there are.
func TestWhoSpinsIsNotAtRest(t *testing.T) {
	for name, src := range map[string]string{
		"one write": `static bool x; TASK(p, 1) { u1 a = 1, b = 0; for (;;) { x = false; b = a; } }`,
		"one read":  `static bool x; TASK(p, 1) { bool a; do { a = x; } while (!a); }`,
		"a read and data of its own": `struct task_struct { PRIVATE u2 want; }; static u2 turn;
TASK(p, 1) { u2 a, b; current->want = 1; do { a = turn; b = current->want; } while (a != b); }`,
		"a read in a function": `static bool x; static bool f(void) { return x; } TASK(p, 1) { while (!f()) ; }`,
		"two reads":            `static bool x, y; TASK(p, 1) { bool a, b; do { a = x; b = y; } while (!a && !b); }`,
		"under a lock":         `static spinlock_t l; GUARDED_BY(l) static bool x; TASK(p, 1) { bool a; spin_lock(&l); do { a = x; } while (!a); spin_unlock(&l); }`,
		"an await":             `static bool x; TASK(p, 1) { for (;;) await(!x); }`,
		"goto":                 `static bool x; TASK(p, 1) { again: x = false; goto again; }`,
		"a choice":             `TASK(p, 1) { while (choose(2) < 2) ; }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, more := range []string{"", "\nstatic bool seen; INVARIANT(Unseen, \"\", \"\") { return !seen; }"} {
				decided(t, src+`
CAN_REST(Rests, "", "") { return true; }
AT_REST(Never, "", "") { return false; }`+more, map[string]eval.Verdict{"Rests": eval.Violated, "Never": eval.Vacuous})
			}
		})
	}
	// What is optional is not owed: between two such steps nobody moves, and three states are all
	// there are.
	fused, raw := decided(t, `static u2 x; TASK(p, 1) { for (;;) optional atomic { await(x < 2); x++; } }`, nil)
	require.EqualValues(t, 3, fused.Distinct)
	require.EqualValues(t, 3, raw.Distinct)
	// Two calls of one function are no loop.
	fused, raw = decided(t, `static bool x; static void set(void) { x = true; } TASK(p, 1) { set(); set(); }`, nil)
	require.EqualValues(t, 3, fused.Distinct)
	require.EqualValues(t, 3, raw.Distinct)
}

// A step that would fail at its second access ends before it: others may see what the first has
// done.
func TestOthersGoOnBeforeAFailure(t *testing.T) {
	const head = `static bool x, bad; static spinlock_t l; GUARDED_BY(l) static u2 d[2]; static u2 i = 3; GHOST u1 g; `
	const seer = ` TASK(q, 1) { await(x); bad = true; } INVARIANT(Never, "", "") { return !bad; }`
	for name, c := range map[string]struct {
		src  string
		seen bool
	}{
		"the access fails":              {`TASK(p, 1) { u2 k = 3; spin_lock(&l); x = true; d[k] = 1; spin_unlock(&l); }`, true},
		"the code after it fails":       {`TASK(p, 1) { u2 k; spin_lock(&l); x = true; k = d[0]; assert(k == 1); spin_unlock(&l); }`, true},
		"on one side":                   {`TASK(p, 1) { u2 k; spin_lock(&l); x = true; k = d[0]; if (k == 0) NEVER("why"); spin_unlock(&l); }`, true},
		"behind a join":                 {`TASK(p, 1) { u2 k = 1; bool y; y = x; spin_lock(&l); x = true; if (!y) k = d[0]; if (k == 0) assert(y); spin_unlock(&l); }`, true},
		"its own code fails":            {`TASK(p, 1) { x = true; assert(false); }`, true},
		"its own code fails, in a call": {`static void f(void) { x = true; } TASK(p, 1) { f(); assert(false); }`, true},
		"behind a release":              {`TASK(p, 1) { spin_lock(&l); x = true; spin_unlock(&l); assert(false); }`, true},
		"ghost code fails":              {`struct s { bool y; }; POOL(s, 1); static struct s *n; TASK(p, 1) { x = true; ghost { if (n->y) g = 1; } }`, false},
		"ghost code fails, later":       {`struct s { bool y; }; POOL(s, 1); static struct s *n; TASK(p, 1) { u2 k; spin_lock(&l); x = true; k = d[0]; ghost { if (n->y) g = 1; } }`, true},
		"an atomic block fails":         {`TASK(p, 1) { atomic { x = true; assert(false); } }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]eval.Verdict{"NoFail": eval.Violated}
			if c.seen {
				want["Never"] = eval.Violated
			}
			decided(t, head+c.src+seer, want)
		})
	}
	// What fails with a release undoes it; what fails behind it does not.
	for _, c := range []struct {
		fails string
		want  eval.Verdict
	}{{`ghost { if (n->y) g = 1; }`, eval.Holds}, {`assert(false);`, eval.Violated}} {
		decided(t, `struct s { bool y; }; POOL(s, 1); static struct s *n; GHOST u1 g;
static spinlock_t l; GUARDED_BY(l) static u2 d; static bool x, bad;
TASK(p, 1) { spin_lock(&l); x = true; spin_unlock(&l); `+c.fails+` }
TASK(q, 1) { await(x); spin_lock(&l); bad = true; }
INVARIANT(Never, "", "") { return !bad; }`, map[string]eval.Verdict{"NoFail": eval.Violated, "Never": c.want})
	}
}

// A choice is made on the side of the branch that it stands on: elsewhere it does not multiply the
// transitions.
func TestChoiceOnOneSide(t *testing.T) {
	for name, c := range map[string]struct {
		src       string
		generated int64 // initial states and successors, counted by hand
	}{
		// x is 0 or 1: one step; then one choice of three, or one step.
		"in an atomic block": {`static u1 x; static u2 y; TASK(p, 1) { atomic { x = choose(2); } atomic { if (x) y = choose(3); } }`, 1 + 2 + 1 + 3},
		"on both sides":      {`static u1 x; static u2 y; TASK(p, 1) { atomic { x = choose(2); } atomic { if (x) y = choose(3); else y = choose(2); } }`, 1 + 2 + 2 + 3},
		"one after another":  {`static u1 x; static u2 y; TASK(p, 1) { atomic { x = choose(2); } atomic { if (x) y = choose(3); y = choose(2); } }`, 1 + 2 + 2 + 6},
		"depending on it":    {`static u2 x, y; TASK(p, 1) { atomic { x = choose(3); if (x == 2) y = choose(3); } }`, 1 + 2 + 3},
	} {
		t.Run(name, func(t *testing.T) {
			for _, opt := range []cmodel.Options{{}, {Raw: true}} {
				r := run(t, c.src, opt)
				require.EqualValues(t, c.generated, r.Generated)
			}
		})
	}
}

// After a write an atomic block may wait for one of its own choices: that says which can be made.
func TestGuardedChoiceAfterAWrite(t *testing.T) {
	fused, raw := decided(t, `struct s { bool in; }; POOL(s, 3);
static s_set some; static struct s *first, *got; static u2 n;
INIT { struct s *q; first = alloc(s); q = alloc(s); set_add(&some, q); q = alloc(s); set_add(&some, q); }
TASK(p, 1) {
	struct s *q;
	atomic { n = 1; q = choose_one(s); await(set_has(&some, q)); got = q; set_del(&some, q); }
	atomic { u2 k; n = 2; k = choose(4); await(k > 1); n = k; }
}
INVARIANT(OneOfTheSet, "", "") { return got != first && n != 1 || n == 0 || got != NULL; }
INVARIANT(OfTheSet, "", "") { return got == NULL || got != first; }`, nil)
	// One state, two with one of the two objects, each of these with n = 2 and n = 3 after it.
	require.EqualValues(t, 1+2+4, fused.Distinct)
	require.EqualValues(t, 1+2+4, raw.Distinct)
	require.EqualValues(t, 1+2+4, fused.Generated)
	// With nothing to choose the block waits as a whole.
	decided(t, `struct s { bool in; }; POOL(s, 1); static s_set some; static bool x;
INIT { alloc(s); }
TASK(p, 1) { struct s *q; atomic { x = true; q = choose_one(s); await(set_has(&some, q)); } }
INVARIANT(Unchanged, "", "") { return !x; }`, map[string]eval.Verdict{"NoDeadlock": eval.Violated})
}

// What ghost code reads before the first step of a task is the initial state.
func TestGhostCodeBeforeTheFirstStep(t *testing.T) {
	decided(t, `static u2 x = 2, y[2]; GHOST u2 got[2];
INIT { y[1] = 1; }
TASK(p, 1) { GHOST u2 a = x, b = y[1]; x = 3; ghost { got[0] = a; got[1] = b; } }
AT_REST(AsItWas, "", "") { return got[0] == 2 && got[1] == 1; }`, nil)
}

// What random programs have shown.
func TestFoundByRandomPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want map[string]eval.Verdict
	}{
		"a loop over what nobody writes": {`enum e { A, B, C }; struct task_struct { PRIVATE enum e f; PRIVATE u1 g; }; static u2 x;
TASK(t, 1) { while (x < 2) { if (current->g == 0) current->g += 1; else current->f = A; } }`, nil},
		"ghost data in a loop that changes nothing else": {`struct r { GHOST u2 m; }; static struct r g; static u2 x;
TASK(t, 1) { for (;;) { x = 1; ghost { g.m = 1; } } } COVER(Seen, "", "") { return g.m == 1; }`, nil},
		"a ghost counter in a loop that changes nothing else": {`static bool x; GHOST u2 n;
TASK(t, 1) { for (;;) { x = true; ghost { n++; } } } COVER(Full, "", "") { return n == 3; }`, map[string]eval.Verdict{"NoFail": eval.Violated}},
		"a GHOST local that another is made from": {`POOL(s, 1); struct s { bool b; }; static struct s *p;
TASK(t, 1) { GHOST u2 v = 0; struct s *q = p; GHOST u1 v2 = v; }`, nil},
		"a GHOST local of the initial state": {`static spinlock_t l; static u2 x; GHOST static u2 g;
TASK(t, 1) { s3 v GHOST = x; spin_lock(&l); ghost g = v; x = 1; spin_unlock(&l); }`, nil},
		"marks one in the other":   {`static bool x = 1; TASK(t, 1) { hangs { idle await(!x); } }`, nil},
		"a mark behind local code": {`static bool x; TASK(t, 1) { u1 a = 1; idle { if (a) await(x); } x = true; }`, nil},
		"an object that nobody names": {`POOL(s, 1); struct s { u1 f; }; INIT { struct s *q = alloc(s); } TASK(t, 1) { }
INVARIANT(P, "", "") { struct s *q; for_each(s, q) return true; return false; }`, nil},
		"a pool that nothing allocates from": {`struct s { bool f; }; POOL(s, 1); TASK(t, 1) { struct s *q; q = choose_one(s); }
INVARIANT(P, "", "") { struct s *q; for_each(s, q) return false; return true; }`, map[string]eval.Verdict{"NoDeadlock": eval.Violated}},
		"a function pointer without functions": {`POOL(s, 1); struct s { bool b; }; static struct s *p;
TASK(t, 1) { void (*f)(void) = NULL; struct s *q = p; }`, nil},
		"the order of a compound assignment": {`struct task_struct { u2 f[1]; }; static u1 x;
TASK(t, 1) { u1 v = 0; x += READ_ONCE(current->f[v]); } TASK(u, 1) { s3 w = 1; x++; w = 0; }`, nil},
		"a list that is looked at in INIT": {`POOL(s, 1); struct s { bool f; }; static s_list c;
INIT { struct s *q = alloc(s); q->f = list_has(&c, q); } TASK(t, 1) { } INVARIANT(P, "", "") { struct s *q; for_each(s, q) if (q->f) return false; return true; }`, nil},
		"the order of an assignment": {`struct task_struct { u2 f[2]; u1 i; }; static u2 x, y[2];
TASK(t, 1) { y[current->i] = current->f[1]; x = 1; } TASK(u, 1) { x++; }`, nil},
	} {
		t.Run(name, func(t *testing.T) { decided(t, c.src, c.want) })
	}
}

// A step that computes too much is refused quickly, with its place, and one that counts and
// collects in loops is small.
func TestSizeOfSteps(t *testing.T) {
	_, err := cmodel.Compile([]cmodel.Source{{Name: "test.c", Text: []byte(`#include "mcheck.h"
static u8 x;
TASK(p, 1) {
	u8 i;
	atomic for (i = 0; i < 40; i++)
		if (x < 250)
			x++;
}`)}}, cmodel.Options{Include: include})
	require.ErrorContains(t, err, "test.c:7:4: what the step that begins in line 5 computes becomes too large here: more than 60000 operations in one value")
	for name, src := range map[string]string{
		"nested loops": `TASK(t, 1) { struct o *a, *b; atomic { for_each(o, a) for_each(o, b) if (a->x && set_has(&s, b)) set_del(&s, b); } }`,
		"a work list": `TASK(t, 1) { struct o *m, *c; atomic { set_add(&s, first); for_each(o, m) if (set_has(&s, m)) {
	set_del(&s, m); m->x = false; for_each(o, c) if (c->x && c->up == m) { c->up = NULL; set_add(&s, c); } } } }`,
		"counting": `TASK(t, 1) { struct o *a; u4 n = 0; atomic { for_each(o, a) if (a->x) n++; if (n == 8) set_clear(&s); } }`,
	} {
		res := compile(t, "test.c", `#include "mcheck.h"
struct o { bool x; struct o *up; }; POOL(o, 8); static o_set s; static struct o *first;
INIT { struct o *p = NULL, *q; u4 i; for (i = 0; i < 8; i++) { q = alloc(o); q->x = true; q->up = p; if (!p) first = q; p = q; } }
`+src, cmodel.Options{})
		require.Less(t, len(res.Model.String()), 400_000, name)
	}
}
