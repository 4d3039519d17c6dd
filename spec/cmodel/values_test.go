package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// A value that does not fit where it is stored is a failure, and never stored, wherever that is:
// each program stores one that does not fit.
func TestValuesThatDoNotFit(t *testing.T) {
	for name, src := range map[string]string{
		"argument":                 `static u3 x = 5; static void f(u2 n) { x = n; } TASK(p, 1) { u3 a; a = x; f(a); }`,
		"argument, negative":       `static s3 x = -1; static void f(u2 n) { x = n; } TASK(p, 1) { s3 a; a = x; f(a); }`,
		"argument, expression":     `static u2 x = 3; static void f(u2 n) { x = n; } TASK(p, 1) { u2 a; a = x; f(a + 1); }`,
		"second argument":          `static u3 x = 5; static void f(bool b, u2 n) { x = n + b; } TASK(p, 1) { u3 a; a = x; f(a, a); }`,
		"argument that is unused":  `static u3 x = 5; static void f(u2 n) { x = 1; } TASK(p, 1) { u3 a; a = x; f(a); }`,
		"argument with a result":   `static u3 x = 5; static u2 f(u2 n) { return n; } TASK(p, 1) { u3 a; a = x; a = f(a); x = a; }`,
		"argument of a pointer":    `static u3 x = 5; static void f(u2 n) { x = n; } static void (*h)(u2); TASK(p, 1) { u3 a; void (*g)(u2); h = f; a = x; g = h; g(a); }`,
		"argument in an atomic":    `static u3 x = 5; static void f(u2 n) { x = n; } TASK(p, 1) { atomic { f(x); } }`,
		"argument in a condition":  `static u3 x = 5; static bool f(u2 n) { return n == 1; } TASK(p, 1) { u3 a; a = x; if (f(a)) x = 1; }`,
		"argument under &&":        `static u3 x = 5; static bool f(u2 n) { return n == 1; } TASK(p, 1) { u3 a; a = x; if (a > 3 && f(a)) x = 1; }`,
		"argument that is indexed": `static u3 x = 2; static bool a[4]; static void f(u1 i) { a[i] = true; } TASK(p, 1) { u3 n; n = x; f(n); }`,
		"result":                   `static u3 x = 5; static u2 f(void) { u3 a; a = x; return a; } TASK(p, 1) { u3 a; a = f(); x = a; }`,
		"index":                    `static u3 x = 5; static u2 a[5]; TASK(p, 1) { u3 i; i = x; a[i] = 1; }`,
		"index that is read":       `static u3 x = 5; static u2 a[5]; TASK(p, 1) { u3 i; i = x; x = a[i]; }`,
		"index, negative":          `static s3 x = -1; static u2 a[5]; TASK(p, 1) { s3 i; i = x; a[i] = 1; }`,
		"index of a local":         `static u3 x = 5; TASK(p, 1) { u3 i; u2 a[5]; i = x; a[i] = 1; }`,
		"second index":             `static u3 x = 2; static u2 a[5][2]; TASK(p, 1) { u3 i; i = x; a[0][i] = 1; }`,
		"element":                  `static u3 x = 4; static u2 a[5]; TASK(p, 1) { u3 i; i = x; a[i] = i; }`,
		"initialiser of a local":   `static u3 x = 4; TASK(p, 1) { u3 i; i = x; { u2 j = i; x = j; } }`,
		"assignment":               `static u3 x = 4; static u2 y; TASK(p, 1) { u3 i; i = x; y = i; }`,
		"field":                    `struct s { u2 y; }; POOL(s, 1); static u3 x = 4; TASK(p, 1) { struct s *q; u3 i; i = x; q = alloc(s); q->y = i; }`,
		"+=":                       `static u2 x = 3; TASK(p, 1) { x += 1; }`,
		"-=":                       `static u2 x; TASK(p, 1) { x -= 1; }`,
		"*=":                       `static u2 x = 3; TASK(p, 1) { x *= 2; }`,
		"+= of an element":         `static u2 a[2]; TASK(p, 1) { a[1] = 3; a[1] += 1; }`,
		"++":                       `static u2 x = 3; TASK(p, 1) { x++; }`,
		"++ before":                `static u2 x = 3; TASK(p, 1) { ++x; }`,
		"--":                       `static u2 x; TASK(p, 1) { x--; }`,
		"-- of a signed one":       `static s2 x = -2; TASK(p, 1) { x--; }`,
		"++ of a local":            `static u2 x = 3; TASK(p, 1) { u2 i; i = x; i++; x = i; }`,
		"choose":                   `static u1 x; TASK(p, 1) { u1 i; i = choose(4); x = i; }`,
		"choose in an argument":    `static u1 x; static void f(u1 n) { x = n; } TASK(p, 1) { f(choose(4)); }`,
		"this_cpu_add":             `static u2 c[NR_CPUS]; TASK(p, 1) { this_cpu_add(c, 3); this_cpu_add(c, 1); }`,
		"this_cpu_add, few":        `static u2 c[1]; TASK(p, 2) { this_cpu_add(c, 1); }`,
		"conditional":              `static u3 x = 5; static u2 y; TASK(p, 1) { u3 a; a = x; y = a > 2 ? a : 1; }`,
		"conditional argument":     `static u3 x = 5; static void f(u2 n) { x = n; } TASK(p, 1) { u3 a; a = x; f(a > 2 ? a : 1); }`,
		"cast":                     `static u3 x = 5; TASK(p, 1) { u3 a; a = x; x = (u2)a; }`,
		"loop":                     `static u2 x; TASK(p, 1) { u2 i; for (i = 0; i < 4; i++) x = i; }`,
		"squares":                  `static u8 x = 2; TASK(p, 1) { u8 a; a = x; a = a * a; a = a * a; a = a * a; a = a * a; a = a * a; x = a; }`,
		"many products":            `static u8 x = 3; TASK(p, 1) { u8 a, b; a = x; b = a * a; b *= a; b *= a; b *= a; b *= a; x = b; }`,
		"argument in ghost code":   `GHOST static u3 x = 5; static u2 y; GHOST static u2 z; static void f(u2 n) { z = n; } TASK(p, 1) { y = 1; ghost { f(x); } }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, src, cmodel.Options{Raw: raw})
				require.Equal(t, eval.Violated, verdict(t, r, "NoFail").Verdict, "raw %t", raw)
			}
		})
	}
}

// Values at the ends of their ranges fit; what is stored is what was computed.
func TestValuesThatFit(t *testing.T) {
	for name, src := range map[string]string{
		"argument": `static u3 x = 3; static u3 y; static void f(u2 n) { y = n; } TASK(p, 1) { u3 a; a = x; f(a); }
			AT_REST(P, "", "") { return y == 3; }`,
		"argument, negative": `static s3 x = -2; static s3 y; static void f(s2 n) { y = n; } TASK(p, 1) { s3 a; a = x; f(a); }
			AT_REST(P, "", "") { return y == -2; }`,
		"conditional without 0": `static u3 a, x, y; TASK(q, 1) { a = 2; } TASK(p, 1) { u3 b; b = a; x = b == 2 ? (y <= 2 ? 5 : 4) : 1; }
			AT_REST(P, "", "") { return x == 5 || x == 1; }`,
		"conditional below 0": `static u3 a; static s4 x, y; TASK(p, 1) { u3 b; b = a; x = b == 0 ? (y <= 2 ? -5 : -4) : -1; }
			AT_REST(P, "", "") { return x == -5; }`,
		"switch over what is never 0": `static u3 x = 2, y; TASK(p, 1) { u3 a; a = x; switch (a + 1) { case 3: y = 1; y = 2; break; default: y = 3; } }
			AT_REST(P, "", "") { return y == 2; }`,
		"dead code": `enum { N = 1 }; static u1 y; static u1 a[N]; TASK(p, 1) { y = 1; if (N > 1) { a[1] = 1; y = 9; } y = N > 1 && a[1] == 1; }
			AT_REST(P, "", "") { return y == 0; }`,
		"enumerators": `enum { A = -3, B, C = 1 * 8, D = C / 3 + 7 % 4, E = A < B ? C / 2 : 0, F = -A + +B, G = !A || A != -3 && E == 4 };
			static s8 y; TASK(p, 1) { y = 1; }
			AT_REST(P, "", "") { return A == -3 && B == -2 && C == 8 && D == 5 && E == 4 && F == 1 && G == 0 && y == 1; }`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range []bool{false, true} {
				r := run(t, src, cmodel.Options{Raw: raw})
				require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict, "raw %t", raw)
				require.Equal(t, eval.Holds, verdict(t, r, "P").Verdict, "raw %t", raw)
			}
		})
	}
}

// No object of a pool exists before alloc has made it, in a program without alloc as in others.
func TestPoolWithoutAlloc(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `struct s { bool f; };
POOL(s, 2);
static struct s *g;
static bool x;
TASK(t, 1) { struct s *q; atomic for_each(s, q) x = true; q = choose_one(s); g = q; }
INVARIANT(Nothing, "", "") { struct s *q; for_each(s, q) return false; return g == NULL && !x; }
COVER(Something, "", "") { struct s *q; for_each(s, q) return true; return false; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
		require.Equal(t, eval.Holds, verdict(t, r, "Nothing").Verdict)
		require.Equal(t, eval.Violated, verdict(t, r, "Something").Verdict)
		require.Equal(t, eval.Violated, verdict(t, r, "NoDeadlock").Verdict)
	}
}

// A pointer to functions of which none has its address taken is NULL.
func TestFunctionPointerToNothing(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `static void (*g)(u2);
static u2 x;
TASK(t, 1) { void (*f)(void) = NULL; void (*h)(u2); x = 1; h = g; if (f || h) x = 2; g = NULL; }
AT_REST(One, "", "") { return x == 1 && g == NULL; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "One").Verdict)
	}
}

// INIT may ask whether something is on a list, for a field of each object of a pool.
func TestListHasInInit(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `POOL(s, 2);
struct s { bool on; bool set; };
static s_list l;
static s_set m;
static struct s *a, *b;
INIT { a = alloc(s); b = alloc(s); list_add(&l, a); set_add(&m, b); a->on = list_has(&l, a); b->on = list_has(&l, b); b->set = set_has(&m, b); }
TASK(t, 1) { }
INVARIANT(P, "", "") { struct s *q; for_each(s, q) if (q->on == q->set) return false; return true; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Holds, verdict(t, r, "P").Verdict)
	}
}
