package cread_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cread"
)

const header = "#include \"mcheck.h\"\n"

func check(t *testing.T, src string) *cread.Result {
	t.Helper()
	r, err := cread.Check([]cread.File{{Name: "test.c", Text: []byte(header + src)}}, cread.Options{})
	require.NoError(t, err, src)
	require.True(t, r.Complete)
	return r
}

// Each count is derived by hand from the rules of docs/modelling-c.md.
func TestCounts(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		states    int
	}{
		{"one write: before and after it", `static u2 x; TASK(p, 1) { x = 1; }`, 2},
		{"a read and a write", `static u2 x; TASK(p, 1) { x++; }`, 3},
		{"a step on locals is none", `static u2 x; TASK(p, 1) { u2 a; a = x; a = a + 1; x = a; }`, 3},
		// A task is before its read, before its write with what it has read, or done; x is what was
		// written last. Both before the read, x = 0: 1. One has read 0: 2. Both have: 1. One has
		// written 1, the other is before its read: 2; has read 0: 2; has read 1: 2. Both are done:
		// x = 1 or 2.
		{"a lost update", `static u2 x; TASK(p, 2) { x++; }`, 1 + 2 + 1 + 2 + 2 + 2 + 2},
		// Before the choice; with 0, 1, 2; x = 0, 1, 2.
		{"a choice is a step", `static u2 x; TASK(p, 1) { u2 c; c = choose(3); x = c; }`, 1 + 3 + 3},
		{"an atomic block is one step", `static u2 x; TASK(p, 1) { atomic { u2 c; c = choose(3); x = c; x++; } }`, 1 + 3},
		// The first write; the step back to it, which is one although nothing else changes.
		{"who spins is not at rest", `static bool x; TASK(p, 1) { for (;;) x = true; }`, 3},
		{"an optional step may lead back to itself", `static bool x; TASK(p, 1) { for (;;) { optional x = true; } }`, 2},
		// lock, write, unlock: each is a step; one task after the other, in both orders.
		{"operations on locks are steps", `static spinlock_t l; static u2 x GUARDED_BY(l);
TASK(p, 2) { spin_lock(&l); x = 1; spin_unlock(&l); }`, 1 + 2*2 + 2 + 2*2 + 1},
		// What is out of scope tells no states apart.
		{"scopes", `static bool y; TASK(p, 1) { y = 0; if (choose(2)) { u1 a = 1; y = 0; } y = 0; }`, 5},
		{"what is not set is zero", `static u1 y; TASK(p, 1) { u1 a; if (choose(2)) a = 0; y = 1; }`, 3},
		{"a local is kept while it is in scope", `static u1 y; TASK(p, 1) { u1 a; if (choose(2)) a = 1; y = 1; }`, 4},
	} {
		r := check(t, tc.src)
		require.Equal(t, tc.states, r.States, tc.name)
	}
}

func TestVerdicts(t *testing.T) {
	r := check(t, `static u2 x; TASK(p, 2) { x++; }
AT_REST(both, "", "") { return x == 2; }
INVARIANT(small, "", "") { return x <= 2; }
INVARIANT(never, "", "") { WHEN(x == 3); return false; }
COVER(two, "", "") { return x == 2; }
COVER(three, "", "") { return x == 3; }
CAN_REST(rests, "", "") { return x >= 1; }
EVENTUALLY(ends, "", "") { return x > 0; }`)
	require.Equal(t, []cread.Property{
		{Name: "NoFail", Verdict: cread.Holds, Length: -1},
		{Name: "NoUseAfterFree", Verdict: cread.Holds, Length: -1},
		{Name: "WithinBounds", Verdict: cread.Holds, Length: -1},
		{Name: "NoDeadlock", Verdict: cread.Holds, Length: -1},
		{Name: "both", Kind: "AT_REST", Verdict: cread.Violated, Length: 4},
		{Name: "small", Kind: "INVARIANT", Verdict: cread.Holds, Length: -1},
		{Name: "never", Kind: "INVARIANT", Verdict: cread.Vacuous, Length: -1},
		{Name: "two", Kind: "COVER", Verdict: cread.Holds, Length: 4},
		{Name: "three", Kind: "COVER", Verdict: cread.Violated, Length: -1},
		{Name: "rests", Kind: "CAN_REST", Verdict: cread.Holds, Length: -1},
		{Name: "ends", Kind: "EVENTUALLY", Verdict: cread.Undecided, Length: -1},
	}, r.Properties)
}

// The protocol has as many states with three clients as published, but for the start values of one
// pointer, which Murphi leaves open; and the mistake shows after eight steps. Each rule is one
// optional step, so no state stands between two of them.
func TestPublishedCount(t *testing.T) {
	if testing.Short() {
		t.Skip("tens of thousands of states")
	}
	src, err := os.ReadFile("testdata/german.c")
	require.NoError(t, err)
	files := []cread.File{{Name: "german.c", Text: src}}
	r, err := cread.Check(files, cread.Options{})
	require.NoError(t, err)
	require.True(t, r.Complete)
	require.Equal(t, 27_513, r.States)
	require.Equal(t, cread.Holds, r.Find("alone").Verdict)
	r, err = cread.Check(files, cread.Options{Defines: map[string]string{"BROKEN": "1"}, MaxStates: 10_000})
	require.NoError(t, err)
	require.Equal(t, cread.Violated, r.Find("alone").Verdict)
	require.Equal(t, 8, r.Find("alone").Length)
}
