package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// The situation of a CAN_REST, an EVENTUALLY or a LEADS_TO is that of the state one starts from,
// the condition that of a later one. Each verdict is derived by hand from the few states that there
// are, and is the same with and without fusion.
func TestSituationAndConditionAreOfTwoStates(t *testing.T) {
	const (
		up    = "static bool x; TASK(a, 1) { x = true; }\n" // x is false, then true for good
		down  = up + "TASK(b, 1) { x = false; }\n"          // at rest with x, and at rest without
		blink = "static bool x; TASK(a, 1) { x = true; x = false; }\n"
		node  = "struct s { bool f; }; POOL(s, 1); static struct s *p;\nTASK(a, 1) { struct s *q; q = alloc(s); q->f = true; p = q; }\n"
		held  = `static spinlock_t l; GUARDED_BY(l) static bool y, z;
TASK(a, 1) { spin_lock(&l); y = true; z = true; spin_unlock(&l); }
`
	)
	for _, tc := range []struct {
		name, src string
		want      eval.Verdict
	}{
		{"x comes later", up + `CAN_REST(P, "", "") { WHEN(!x); return x; }`, eval.Holds},
		{"x never goes", up + `CAN_REST(P, "", "") { WHEN(x); return !x; }`, eval.Violated},
		{"x may be lost", down + `CAN_REST(P, "", "") { WHEN(x); return x; }`, eval.Violated},
		// after b, a ends with x
		{"x can be lost or kept", down + `CAN_REST(P, "", "") { WHEN(!x); return !x; }`, eval.Violated},
		{"a conjunct", up + `CAN_REST(P, "", "") { WHEN(!x); return x && true; }`, eval.Holds},
		{"either", down + `CAN_REST(P, "", "") { WHEN(x); return x || !x; }`, eval.Holds},
		{"never in it", up + `static bool never; CAN_REST(P, "", "") { WHEN(never); return x; }`, eval.Vacuous},
		{"a local", up + `CAN_REST(P, "", "") { bool c; c = x; WHEN(!c); return c; }`, eval.Holds},
		{"a function", up + `static bool is(bool v) { return x == v; } CAN_REST(P, "", "") { WHEN(is(false)); return is(true); }`, eval.Holds},
		{"a branch", up + `CAN_REST(P, "", "") { WHEN(!x); if (x) return true; return false; }`, eval.Holds},

		{"x comes", up + `EVENTUALLY(P, "", "") { WHEN(!x); return x; }`, eval.Holds},
		{"x does not go", up + `EVENTUALLY(P, "", "") { WHEN(x); return !x; }`, eval.Violated},
		{"x is there", up + `EVENTUALLY(P, "", "") { WHEN(x); return x; }`, eval.Holds},
		{"x goes", blink + `EVENTUALLY(P, "", "") { WHEN(x); return !x; }`, eval.Holds},
		// at the end it is false for good
		{"after x it goes", blink + `EVENTUALLY(P, "", "") { WHEN(!x); return x; }`, eval.Violated},

		{"one follows", up + `LEADS_TO(P, "", "") { FROM(!x); return x; }`, eval.Holds},
		{"one follows, in a situation", up + `LEADS_TO(P, "", "") { WHEN(!x); FROM(!x); return x; }`, eval.Holds},
		{"none follows", up + `LEADS_TO(P, "", "") { WHEN(x); FROM(x); return !x; }`, eval.Violated},
		{"not both at once", up + `LEADS_TO(P, "", "") { WHEN(x); FROM(!x); return false; }`, eval.Vacuous},
		{"a pointer", node + `LEADS_TO(P, "", "") { WHEN(p != NULL); FROM(p->f); return p == NULL; }`, eval.Violated},
		{"a pointer that is tested again", node + `EVENTUALLY(P, "", "") { WHEN(p == NULL); return p && p->f; }`, eval.Holds},
		{"a pointer, at rest", node + `CAN_REST(P, "", "") { WHEN(p == NULL); return p && p->f; }`, eval.Holds},

		// The condition may hold while the lock is held, though the situation does not.
		{"under the lock", held + `EVENTUALLY(P, "", "") { WHEN_FREE(l); WHEN(!y); return y && !z; }`, eval.Holds},
		{"under the lock, from", held + `LEADS_TO(P, "", "") { WHEN_FREE(l); FROM(!y); return y && !z; }`, eval.Holds},
		{"not under the lock", held + `INVARIANT(P, "", "") { WHEN_FREE(l); return y == z; }`, eval.Holds},
		{"two situations", held + `INVARIANT(P, "", "") { WHEN_FREE(l); WHEN(y); return z; }`, eval.Holds},
		{"two situations, the other way", held + `COVER(P, "", "") { WHEN(z); WHEN_FREE(l); return y; }`, eval.Holds},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, tc.src, cmodel.Options{Raw: raw})
				require.Equal(t, tc.want, verdict(t, r, "P").Verdict, "raw: %v", raw)
			}
		})
	}
}
