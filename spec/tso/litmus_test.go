package tso_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
)

// litmus is a litmus test: what each CPU does, one operation after the other, separated by
// semicolons. "x=1" stores, "a=x" loads into a register, "mb" is a fence, "a=xchg(x,1)" a locked
// exchange. x, y, z are in memory, a to f are registers; all are 0. The outcome is of registers and
// memory at the end. sc and tso say whether it can happen.
type litmus struct {
	name    string
	cpus    []string
	outcome string
	sc, tso bool
}

// The answers are those of the literature: SB, n6, n5, n4b, iwp2.* and amd* of "x86-TSO" (CACM
// 2010) and of "A better x86 memory model: x86-TSO" (TPHOLs 2009), MP, LB, R, S, 2+2W and IRIW of
// the diy test suites.
var tests = []litmus{
	{"SB", []string{"x=1; a=y", "y=1; b=x"}, "a=0 b=0", false, true},
	{"SB+mb", []string{"x=1; mb; a=y", "y=1; mb; b=x"}, "a=0 b=0", false, false},
	{"SB+one-mb", []string{"x=1; mb; a=y", "y=1; b=x"}, "a=0 b=0", false, true},
	{"SB+xchg", []string{"c=xchg(x,1); a=y", "d=xchg(y,1); b=x"}, "a=0 b=0", false, false},
	{"SB+xchg-elsewhere", []string{"x=1; c=xchg(z,1); a=y", "y=1; d=xchg(z,1); b=x"}, "a=0 b=0", false, false},
	{"iwp2.3.b", []string{"x=1; c=x; a=y", "y=1; d=y; b=x"}, "c=1 a=0 d=1 b=0", false, true},
	{"MP", []string{"x=1; y=1", "a=y; b=x"}, "a=1 b=0", false, false},
	{"LB", []string{"a=x; y=1", "b=y; x=1"}, "a=1 b=1", false, false},
	{"n6", []string{"x=1; a=x; b=y", "y=2; x=2"}, "a=1 b=0 x=1", false, true},
	{"n5", []string{"x=1; a=x", "x=2; b=x"}, "a=2 b=1", false, false},
	{"n4b", []string{"a=x; x=1", "b=x; x=2"}, "a=2 b=1", false, false},
	{"R", []string{"x=1; y=1", "y=2; a=x"}, "y=2 a=0", false, true},
	{"R+mb", []string{"x=1; y=1", "y=2; mb; a=x"}, "y=2 a=0", false, false},
	{"S", []string{"x=2; y=1", "a=y; x=1"}, "a=1 x=2", false, false},
	{"2+2W", []string{"x=1; y=2", "y=1; x=2"}, "x=1 y=1", false, false},
	{"IRIW", []string{"x=1", "y=1", "a=x; b=y", "c=y; d=x"}, "a=1 b=0 c=1 d=0", false, false},
	{"WRC", []string{"x=1", "a=x; y=1", "b=y; c=x"}, "a=1 b=1 c=0", false, false},
	{"twice", []string{"x=1; x=2; a=y", "y=1; b=x"}, "a=0 b=0 x=2", false, true},
}

// c is the test as a model. Each operation is on a line of its own, which names the place where the
// task stands.
func (l litmus) c() string {
	var b strings.Builder
	b.WriteString("#include \"mcheck.h\"\nstatic u2 x, y, z;\nGHOST static u2 a, b, c, d, e, f;\n")
	for i, p := range l.cpus {
		fmt.Fprintf(&b, "TASK(p%d, 1)\n{ u2 r;\n", i)
		for _, op := range strings.Split(p, "; ") {
			to, from, _ := strings.Cut(op, "=")
			switch {
			case op == "mb":
				b.WriteString("smp_mb();\n")
			case strings.HasPrefix(from, "xchg"):
				fmt.Fprintf(&b, "locked { r = %c; %c = %c; ghost { %s = r; } }\n", from[5], from[5], from[7], to)
			case strings.Contains("xyz", to):
				fmt.Fprintf(&b, "%s;\n", op)
			default:
				fmt.Fprintf(&b, "r = %s; ghost { %s = r; }\n", from, to)
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// machine is a state of the abstract machine of the x86-TSO papers.
type machine struct {
	at   [4]int
	mem  [128]byte // memory and registers, by their letters
	bufs [4][]byte // letter, value, letter, value, …
}

func (m machine) clone() machine {
	for i := range m.bufs {
		m.bufs[i] = slices.Clone(m.bufs[i])
	}
	return m
}

func (m machine) String() string {
	s := ""
	for _, v := range "xyzabcdef" {
		s += fmt.Sprintf("%c=%d ", v, m.mem[v])
	}
	for i := range m.bufs {
		s += fmt.Sprintf("p%d@%d:", i, m.at[i])
		for k := 0; k < len(m.bufs[i]); k += 2 {
			s += fmt.Sprintf("%c=%d,", m.bufs[i][k], m.bufs[i][k+1])
		}
		s += " "
	}
	return s
}

// simulate returns all reachable states, and those of them that are at rest.
func (l litmus) simulate(buffered bool) (all, rest map[string]bool) {
	all, rest = map[string]bool{}, map[string]bool{}
	progs := make([][]string, len(l.cpus))
	for i, p := range l.cpus {
		progs[i] = strings.Split(p, "; ")
	}
	todo := []machine{{}}
	for len(todo) > 0 {
		m := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if all[m.String()] {
			continue
		}
		all[m.String()] = true
		still := true
		next := func(change func(n *machine)) {
			n := m.clone()
			change(&n)
			todo = append(todo, n)
			still = false
		}
		for i, prog := range progs {
			if buf := m.bufs[i]; len(buf) > 0 {
				next(func(n *machine) { n.mem[buf[0]] = buf[1]; n.bufs[i] = n.bufs[i][2:] })
			}
			if m.at[i] == len(prog) {
				continue
			}
			op := prog[m.at[i]]
			switch {
			case op == "mb":
				if len(m.bufs[i]) == 0 {
					next(func(n *machine) { n.at[i]++ })
				}
			case strings.Contains(op, "xchg"):
				if len(m.bufs[i]) == 0 {
					next(func(n *machine) { n.at[i]++; n.mem[op[0]] = n.mem[op[7]]; n.mem[op[7]] = op[9] - '0' })
				}
			case op[0] >= 'x' && buffered:
				next(func(n *machine) { n.at[i]++; n.bufs[i] = append(n.bufs[i], op[0], op[2]-'0') })
			case op[0] >= 'x':
				next(func(n *machine) { n.at[i]++; n.mem[op[0]] = op[2] - '0' })
			default:
				v := m.mem[op[2]]
				for k := 0; k < len(m.bufs[i]); k += 2 {
					if m.bufs[i][k] == op[2] {
						v = m.bufs[i][k+1]
					}
				}
				next(func(n *machine) { n.at[i]++; n.mem[op[0]] = v })
			}
		}
		if still {
			rest[m.String()] = true
		}
	}
	return all, rest
}

func build(t *testing.T, text string, k int, raw bool) *spec.Model {
	t.Helper()
	res, err := cmodel.Compile([]cmodel.Source{{Name: "t.c", Text: []byte(text)}}, cmodel.Options{Raw: raw, StoreBuffer: k,
		Defines: map[string]string{"NR_CPUS": "4"}, Include: func(string) ([]byte, error) { return kernel.Header(), nil }})
	require.NoError(t, err)
	require.Empty(t, spec.Check(res.Model))
	return res.Model
}

// states explores the test as a model, and writes its states as the simulator does.
func (l litmus) states(t *testing.T, k int, raw bool) (all, rest map[string]bool, n int) {
	m := build(t, l.c(), k, raw)
	r, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	require.Nil(t, r.Err)
	all, rest = map[string]bool{}, map[string]bool{}
	for i, st := range r.States {
		got := machine{}
		var which, vals []spec.Value
		for k, v := range m.Vars {
			switch {
			case len(v.Name) == 1:
				got.mem[v.Name[0]] = byte(st[k].N)
			case v.Name == "pc":
				labels := v.Type.(*spec.ArrayType).Elem.(*spec.EnumType).Values
				for p, at := range st[k].Elems {
					// How many labels of the same task come before: the tasks stand at each of
					// their operations.
					of, _, _ := strings.Cut(labels[at.N], ":")
					if of == "done" {
						got.at[p] = strings.Count(l.cpus[p], ";") + 1
					} else {
						for _, before := range labels[:at.N] {
							if strings.HasPrefix(before, of+":") {
								got.at[p]++
							}
						}
					}
				}
			case v.Name == "buffer":
				which = st[k].Elems
			case v.Name == "buffer_int":
				vals = st[k].Elems
			}
		}
		for p := range which {
			names := m.Vars[slices.IndexFunc(m.Vars, func(v *spec.Var) bool { return v.Name == "buffer" })].Type.(*spec.ArrayType).Elem.(*spec.SeqType).Elem.(*spec.EnumType).Values
			for e := range which[p].Elems {
				got.bufs[p] = append(got.bufs[p], names[which[p].Elems[e].N][0], byte(vals[p].Elems[e].N))
			}
		}
		all[got.String()] = true
		if r.AtRest[i] {
			rest[got.String()] = true
		}
	}
	return all, rest, len(r.States)
}

func reaches(rest map[string]bool, outcome string) bool {
	for s := range rest {
		ok := true
		for _, part := range strings.Fields(outcome) {
			ok = ok && strings.Contains(" "+s, " "+part+" ")
		}
		if ok {
			return true
		}
	}
	return false
}

// The models of the litmus tests have the states of an independent machine, with and without store
// buffers, and the outcomes that are known.
func TestLitmus(t *testing.T) {
	for _, l := range tests {
		t.Run(l.name, func(t *testing.T) {
			for k, known := range map[int]bool{0: l.sc, 8: l.tso} {
				l := l
				if k == 0 { // a fence is no step there
					l.cpus = slices.Clone(l.cpus)
					for i := range l.cpus {
						l.cpus[i] = strings.ReplaceAll(l.cpus[i], "mb; ", "")
					}
				}
				all, rest := l.simulate(k > 0)
				require.Equal(t, known, reaches(rest, l.outcome), "the simulator, buffers of %d", k)
				got, gotRest, n := l.states(t, k, true)
				require.Equal(t, slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(got)), "buffers of %d", k)
				require.Len(t, all, n, "a state of the model is one of the machine")
				require.Equal(t, slices.Sorted(maps.Keys(rest)), slices.Sorted(maps.Keys(gotRest)), "buffers of %d", k)
				_, gotRest, _ = l.states(t, k, false)
				require.Equal(t, slices.Sorted(maps.Keys(rest)), slices.Sorted(maps.Keys(gotRest)), "reduced, buffers of %d", k)
			}
		})
	}
}

// A buffer that is too small is a bound: the run decides nothing, and a larger one has room for all
// stores.
func TestBound(t *testing.T) {
	l := litmus{cpus: []string{"x=1; y=1; z=1"}}
	for k := 1; k <= 4; k++ {
		m := build(t, l.c(), k, true)
		r, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		for _, p := range r.Properties {
			if p.Property.Name == "WithinBounds" {
				require.Equal(t, k < 3, p.Verdict == eval.Violated, "%d stores, room for %d", 3, k)
			}
		}
	}
}

// peterson is the algorithm for two tasks, with a fence behind the stores or none.
const peterson = `#include "mcheck.h"
static bool flag[2];
static u1 turn;
GHOST static u2 inside;
static void enter(u1 me)
{
	flag[me] = true;
	turn = 1 - me;
	FENCE;
	atomic await(!flag[1 - me] || turn == me);
	ghost { inside++; }
}
static void leave(u1 me)
{
	flag[me] = false;
	ghost { inside--; }
}
TASK(p, 1) { enter(0); leave(0); }
TASK(q, 1) { enter(1); leave(1); }
INVARIANT(MutualExclusion, "at most one task is in the critical section", "Peterson 1981")
{
	return inside <= 1;
}
`

// locking has a spinlock, data that bypasses the buffers and data that doesn't, a sequence count
// with a reader, and a counter for each CPU.
const locking = `#include "mcheck.h"
POOL(item, 2);
struct item { WRITE_GUARDED_BY(l) bool gone; u2 count[NR_CPUS]; };
static spinlock_t l;
static seqcount_t s;
GUARDED_BY(l) static struct item *last;
WRITE_GUARDED_BY(l) static struct item *first;
GHOST static bool torn;
TASK(writer, 2)
{
	struct item *i;

	spin_lock(&l);
	write_seqcount_begin(&s);
	i = alloc(item);
	this_cpu_add(i->count, 1);
	first = i;
	last = i;
	write_seqcount_end(&s);
	spin_unlock(&l);
}
TASK(reader, 1)
{
	struct item *i;
	seq_t seq;

	seq = read_seqbegin(&s);
	i = first;
	if (!read_seqretry(&s, seq) && i != NULL) {
		if (i->gone)
			NEVER("nobody sets it");
	}
}
AT_REST(last_is_first, "the two agree", "") { return first == last; }
AT_REST(counted, "each is counted once", "")
{
	struct item *i;
	u4 c;
	u5 n = 0;

	for_each(item, i)
		for_each_cpu(c)
			n += i->count[c];
	return n == 2;
}
`

// TLC finds the same states and verdicts, and the same counterexamples.
func TestTLC(t *testing.T) {
	if testing.Short() {
		t.Skip("TLC takes a second and more a run")
	}
	jar, err := tlc.Find("")
	require.NoError(t, err)
	for _, m := range []struct {
		name, text string
		violated   string
	}{
		{"locking", locking, ""},
	} {
		t.Run(m.name, func(t *testing.T) {
			b := build(t, m.text, 6, false)
			r, err := explorer.Explore(t.Context(), b, explorer.Options{})
			require.NoError(t, err)
			require.True(t, r.Complete)
			for _, p := range r.Properties {
				require.Equal(t, p.Property.Name == m.violated, p.Verdict == explorer.Violated, p.Property.Name)
			}
			report, err := tlc.Compare(t.Context(), jar, b, r, tlc.CompareOptions{NoTraces: true})
			require.NoError(t, err)
			require.Empty(t, report.Disagreements)
		})
	}
}

// A fence decides whether the algorithm works.
func TestPeterson(t *testing.T) {
	for _, c := range []struct {
		fence string
		k     int
		want  eval.Verdict
	}{{"", 0, eval.Holds}, {"", 8, eval.Violated}, {"smp_mb()", 8, eval.Holds}, {"smp_wmb()", 8, eval.Violated}, {"smp_rmb()", 8, eval.Violated}} {
		m := build(t, strings.Replace(peterson, "FENCE", c.fence, 1), c.k, false)
		r, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		for _, p := range r.Properties {
			if p.Property.Name == "MutualExclusion" {
				require.Equal(t, c.want, p.Verdict, "%q, buffers of %d", c.fence, c.k)
			}
		}
	}
}
