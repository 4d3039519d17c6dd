package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// An annotation is read before the type, between the type and the name, and behind the name,
// wherever something is declared. In each program something is written without its lock, so that
// one that is not read shows.
func TestAnnotationsAreRead(t *testing.T) {
	for name, src := range map[string]string{
		"before the type":              `static spinlock_t l; GUARDED_BY(l) static u2 g; TASK(p, 1) { g = 1; }`,
		"behind static":                `static spinlock_t l; static GUARDED_BY(l) u2 g; TASK(p, 1) { g = 1; }`,
		"before the name":              `static spinlock_t l; static u2 GUARDED_BY(l) g; TASK(p, 1) { g = 1; }`,
		"behind the name":              `static spinlock_t l; static u2 g GUARDED_BY(l); TASK(p, 1) { g = 1; }`,
		"not static":                   `static spinlock_t l; u2 g GUARDED_BY(l); TASK(p, 1) { g = 1; }`,
		"before an initialiser":        `static spinlock_t l; static u2 g GUARDED_BY(l) = 2; TASK(p, 1) { g = 1; }`,
		"writes":                       `static spinlock_t l; static u2 g WRITE_GUARDED_BY(l); TASK(p, 1) { g = 1; }`,
		"first of two":                 `static spinlock_t l; static u2 g GUARDED_BY(l), h; TASK(p, 1) { h = 1; g = 1; }`,
		"second of two":                `static spinlock_t l; static u2 h, g GUARDED_BY(l); TASK(p, 1) { h = 1; g = 1; }`,
		"before the second of two":     `static spinlock_t l; static u2 h, GUARDED_BY(l) g; TASK(p, 1) { h = 1; g = 1; }`,
		"before the type of two":       `static spinlock_t l; GUARDED_BY(l) static u2 h, g; TASK(p, 1) { g = 1; }`,
		"array":                        `static spinlock_t l; static u2 g[2] GUARDED_BY(l); TASK(p, 1) { g[1] = 1; }`,
		"extern":                       `static spinlock_t l; extern u2 g GUARDED_BY(l); u2 g; TASK(p, 1) { g = 1; }`,
		"extern of a static one":       `static spinlock_t l; static u2 g; extern u2 g GUARDED_BY(l); TASK(p, 1) { g = 1; }`,
		"second declaration":           `static spinlock_t l; static u2 g; static u2 g GUARDED_BY(l); TASK(p, 1) { g = 1; }`,
		"typedef of an enum":           `typedef enum { A, B } ab; static spinlock_t l; static ab g GUARDED_BY(l); TASK(p, 1) { g = B; }`,
		"set":                          `struct s { bool x; }; POOL(s, 1); static spinlock_t l; static s_set g GUARDED_BY(l); TASK(p, 1) { set_clear(&g); }`,
		"function pointer":             `static spinlock_t l; static void f(void) { } static void (*g)(void) GUARDED_BY(l); TASK(p, 1) { g = f; }`,
		"function pointer, inside":     `static spinlock_t l; static void f(void) { } static void (* GUARDED_BY(l) g)(void); TASK(p, 1) { g = f; }`,
		"pointer":                      `struct s { bool x; }; POOL(s, 1); static spinlock_t l; static struct s *g GUARDED_BY(l); TASK(p, 1) { g = NULL; }`,
		"pointer, behind the asterisk": `struct s { bool x; }; POOL(s, 1); static spinlock_t l; static struct s * GUARDED_BY(l) g; TASK(p, 1) { g = NULL; }`,
		"field":                        `struct s { spinlock_t l; u2 g GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->g = 1; }`,
		"last of two fields":           `struct s { spinlock_t l; u2 h, g GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->h = 1; q->g = 1; }`,
		"array field":                  `struct s { spinlock_t l; u2 g[2] GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->g[1] = 1; }`,
		"field of its own type":        `struct s { spinlock_t l; struct s *g GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->g = q; }`,
		"function pointer field":       `static spinlock_t l; static void f(void) { } struct s { void (*g)(void) GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->g = f; }`,
		"field of a nested struct":     `static spinlock_t l; struct n { u2 g GUARDED_BY(l); }; struct s { struct n n; }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->n.g = 1; }`,
		"nested struct":                `static spinlock_t l; struct n { u2 g; }; struct s { struct n n GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->n.g = 1; }`,
		"global struct":                `static spinlock_t l; static struct { u2 g; } n GUARDED_BY(l); TASK(p, 1) { n.g = 1; }`,
		"field of a global struct":     `static struct { spinlock_t l; u2 g GUARDED_BY(l); } n; TASK(p, 1) { n.g = 1; }`,
		"lock of the same element":     `static struct { spinlock_t l; u2 g GUARDED_BY(l); } n[2]; TASK(p, 1) { spin_lock(&n[0].l); n[1].g = 1; spin_unlock(&n[0].l); }`,
		"lock beside, not the global":  `static spinlock_t l; static struct { spinlock_t l; u2 g GUARDED_BY(l); } n; TASK(p, 1) { spin_lock(&l); n.g = 1; spin_unlock(&l); }`,
		"set once":                     `struct s { u2 g SET_ONCE; }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); atomic { q->g = 1; q->g = 2; } }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, src, cmodel.Options{Raw: raw})
				require.Equal(t, eval.Violated, verdict(t, r, "NoFail").Verdict, "raw %t", raw)
			}
		})
	}
}

// What is declared beside something annotated is not.
func TestAnnotationsAreOfOne(t *testing.T) {
	for name, src := range map[string]string{
		"second of two":            `static spinlock_t l; static u2 g GUARDED_BY(l), h; TASK(p, 1) { h = 1; }`,
		"first of two fields":      `struct s { spinlock_t l; u2 h, g GUARDED_BY(l); }; POOL(s, 1); TASK(p, 1) { struct s *q; q = alloc(s); q->h = 1; }`,
		"struct with a field":      `static spinlock_t l; struct n { u2 g GUARDED_BY(l); u2 h; } n; TASK(p, 1) { n.h = 1; }`,
		"pointer of two":           `struct s { bool x; }; POOL(s, 1); static spinlock_t l; static struct s * GUARDED_BY(l) g, *h; TASK(p, 1) { h = NULL; }`,
		"lock of the same element": `static struct { spinlock_t l; u2 g GUARDED_BY(l); } n[2]; TASK(p, 1) { spin_lock(&n[1].l); n[1].g = 1; spin_unlock(&n[1].l); }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, src, cmodel.Options{Raw: raw})
				require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict, "raw %t", raw)
			}
		})
	}
}

// GHOST, PRIVATE and INTERRUPTED behind the name are what they are before the type.
func TestOtherAnnotationsBehindTheName(t *testing.T) {
	res := compile(t, "m.c", `#include "mcheck.h"
static u2 x;
static u2 g GHOST, h;
struct task_struct { u2 mine PRIVATE; bool seen GHOST; };
TASK(p, 2) { x = 1; ghost { g = 1; current->seen = true; } current->mine = 1; h = current->mine; }
AT_REST(Done, "", "") { return g + h == 2; }`, cmodel.Options{})
	ghosts := map[string]bool{}
	for _, v := range res.Model.Vars {
		ghosts[v.Name] = v.Ghost
	}
	require.True(t, ghosts["g"])
	require.True(t, ghosts["seen"])
	require.False(t, ghosts["h"])
	require.Contains(t, res.Explain, "mine is only accessed through current")

	// The softirq may stop p for ever when x is 1.
	for _, raw := range []bool{false, true} {
		r := run(t, `struct task_struct { bool hit INTERRUPTED; };
static u2 x;
static struct task_struct *victim;
TASK(p, 1) { victim = current; x = 1; x = 2; }
SOFTIRQ(irq, 1) { struct task_struct *t; await(x > 0); t = victim; t->hit = true; }
AT_REST(Done, "", "") { return x == 2; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Violated, verdict(t, r, "Done").Verdict)
	}
}
