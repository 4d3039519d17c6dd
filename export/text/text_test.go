package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"mcheck/spec"
)

func golden(t *testing.T, name string) string {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/goldens.txtar")
	require.NoError(t, err)
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	require.Fail(t, "no golden "+name)
	return ""
}

func n(n int64) spec.Value                { return spec.Value{N: n} }
func list(vs ...spec.Value) spec.Value    { return spec.Value{Elems: vs} }
func src(fn, text string) spec.SourceLine { return spec.SourceLine{Func: fn, Text: text} }

// umount is a small model in the shape of those that the C front end makes.
type umount struct {
	m                           *spec.Model
	p                           *spec.Property
	lock, walk, gp, tree, legit *spec.Action
}

func newUmount() umount {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "walker"}}
	slot := &spec.EnumType{Name: "Mount", Values: []string{"M1", "M2"}}
	who := &spec.Param{Name: "t", Type: task}
	cpu := &spec.Param{Name: "cpu", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	count := &spec.Var{Name: "count", Type: &spec.ArrayType{Index: slot, Elem: &spec.RangeType{Lo: 0, Hi: 3}}}
	gpDone := &spec.Var{Name: "gp_done", Type: spec.Bool}
	mounted := &spec.Var{Name: "mounted", Type: &spec.OptionType{Elem: slot}}
	p := &spec.Property{
		Name: "counts_match", Cond: spec.Bin(spec.Eq, spec.At(count, slot.Val("M1")), spec.Int(0)),
		Words:  "Every reference that is held is counted, and nothing else is: the sum over the CPUs is what the ledger says.",
		Source: "fs/namespace.c, mnt_get_count()",
	}
	return umount{
		m: &spec.Model{Vars: []*spec.Var{count, gpDone, mounted}, Properties: []*spec.Property{p}}, p: p,
		lock: &spec.Action{Name: "do_umount_1", Params: []*spec.Param{who}, Source: []spec.SourceLine{src("do_umount", "lock_mount_hash();")}},
		walk: &spec.Action{Name: "path_walk_1", Params: []*spec.Param{who}, Source: []spec.SourceLine{
			src("path_walk", "rcu_read_lock();"), src("path_walk", "mnt = READ_ONCE(place->mounted);")}},
		gp: &spec.Action{Name: "grace_period", Actor: -1, Kind: spec.ActorMachine, Source: []spec.SourceLine{src("grace_period", "gp_done = true;")}},
		tree: &spec.Action{Name: "do_umount_2", Params: []*spec.Param{who}, Source: []spec.SourceLine{
			src("do_umount", "umount_tree(mnt);"), src("umount_tree", "mnt->mnt_ns = NULL;")}},
		legit: &spec.Action{Name: "legitimize_mnt_7", Params: []*spec.Param{who, cpu}, Source: []spec.SourceLine{
			src("legitimize_mnt", "this_cpu_inc(mnt->mnt_count);")}},
	}
}

func TestTwoColumns(t *testing.T) {
	u := newUmount()
	last := spec.State{list(n(1), n(0)), n(1), n(-1)}
	tr := spec.Trace{
		{State: last},
		{Action: u.lock, Args: []int64{0}, State: last},
		{Action: u.walk, Args: []int64{1}, State: last},
		{Action: u.gp, State: last},
		{Action: u.tree, Args: []int64{0}, State: last},
		{Action: u.legit, Args: []int64{1, 1}, State: last},
	}
	require.Equal(t, golden(t, "two"), Counterexample(u.m, u.p, tr, Options{Scenario: "ltp-mkfs", Design: "defer-v4"}))
}

func TestValues(t *testing.T) {
	u := newUmount()
	tr := spec.Trace{
		{State: spec.State{list(n(0), n(0)), n(0), n(1)}},
		{Action: u.lock, Args: []int64{0}, State: spec.State{list(n(0), n(2)), n(0), n(-1)}},
		{Action: u.gp, State: spec.State{list(n(0), n(2)), n(1), n(-1)}},
		{Action: u.legit, Args: []int64{1, 0}, State: spec.State{list(n(1), n(2)), n(1), n(-1)}},
	}
	require.Equal(t, golden(t, "values"), Counterexample(u.m, u.p, tr, Options{Scenario: "ltp-mkfs", Values: true}))
}

func TestStaircase(t *testing.T) {
	who := &spec.Param{Name: "t", Type: &spec.EnumType{Name: "Task", Values: []string{"a", "b", "c", "worker"}}}
	x := &spec.Action{Name: "x", Params: []*spec.Param{who}, Source: []spec.SourceLine{src("f", "x = 1;")}}
	y := &spec.Action{Name: "y", Params: []*spec.Param{who}, Kind: spec.ActorWorker, Source: []spec.SourceLine{
		src("g", "if ("+strings.Repeat("a", 57)+" && bbbbbbbbbbbb)")}}
	p := &spec.Property{Name: "stairs", Kind: spec.AtRest, Cond: spec.F}
	tr := spec.Trace{{}, {Action: x, Args: []int64{0}}, {Action: x, Args: []int64{1}}, {Action: x, Args: []int64{2}}, {Action: y, Args: []int64{3}}}
	require.Equal(t, golden(t, "staircase"), Counterexample(&spec.Model{}, p, tr, Options{}))
	require.Equal(t, golden(t, "nothing"), Counterexample(&spec.Model{}, p, tr[:1], Options{}))
}

func TestBareAction(t *testing.T) {
	p := &spec.Property{Name: "stairs", Kind: spec.Cover, Cond: spec.F}
	tr := spec.Trace{{}, {Action: &spec.Action{Name: "Lock", Actor: -1}}}
	require.Equal(t, golden(t, "bare"), Counterexample(&spec.Model{}, p, tr, Options{Scenario: "Reached"}))
}

// Whatever the model says, no line is wider than a commit message allows, and no character of a
// statement is lost.
func TestWidth(t *testing.T) {
	// no marker, no block, which are left out
	word := rapid.StringMatching(`x[a-zé(){}\t->=;]{0,89}`)
	rapid.Check(t, func(t *rapid.T) {
		actors := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,30}`), 1, 6, rapid.ID[string]).Draw(t, "actors")
		who := &spec.Param{Name: "t", Type: &spec.EnumType{Name: "Task", Values: actors}}
		tr := spec.Trace{{}}
		want := ""
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			text := strings.Join(rapid.SliceOfN(word, 1, 8).Draw(t, "words"), " ")
			want += text
			a := &spec.Action{Name: "a", Params: []*spec.Param{who}, Source: []spec.SourceLine{src("", text)},
				Kind: rapid.SampledFrom([]spec.ActorKind{spec.ActorTask, spec.ActorWorker, spec.ActorMachine}).Draw(t, "kind")}
			tr = append(tr, spec.Step{Action: a, Args: []int64{rapid.Int64Range(0, int64(len(actors))-1).Draw(t, "actor")}})
		}
		p := &spec.Property{Name: rapid.StringMatching(`[a-z_]{1,90}`).Draw(t, "name"), Words: word.Draw(t, "sentence"), Cond: spec.F}
		out := Counterexample(&spec.Model{}, p, tr, Options{Scenario: "s", Design: "d"})
		for _, l := range strings.Split(out, "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(l), Width, l)
			require.Equal(t, strings.TrimRight(l, " "), l, "a space at the end")
		}
		i := 0
		rest := []rune(out)
		for _, r := range want {
			if unicode.IsSpace(r) || unicode.IsControl(r) {
				continue
			}
			for i < len(rest) && rest[i] != r {
				i++
			}
			require.Less(t, i, len(rest), "a statement lost characters:\n%s", out)
			i++
		}
	})
}

func TestShare(t *testing.T) {
	for _, tc := range []struct {
		need  []int
		total int
		want  []int
	}{
		{nil, 71, []int{}},
		{[]int{90}, 71, []int{71}},
		{[]int{10}, 71, []int{10}},
		{[]int{20, 30}, 69, []int{20, 30}},
		{[]int{60, 35}, 69, []int{34, 35}}, // the right one first
		{[]int{60, 60}, 69, []int{28, 41}}, // but not all of it
		{[]int{15, 60}, 69, []int{15, 54}},
		{[]int{40, 40, 20}, 67, []int{23, 24, 20}},
		{[]int{40, 40, 40}, 67, []int{20, 20, 27}},
	} {
		require.Equal(t, tc.want, share(tc.need, tc.total), "%v", tc.need)
	}
}

// Of a CAN_REST it is said which rest can't be reached, where not any would do.
func TestEndingOfCanRest(t *testing.T) {
	x := &spec.Var{Name: "x", Type: spec.Bool}
	p := &spec.Property{Name: "P", Kind: spec.CanRest, Cond: spec.T}
	require.Equal(t, "P violated: no rest can be reached any more in the initial state", ending(p, 0))
	p.Cond = spec.V(x)
	require.Equal(t, "P violated: no rest where it holds can be reached any more after step 2", ending(p, 2))
}
