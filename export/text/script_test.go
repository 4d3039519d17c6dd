package text

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// script is a model in the shape of those that scenarios make: a task main that holds a lock in a
// system call, a walker that waits for it, a worker with something to do and one that has finished.
func script() (*spec.Model, spec.Trace) {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "walker", "kworker", "other"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"start", "enter", "inside", "out", "at_lock", "idle", "done"}}
	pcs := &spec.ArrayType{Index: task, Elem: label}
	pc := &spec.Var{Name: "pc", Type: pcs}
	lock := &spec.Var{Name: "lock", Type: &spec.OptionType{Elem: task}}
	sh := func(text string) spec.SourceLine {
		return spec.SourceLine{Script: true, Func: "main", Text: text}
	}
	step := func(who []int64, from, to string, more spec.Expr, ls ...spec.SourceLine) *spec.Action {
		p := &spec.Param{Name: "t", Type: task, Only: who}
		g := spec.Bin(spec.Eq, spec.At(pc, spec.P(p)), label.Val(from))
		if more != nil {
			g = spec.Bin(spec.And, g, more)
		}
		return &spec.Action{
			Name: from, Params: []*spec.Param{p}, Guard: g, Func: ls[0].Func, Source: ls,
			Body: &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val(to), spec.P(p))}},
		}
	}
	ghost := spec.SourceLine{Func: "syscall_enter", Text: "atomic ghost ghost_syscall_enter();"}
	free := spec.Bin(spec.Eq, spec.V(lock), spec.Null(task))
	a := []*spec.Action{
		step([]int64{0}, "start", "enter", nil, sh("# the scenario starts"), sh("umount /mnt"), src("sys_umount", "syscall_enter();")),
		step([]int64{0}, "enter", "inside", nil, ghost, src("sys_umount", "x = 1;")),
		// What comes next is not told: the return to user mode.
		step([]int64{0}, "inside", "out", nil, src("sys_umount", "x = 1;"), src("sys_umount", "syscall_exit();")),
		step([]int64{0}, "out", "done", nil, spec.SourceLine{Func: "syscall_exit", Text: "ghost_syscall_exit();", Ghost: true}),
		step([]int64{1}, "at_lock", "done", free, src("lookup", "spin_lock(&lock);")),
		step([]int64{2}, "idle", "idle", nil, src("kworker", "atomic { await(todo); todo = false; }"), src("kworker", "await(todo);")),
	}
	a[5].Kind = spec.ActorWorker
	state := func(main int64) spec.State { return spec.State{list(n(main), n(4), n(5), n(6)), n(0)} }
	m := &spec.Model{Enums: []*spec.EnumType{task, label}, Vars: []*spec.Var{pc, lock}, Actions: a}
	return m, spec.Trace{
		{State: state(0)},
		{Action: a[0], Args: []int64{0}, State: state(1)},
		{Action: a[1], Args: []int64{0}, State: state(2)},
		{Action: a[2], Args: []int64{0}, State: state(3)},
	}
}

func TestScript(t *testing.T) {
	m, tr := script()
	p := &spec.Property{Name: "lock_held", Cond: spec.Bin(spec.And, spec.Bin(spec.Eq, spec.V(m.Vars[1]), spec.Null(m.Enums[0])), spec.Bin(spec.Eq, spec.V(m.Vars[0]), spec.V(m.Vars[0])))}
	require.Equal(t, golden(t, "script"), Counterexample(m, p, tr, Options{Scenario: "umount"}))
	d := &spec.Property{Name: "NoDeadlock", Kind: spec.Deadlock, Cond: spec.F}
	require.Equal(t, golden(t, "deadlock"), Counterexample(m, d, tr, Options{Scenario: "umount"}))
}

// A worker that waits at the top of its loop has nothing to do; in a state where the model went
// wrong nobody goes on.
func TestNobodyStands(t *testing.T) {
	m, tr := script()
	p := &spec.Property{Name: "p", Cond: spec.F}
	m.Actions[5].Idle = true
	m.Actions[5].Guard = spec.Bin(spec.And, m.Actions[5].Guard, spec.F)
	out := Counterexample(m, p, tr, Options{})
	require.Contains(t, out, "walker, in lookup(), waits at")
	require.NotContains(t, out, "kworker")
	m.Running = spec.F
	require.NotContains(t, Counterexample(m, p, tr, Options{}), "stand:")
}
