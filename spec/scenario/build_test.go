package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
)

func TestNames(t *testing.T) {
	require.Equal(t, "LtpMkfs", identifier("ltp-mkfs"))
	require.Equal(t, "Model_2", identifier("2"))
	require.Equal(t, "Model_", identifier("--"))
	require.Equal(t, "defer_v4_no_grace_period", underscores("defer-v4+no-grace-period"))
}

// standIn is a kernel model of one page, so that what a scenario does can be worked out by hand.
func standIn(t *testing.T) []kernel.File {
	text, err := os.ReadFile(filepath.Join("testdata", "standin", "standin.c"))
	require.NoError(t, err)
	return []kernel.File{{Name: "standin.c", Text: text}}
}

func verdictsOf(t *testing.T, m *spec.Model) map[string]eval.PropertyResult {
	r, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	require.Nil(t, r.Err)
	require.True(t, r.Complete)
	out := map[string]eval.PropertyResult{}
	for _, p := range r.Properties {
		out[p.Property.Name] = p
	}
	return out
}

func TestBuildOnStandIn(t *testing.T) {
	sc, err := Parse("s.sh", []byte("#mcheck cpus=1\nmount /dev/sda /mnt\nstat /mnt &\numount /mnt && umount /mnt\nwait\n"))
	require.NoError(t, err)
	for _, raw := range []bool{false, true} {
		b, err := build(sc, "v6.15", standIn(t), sc.Set, Options{Raw: raw})
		require.NoError(t, err)
		require.Equal(t, "S_v6_15", b.Model.Name)
		require.Contains(t, b.C, "TASK(walker, 1)")
		v := verdictsOf(t, b.Model)
		require.Equal(t, eval.Holds, v["NoFail"].Verdict)
		require.Equal(t, eval.Holds, v["NoDeadlock"].Verdict)
		// The set-up has mounted it; the first umount succeeds, the second fails.
		require.Equal(t, eval.Holds, v["mounted_at_first"].Verdict)
		require.Equal(t, eval.Holds, v["unmounted_in_the_end"].Verdict)
		require.Equal(t, eval.Holds, v["umount_can_fail"].Verdict)
		// The walk may come before the umount, or after it.
		require.Equal(t, eval.Violated, v["walk_finds_it"].Verdict)
		require.Equal(t, eval.Violated, v["walk_misses_it"].Verdict)
		require.Equal(t, eval.Vacuous, v["mkfs_is_safe"].Verdict)
		if raw {
			require.Empty(t, b.Unreachable)
			require.Empty(t, b.Sliced)
		} else {
			require.NotEmpty(t, b.Unreachable, "the set-up is over")
		}
		require.Equal(t, "2 tasks (main, walker); 1 device; 1 mount place; at most 1 mount at a time; at most 1 superblock at a time; at most 1 open file at a time; "+
			"1 CPU, each task stays on its CPU; sequentially consistent memory; nothing optional", b.Bounds)
	}
}

func TestBuildReportsTheSetup(t *testing.T) {
	sc, err := Parse("s.sh", []byte("mount /dev/sda /mnt\nmount /dev/sda /mnt\n#mcheck run\numount /mnt\n"))
	require.NoError(t, err)
	_, err = build(sc, "v6.15", standIn(t), sc.Set, Options{})
	require.EqualError(t, err, `s.sh:2:1: "mount /dev/sda /mnt": this command of the set-up fails`)
}

func TestBuildErrors(t *testing.T) {
	sc, err := Parse("s.sh", []byte("#mcheck designs no-such\n#mcheck NR_CATS=2\numount /mnt &\n"))
	require.NoError(t, err)
	_, err = Build(sc, "no-such", Options{})
	require.ErrorContains(t, err, `s.sh:1:17: "no-such": there is no design "no-such"`)
	other, err := Parse("s.sh", []byte("#mcheck for no_such NoFail neither\numount /mnt &\n"))
	require.NoError(t, err)
	_, err = Build(other, "v6.15", Options{})
	require.ErrorContains(t, err, `s.sh:1:13: "no_such": the kernel model has no such property; understood here:`)
	require.ErrorContains(t, err, "\tNoFail\n")
	require.ErrorContains(t, err, `s.sh:1:28: "neither": the kernel model has no such property`)
	_, err = Build(sc, "v6.15", Options{})
	require.ErrorContains(t, err, `s.sh:2:9: "NR_CATS=2": the kernel model has no such size; understood here:`)
	require.ErrorContains(t, err, "\tNR_PLACES")
	_, err = Build(other, "v6.15", Options{Set: map[string]string{"NR_DOGS": "2"}})
	require.ErrorContains(t, err, `"NR_DOGS=2": the kernel model has no such size`)
	require.NotContains(t, err.Error(), "s.sh", "it is not in the script")
	_, err = Build(sc, "v6.15", Options{Set: map[string]string{"cpus": "many"}})
	require.ErrorContains(t, err, "cpus=many: not a setting")
}

// The statements of a scenario's steps say which of them are commands of the script, whatever its
// name; the wait for the set-up is the start.
func TestScriptStatements(t *testing.T) {
	sc, err := Parse("dir/repro", []byte("#mcheck cpus=1\nmount /dev/sda /mnt\n#mcheck run\nstat /mnt &\numount /mnt\n"))
	require.NoError(t, err)
	b, err := build(sc, "v6.15", standIn(t), sc.Set, Options{})
	require.NoError(t, err)
	script := map[string]string{}
	for _, a := range b.Model.Actions {
		for _, l := range a.Source {
			require.Equal(t, l.Pos.File == "dir/repro", l.Script, l.Text)
			require.NotEqual(t, startFunc, l.Func)
			if l.Script {
				script[l.Text] = l.Func
			}
		}
	}
	require.Equal(t, map[string]string{startText: "main", "stat /mnt &": "main", "umount /mnt": "main", "# main ends": "main",
		"stat /mnt": "walker", "# walker ends": "walker"}, script)
}

// A model that the front end should not have made, and a set-up that can't be evaluated, are
// nobody's fault but mcheck's.
func TestInternalErrors(t *testing.T) {
	x := &spec.Var{Name: "x", Type: spec.Bool, Init: spec.Int(7)}
	for _, raw := range []bool{true, false} {
		_, err := finish(&cmodel.Result{Model: &spec.Model{Name: "m", Vars: []*spec.Var{x}, Properties: []*spec.Property{{Name: "p", Cond: spec.V(x)}}}}, raw)
		require.ErrorIs(t, err, spec.ErrInternal)
		require.ErrorContains(t, err, "variable x")
	}

	s, step := setupSample()
	step.Guard = spec.Bin(spec.Eq, &spec.Binary{Op: spec.Div, X: spec.Int(1), Y: spec.Int(0)}, spec.Int(1))
	_, err := s.run()
	require.ErrorIs(t, err, spec.ErrInternal)
	require.ErrorContains(t, err, "the set-up can't be evaluated")
}

// Settings reach the model: with migration the set-up still has one outcome, and copies of a task
// are tasks.
func TestBuildSettings(t *testing.T) {
	sc, err := Load("umount-mkfs-walk")
	require.NoError(t, err)
	b, err := Build(sc, "v6.15", Options{Set: map[string]string{"migrate": "", "walkers": "2", "NR_MOUNTS": "2"}})
	require.NoError(t, err)
	require.Contains(t, b.Bounds, "3 tasks (main, walker1, walker2)")
	require.Contains(t, b.Bounds, "tasks migrate at any time")
	require.Contains(t, b.Bounds, "at most 2 mounts at a time")
	chooses := 0
	for _, a := range b.Model.Actions {
		for _, p := range a.Params {
			if p.Name == "cpu" {
				chooses++
			}
		}
	}
	require.Positive(t, chooses)
	b, err = Build(sc, "v6.15", Options{Set: map[string]string{"walkers": "0", "cpus": "1"}})
	require.NoError(t, err)
	require.Contains(t, b.Bounds, "1 task (main)")
	require.Contains(t, b.Bounds, "1 CPU")
}

// A size that a model of one's own does not take is refused, instead of being left out.
func TestModelSizes(t *testing.T) {
	text := []byte("#include \"mcheck.h\"\n#ifndef A\n#define A 1\n#endif\n#define B 1\nstatic bool x;\nTASK(p, A) { x = true; }\nTASK(q, B) { x = true; }\nTASK(r, C) { x = true; }\n")
	build := func(set map[string]string) error {
		set["C"] = "1"
		b, err := BuildModel("m.c", text, Options{Set: set})
		if err == nil {
			require.Contains(t, b.Bounds, "5 tasks")
		}
		return err
	}
	require.NoError(t, build(map[string]string{"A": "3"}))
	require.EqualError(t, build(map[string]string{"D": "3"}), "\"D=3\": the model has no such size; understood here:\n\tA\n\tNR_CPUS")
	require.ErrorContains(t, build(map[string]string{"B": "3"}), `"B=3": the model defines this itself: put the #define into #ifndef B and #endif`)
}

// The bounds of a model of one's own name its tasks too, workers and copies each by its name.
// The kernel threads that there are, not the places where they may be.
func TestBoundsCountKworkers(t *testing.T) {
	sc, err := Load("ltp-mkfs")
	require.NoError(t, err)
	for workers, want := range map[string]string{"1": "; 1 kworker;", "2": "; 2 kworkers;", "3": "; 3 kworkers;"} {
		b, err := Build(sc, "defer-v4", Options{Set: map[string]string{"workers": workers}})
		require.NoError(t, err)
		require.Contains(t, b.Bounds, want)
	}
}

func TestBoundsOfAModel(t *testing.T) {
	text := "#include \"mcheck.h\"\nstatic bool x;\nTASK(p, 2) { x = true; }\nWORKER(w, 1) { await(x); }\n"
	b, err := BuildModel("m.c", []byte(text), Options{})
	require.NoError(t, err)
	require.Equal(t, "3 tasks (p1, p2, w); 2 CPUs, each task stays on its CPU; sequentially consistent memory; nothing optional", b.Bounds)
}
