package explorer

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/eval"
)

func TestStopAtFirst(t *testing.T) {
	m := twoCounters(20)
	for _, n := range []int{1, 2, 8} {
		r := explore(t, m, Options{StopAtFirst: true, Workers: n})
		require.False(t, r.Complete)
		require.Contains(t, r.Reason, "first violation")
		require.Equal(t, []int64{1, 2, 3, 4}, r.Levels)
		require.Equal(t, Undecided, r.Properties[0].Verdict)
		require.Nil(t, r.Properties[0].Trace)
		require.Equal(t, Violated, r.Properties[1].Verdict)
		require.Len(t, r.Properties[1].Trace, 4)
	}
}

func TestMaxDepth(t *testing.T) {
	r := explore(t, twoCounters(20), Options{MaxDepth: 3, Graph: true})
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "depth limit of 3")
	require.Equal(t, []int64{1, 2, 3}, r.Levels)
	require.EqualValues(t, 6, r.Distinct)
	require.Equal(t, Undecided, r.Properties[1].Verdict)
	require.Len(t, r.Graph.States, 6)
	require.Len(t, r.Graph.Edges, 6) // those to states that were visited

	// A limit at the very depth of the model is none.
	r = explore(t, twoCounters(3), Options{MaxDepth: 7})
	require.True(t, r.Complete)
	require.EqualValues(t, 16, r.Distinct)
}

func TestMaxStates(t *testing.T) {
	var first *Result
	for _, n := range []int{1, 2, 8} {
		r := explore(t, twoCounters(20), Options{MaxStates: 12, Workers: n})
		require.False(t, r.Complete)
		require.Contains(t, r.Reason, "limit of 12 states")
		require.Equal(t, []int64{1, 2, 3, 4}, r.Levels) // a fifth level would make 15
		require.Equal(t, Violated, r.Properties[1].Verdict)
		if first == nil {
			first = r
		}
		require.Equal(t, plain(first), plain(r))
	}
	require.True(t, explore(t, twoCounters(3), Options{MaxStates: 16}).Complete)
}

func TestMaxMemory(t *testing.T) {
	r := explore(t, classic.LamportMutex(3, 6), Options{MaxMemory: 4 << 20, Workers: 2})
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "bytes for states")
	require.Equal(t, Undecided, r.Properties[0].Verdict)
	// Levels as published, as far as they go.
	require.Equal(t, []int64{1, 3, 9, 28, 60, 138, 266, 429, 675, 940}, r.Levels[:10])
}

func TestMaxTime(t *testing.T) {
	r := explore(t, classic.TwoPhase(10), Options{MaxTime: 50 * time.Millisecond})
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "time limit of 50ms")
	require.Less(t, r.Seconds, 5.0)
	require.Equal(t, Undecided, r.Properties[0].Verdict)
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	go func() {
		time.Sleep(30 * time.Millisecond)
		cancel()
	}()
	r, err := Explore(ctx, classic.TwoPhase(10), Options{Progress: func(p Progress) { calls++ }})
	require.NoError(t, err)
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "cancelled")
	require.NotZero(t, calls)

	r, err = Explore(ctx, twoCounters(2), Options{})
	require.NoError(t, err)
	require.False(t, r.Complete)
}

// A cancelled search still tells what it found.
func TestCancelKeepsTheTrace(t *testing.T) {
	m := classic.TwoPhase(10)
	s := m.Vars[0]
	st := s.Type.(*spec.ArrayType).Elem.(*spec.EnumType)
	m.Properties = []*spec.Property{{Name: "NobodyAborts", Kind: spec.Invariant,
		Cond: spec.Bin(spec.Ne, spec.At(s, m.Enums[0].Val("r3")), st.Val("aborted"))}}
	r := explore(t, m, Options{MaxTime: 100 * time.Millisecond})
	require.False(t, r.Complete)
	require.Equal(t, Violated, r.Properties[0].Verdict)
	require.Len(t, r.Properties[0].Trace, 2)
}

func TestGraphLimit(t *testing.T) {
	_, err := Explore(context.Background(), twoCounters(20), Options{Graph: true, GraphLimit: 100})
	require.ErrorContains(t, err, "more than 100 states")
}

func TestLivenessIsUndecided(t *testing.T) {
	m := twoCounters(2)
	m.Properties = []*spec.Property{
		{Name: "Ends", Kind: spec.Eventually, Cond: spec.T},
		{Name: "Leads", Kind: spec.LeadsTo, From: spec.F, Cond: spec.T},
	}
	r := explore(t, m, Options{})
	require.Equal(t, Undecided, r.Properties[0].Verdict)
	require.NotEmpty(t, r.Properties[0].Reason)
	require.Equal(t, Vacuous, r.Properties[1].Verdict)
}

// wide is a state of some 700 bits: cells that fill a word and cells beside them, of which two
// tokens change a few.
func wide() *spec.Model {
	index := &spec.RangeType{Lo: 1, Hi: 64}
	elem := &spec.RangeType{Lo: -300, Hi: 200}
	set := &spec.SetType{Elem: index}
	a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: index, Elem: elem}, Init: mapOf(index, "i", func(i spec.Expr) spec.Expr { return spec.Bin(spec.Sub, spec.Int(100), i) })}
	b := &spec.Var{Name: "b", Type: spec.Bool, Init: spec.F}
	s := &spec.Var{Name: "s", Type: set, Init: &spec.Lit{N: math64(0, 63), T: set}}
	s2 := &spec.Var{Name: "s2", Type: set, Init: &spec.Lit{N: 0, T: set}}
	at := &spec.Var{Name: "at", Type: index, Init: spec.Int(1)}
	step := &spec.Param{Name: "d", Type: &spec.RangeType{Lo: 2, Hi: 5}}
	next := spec.Bin(spec.Add, spec.V(at), spec.P(step))
	one := &spec.Composite{T: set, Elems: []spec.Expr{spec.V(at)}}
	return &spec.Model{
		Name: "Wide", Vars: []*spec.Var{b, a, s, at, s2},
		Actions: []*spec.Action{
			{Name: "Go", Params: []*spec.Param{step}, Actor: -1, Guard: spec.Bin(spec.Le, next, spec.Int(64)), Body: do(
				spec.Set(at, next),
				spec.Set(a, spec.Bin(spec.Sub, spec.At(a, spec.V(at)), spec.Int(7)), spec.V(at)),
				spec.Set(s2, spec.Bin(spec.Union, spec.V(s2), one)),
				spec.Set(s, spec.Bin(spec.Minus, spec.V(s), one)))},
			{Name: "Flip", Actor: -1, Guard: spec.Bin(spec.Gt, spec.V(at), spec.Int(15)), Body: do(spec.Set(b, spec.Un(spec.Not, spec.V(b))), spec.Set(at, spec.Int(64)))},
		},
		Properties: []*spec.Property{
			{Name: "Apart", Kind: spec.Invariant, Cond: spec.Bin(spec.Eq, spec.Bin(spec.Intersect, spec.V(s), spec.V(s2)), &spec.Lit{N: 0, T: set})},
			{Name: "Few", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.Un(spec.Cardinality, spec.V(s2)), spec.Int(9))},
			{Name: "Sees64", Kind: spec.Cover, Cond: spec.Bin(spec.Eq, spec.V(at), spec.Int(64))},
		},
	}
}

func math64(bits ...int) int64 {
	var n uint64
	for _, b := range bits {
		n |= 1 << b
	}
	return int64(n)
}

func TestWideStates(t *testing.T) {
	m := wide()
	m.Constraint = spec.Bin(spec.Le, spec.V(m.Vars[3]), spec.Int(20)) // the evaluator is slow
	require.Empty(t, spec.Check(m))
	r := explore(t, m, Options{})
	require.Greater(t, r.StateBits, 128)
	agree(t, m)
	_, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
}

// A search that was stopped looks for counterexamples no longer than for a while; what has none
// then says why.
func TestNoTraceAfterAWhile(t *testing.T) {
	s, err := newSearch(compile(twoCounters(20), false), Options{Workers: 1, MaxDepth: 8})
	require.NoError(t, err)
	defer s.close()
	require.NoError(t, s.run(context.Background()))
	s.abort.Store(abortCancel)
	s.late.Store(true)
	require.NoError(t, s.finish())
	p := s.res.Properties[1]
	require.Equal(t, Violated, p.Verdict)
	require.Nil(t, p.Trace)
	require.Equal(t, "the search was stopped before the trace was found", p.Reason)
}

// The time may have begun before the search.
func TestMaxTimeCountsFromStarted(t *testing.T) {
	r := explore(t, twoCounters(1000), Options{MaxTime: time.Hour, Started: time.Now().Add(-time.Hour)})
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "time limit of 1h0m0s: visited ")
}

// A survey is made of what a limit left, and not after the context has ended.
func TestSurveyOfAStoppedSearch(t *testing.T) {
	r := explore(t, twoCounters(1000), Options{MaxTime: time.Nanosecond, Survey: true})
	require.False(t, r.Complete)
	require.NotNil(t, r.Survey)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := Explore(ctx, twoCounters(20), Options{Survey: true})
	require.NoError(t, err)
	require.Nil(t, r.Survey)
}
