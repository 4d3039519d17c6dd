package peers_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"mcheck/export/murphi"
	"mcheck/export/peers"
	"mcheck/export/promela"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
	"mcheck/spec/randc"
	"mcheck/spec/slice"
	"mcheck/spec/spectest"
)

// quick compiles fast: the models are small.
var quick = peers.Options{Optimize: "-O0", Slots: 1 << 16, Depth: 1 << 20}

func text(k peers.Kind, m *spec.Model) ([]byte, error) {
	if k == peers.Rumur || k == peers.RumurPacked {
		return murphi.Model(m)
	}
	return promela.Model(m)
}

func export(t *testing.T, k peers.Kind, m *spec.Model) []byte {
	t.Helper()
	text, err := text(k, m)
	require.NoError(t, err)
	return text
}

func run(t *testing.T, k peers.Kind, m *spec.Model, opt peers.Options) peers.Counts {
	t.Helper()
	// rumur makes 20 MB of C of a kernel scenario with two tasks
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	text := export(t, k, m)
	c, err := peers.Run(ctx, k, text, opt)
	require.NoError(t, err, "%s", text)
	return c
}

// plain is m without its properties: the peers do not go on after a violation.
func plain(m *spec.Model) *spec.Model {
	c := *m
	c.Properties = nil
	return &c
}

// inside counts the transitions of a graph that stay within the constraint: the others are not
// enabled in the exports.
func inside(r *eval.Result) int64 {
	n := int64(0)
	for _, e := range r.Edges {
		if e.To >= 0 {
			n++
		}
	}
	return n
}

func explore(t *testing.T, m *spec.Model) *eval.Result {
	t.Helper()
	r, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	require.Nil(t, r.Err)
	return r
}

func TestRandomModels(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	models := rapid.Custom(spectest.Model)
	// The first few, and some that found mistakes: Spin's operator !!, and indices that read what
	// they index.
	for _, seed := range []int{0, 1, 2, 3, 35, 64, 98, 120} {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			m := models.Example(seed)
			r := explore(t, m)
			var violated []string
			for _, p := range r.Properties {
				if p.Property.Kind == spec.Invariant && p.State >= 0 {
					violated = append(violated, p.Property.Name)
				}
			}
			for _, k := range []peers.Kind{peers.Spin, peers.Rumur} {
				c := run(t, k, plain(m), quick)
				require.Equal(t, r.Distinct, c.States, "%s\n%s", k, m)
				require.Equal(t, inside(r), c.Transitions, "%s\n%s", k, m)
				if len(violated) > 0 {
					c := run(t, k, m, quick)
					require.False(t, c.Complete)
					require.Contains(t, violated, c.Violated, k)
				}
			}
		})
	}
}

// All modes of Spin search the same graph, temporaries in the state or not; on more cores too.
func TestModes(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := desk()
	r := explore(t, m)
	two := quick
	two.Cores = 2
	for _, k := range []peers.Kind{peers.SpinCollapse, peers.SpinBreadthFirst, peers.SpinParallel, peers.Rumur, peers.RumurPacked} {
		c := run(t, k, plain(m), two)
		require.Equal(t, r.Distinct, c.States, k)
		require.Equal(t, r.Transitions, c.Transitions, k)
	}
}

func TestViolationsAreNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := desk()
	r := explore(t, m)
	require.Equal(t, eval.Holds, r.Properties[0].Verdict)
	require.Equal(t, eval.Violated, r.Properties[1].Verdict)
	for _, k := range []peers.Kind{peers.Spin, peers.SpinBreadthFirst, peers.Rumur} {
		c := run(t, k, m, quick)
		require.False(t, c.Complete)
		require.Equal(t, "NotAllServed", c.Violated, c.Message)
	}
}

func TestRangeErrorsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	n := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	m := &spec.Model{Name: "Count", Vars: []*spec.Var{n}, Actions: []*spec.Action{{
		Name: "Up", Actor: -1, Body: &spec.Do{Updates: []spec.Update{spec.Set(n, spec.Bin(spec.Add, spec.V(n), spec.Int(1)))}},
	}}}
	require.Empty(t, spec.Check(m))
	for _, k := range []peers.Kind{peers.Spin, peers.Rumur} {
		c := run(t, k, m, quick)
		require.False(t, c.Complete)
		require.Empty(t, c.Violated)
		require.NotEmpty(t, c.Message)
	}
}

func TestRefusals(t *testing.T) {
	set := &spec.SetType{Elem: &spec.RangeType{Lo: 0, Hi: 31}}
	m := &spec.Model{Name: "Wide", Vars: []*spec.Var{{Name: "s", Type: set, Init: &spec.Lit{T: set}}}}
	_, err := promela.Model(m)
	require.EqualError(t, err, "s: a set of more than 31 elements is too wide for Promela")
	m = &spec.Model{Name: "Many", Vars: []*spec.Var{{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 1 << 20}}}}
	_, err = promela.Model(m)
	require.ErrorContains(t, err, "candidates for initial states")
	m = &spec.Model{Name: "None", Vars: []*spec.Var{{Name: "b", Type: spec.Bool}}, InitWhere: spec.F}
	_, err = murphi.Model(m)
	require.ErrorContains(t, err, "no initial state")
	_, err = peers.Run(t.Context(), peers.Rumur, []byte("no model"), quick)
	require.ErrorContains(t, err, "syntax error")
	t.Setenv("PATH", t.TempDir())
	_, err = peers.Run(t.Context(), peers.Spin, export(t, peers.Spin, desk()), quick)
	require.ErrorContains(t, err, "spin is not installed (Debian package spin)")
	_, err = peers.Run(t.Context(), peers.Rumur, export(t, peers.Rumur, desk()), quick)
	require.ErrorContains(t, err, "rumur is not installed (Debian package rumur)")
}

// Words of the languages, of C, of Spin's generated C and of the preprocessor are no names there.
func TestReservedNames(t *testing.T) {
	words := strings.Fields("array do d_step end linux unix Pm BAD register len n e a record type now startstate NULL_2 main")
	r := &spec.RecordType{Name: "typedef"}
	m := &spec.Model{Name: "Words"}
	action := &spec.Action{Name: "begin", Actor: -1}
	for i, w := range words {
		m.Enums = append(m.Enums, &spec.EnumType{Name: "E" + w, Values: []string{"x" + w, strings.ToUpper(w) + "!"}})
		r.Fields = append(r.Fields, spec.Field{Name: w, Type: m.Enums[i]})
		v := &spec.Var{Name: w, Type: m.Enums[i], Init: &spec.Lit{T: m.Enums[i]}}
		m.Vars = append(m.Vars, v)
		action.Body = &spec.Do{Updates: []spec.Update{spec.Set(v, &spec.Lit{N: 1, T: m.Enums[i]})}}
	}
	all := &spec.Composite{T: r}
	for i := range words {
		all.Elems = append(all.Elems, &spec.Lit{N: int64(i % 2), T: m.Enums[i]})
	}
	m.Vars = append(m.Vars, &spec.Var{Name: "all", Type: r, Init: all})
	m.Actions = append(m.Actions, action)
	require.Empty(t, spec.Check(m))
	for _, k := range []peers.Kind{peers.Spin, peers.Rumur} {
		c := run(t, k, m, quick)
		require.Equal(t, int64(2), c.States) // before and after the one step
		require.Equal(t, int64(2), c.Transitions)
	}
}

func TestGolden(t *testing.T) {
	a, err := txtar.ParseFile("testdata/desk.txtar")
	require.NoError(t, err)
	require.Len(t, a.Files, 2)
	require.Equal(t, string(a.Files[0].Data), string(export(t, peers.Spin, desk())))
	require.Equal(t, string(a.Files[1].Data), string(export(t, peers.Rumur, desk())))
}

// desk is customers who queue at a desk: a queue, an option, a set, an exchange that needs a
// temporary, and a counter.
func desk() *spec.Model {
	who := &spec.EnumType{Name: "Customer", Values: []string{"ann", "bob"}, Symbolic: true}
	queue := &spec.SeqType{Elem: who, Cap: 2}
	set := &spec.SetType{Elem: who}
	lights := &spec.ArrayType{Index: spec.Bool, Elem: &spec.RangeType{Lo: -1, Hi: 1}}
	line := &spec.Var{Name: "line", Type: queue, Init: &spec.Composite{T: queue}}
	at := &spec.Var{Name: "at", Type: &spec.OptionType{Elem: who}, Init: spec.Null(who), Doc: "who is at the desk"}
	served := &spec.Var{Name: "served", Type: set, Init: &spec.Lit{T: set}}
	light := &spec.Var{Name: "light", Type: lights, Init: &spec.Composite{T: lights, Elems: []spec.Expr{spec.Int(-1), spec.Int(1)}}}
	p, q := &spec.Param{Name: "p", Type: who}, &spec.Param{Name: "q", Type: who}
	me := spec.P(p)
	waits := &spec.Quant{Op: spec.Exists, Param: q, Body: spec.All(
		spec.Bin(spec.Gt, spec.Un(spec.Len, spec.V(line)), spec.Int(0)), spec.Bin(spec.Eq, spec.Un(spec.Head, spec.V(line)), spec.P(q)))}
	one := &spec.Composite{T: set, Elems: []spec.Expr{me}}
	return &spec.Model{
		Name: "Desk", Doc: "Customers queue at a desk.", Enums: []*spec.EnumType{who}, Vars: []*spec.Var{line, at, served, light},
		Actions: []*spec.Action{
			{
				Name: "Come", Params: []*spec.Param{p}, Actor: 0,
				Guard: spec.All(spec.Un(spec.Not, spec.Bin(spec.In, me, spec.V(served))), spec.Bin(spec.Ne, spec.V(at), me),
					spec.Bin(spec.Eq, spec.Un(spec.Len, spec.V(line)), spec.Int(0))),
				Body: &spec.Do{Updates: []spec.Update{spec.Set(line, spec.Bin(spec.Append, spec.V(line), me))}},
			},
			{
				Name: "Call", Actor: -1, Guard: spec.All(waits, spec.Bin(spec.Eq, spec.V(at), spec.Null(who))),
				Body: &spec.Do{Updates: []spec.Update{spec.Set(at, spec.Un(spec.Head, spec.V(line))), spec.Set(line, spec.Un(spec.Tail, spec.V(line)))}},
			},
			{
				Name: "Serve", Params: []*spec.Param{p}, Actor: 0, Guard: spec.Bin(spec.Eq, spec.V(at), me),
				Source: []spec.SourceLine{{Text: "serve(p);"}},
				Body: &spec.Branch{
					Cond: spec.Bin(spec.Lt, spec.At(light, spec.T), spec.At(light, spec.F)),
					Then: &spec.Do{Updates: []spec.Update{spec.Set(at, spec.Null(who)), spec.Set(served, spec.Bin(spec.Union, spec.V(served), one))}},
					Else: &spec.Do{Updates: []spec.Update{
						spec.Set(at, spec.Null(who)), spec.Set(served, spec.Bin(spec.Union, spec.V(served), one)),
						spec.Set(light, spec.At(light, spec.T), spec.F), spec.Set(light, spec.At(light, spec.F), spec.T),
					}},
				},
			},
		},
		Properties: []*spec.Property{
			{
				Name: "Once", Kind: spec.Invariant, Words: "Who was served is not at the desk.",
				When: spec.Bin(spec.Ne, spec.V(at), spec.Null(who)), Cond: spec.Un(spec.Not, spec.Bin(spec.In, spec.V(at), spec.V(served))),
			},
			{Name: "NotAllServed", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.Un(spec.Cardinality, spec.V(served)), spec.Int(2))},
		},
	}
}

// Spin and rumur reach the states of random programs in C, over the same transitions. What they
// can't say is left out, but not more than half.
func TestRandomPrograms(t *testing.T) {
	programs := rapid.Custom(randc.Program)
	n := 8
	if s, err := strconv.Atoi(os.Getenv("MCHECK_PEERS")); err == nil {
		n = s
	}
	if testing.Short() {
		n = 2
	}
	refused, most := 0, n
	for seed := 1; n > 0; seed++ {
		p := programs.Example(seed)
		b, err := cmodel.Compile([]cmodel.Source{{Name: "r.c", Text: []byte(p.Text)}}, cmodel.Options{Name: "R", Raw: n%2 == 0, Defines: p.Defines(), Migrate: p.Migrate,
			Include: func(string) ([]byte, error) { return kernel.Header(), nil }})
		if err != nil {
			continue
		}
		m, _ := slice.Slice(b.Model)
		r, err := eval.Explore(m, eval.Options{Limit: 3000})
		if err != nil || !r.Complete || r.Transitions < 10 {
			continue
		}
		n--
		for _, k := range []peers.Kind{peers.Spin, peers.Rumur} {
			if _, err := text(k, plain(m)); err != nil {
				refused++
				continue
			}
			c := run(t, k, plain(m), quick)
			assert.Equal(t, []any{"", r.Distinct, inside(r)}, []any{c.Message, c.States, c.Transitions}, "seed %d, %v: %s", seed, k, p.Text)
		}
	}
	require.LessOrEqual(t, refused, most)
}
