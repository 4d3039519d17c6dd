package story

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestCalls(t *testing.T) {
	s := &stack{}
	line := func(pos int, fn, text string) string {
		l := s.place(nil, spec.SourceLine{Pos: spec.Pos{Line: pos}, Func: fn, Text: text})
		out := fmt.Sprintf("%d %s", l.Depth, l.Func)
		if l.Enter {
			out += " enter"
		}
		if l.Return {
			out += " return"
		}
		return out
	}
	require.Equal(t, "0 main enter", line(1, "main", "r = umount(m);"))
	require.Equal(t, "1 umount", line(11, "umount", "lock();"), "the statement before calls it")
	require.Equal(t, "1 umount", line(12, "umount", "tree(m); x = 1;"))
	require.Equal(t, "2 tree", line(21, "tree", "m->ns = 0;"))
	require.Equal(t, "1 umount", line(13, "umount", "unlock();"), "back where it was called")
	require.Equal(t, "0 main return", line(1, "main", "r = umount(m);"), "the rest of the call")
	require.Equal(t, "0 main", line(2, "main", "done = 1;"))
	require.Equal(t, "0 walk enter", line(31, "walk", "x;"), "nothing shows who calls it")
	require.Equal(t, "0 main enter", line(3, "main", "xwalk();"))
	require.Equal(t, "0 walk enter", line(31, "walk", "x;"), "xwalk is another function")
	require.Equal(t, "0 ", line(0, "", "step"), "no function")
}

// The second round of a loop calls again.
func TestCallAgain(t *testing.T) {
	s := &stack{}
	call := spec.SourceLine{Pos: spec.Pos{Line: 1}, Func: "main", Text: "mntput(m);"}
	in := spec.SourceLine{Pos: spec.Pos{Line: 9}, Func: "mntput", Text: "m->count--;"}
	require.True(t, s.place(nil, call).Enter)
	require.Equal(t, 1, s.place(nil, in).Depth)
	require.True(t, s.place(nil, call).Return)
	require.Equal(t, Line{Pos: in.Pos, Func: "mntput", Text: "m->count--;", Depth: 1}, s.place(nil, in))
}

// A step that only returns is not an empty one.
func TestOnlyReturns(t *testing.T) {
	src := func(line int, fn, text string) spec.SourceLine {
		return spec.SourceLine{Pos: spec.Pos{Line: line}, Func: fn, Text: text}
	}
	who := &spec.Param{Name: "t", Type: &spec.RangeType{Hi: 1}}
	cpu := &spec.Param{Name: "cpu", Type: &spec.RangeType{Hi: 1}}
	call := &spec.Action{Name: "call", Params: []*spec.Param{who}, Source: []spec.SourceLine{src(1, "f", "r = g();"), src(2, "g", "q = h();"), src(3, "h", "x = 1;")}}
	back := &spec.Action{Name: "back", Params: []*spec.Param{who, cpu}, Source: []spec.SourceLine{src(2, "g", "q = h();"), src(1, "f", "r = g();")}}
	s := Tell(&spec.Model{}, spec.Trace{{}, {Action: call, Args: []int64{0}}, {Action: back, Args: []int64{0, 1}}})
	require.Equal(t, []Line{{Pos: spec.Pos{Line: 2}, Func: "g", Text: "q = h();", Depth: 1, Return: true, Key: true}, {Pos: spec.Pos{Line: 1}, Func: "f", Text: "r = g(); [cpu: 1]"}}, s.Steps[1].Lines)
}

func TestStatementOfSeveralSteps(t *testing.T) {
	s := &stack{}
	load, store := &spec.Action{Name: "load"}, &spec.Action{Name: "store"}
	inc := spec.SourceLine{Func: "f", Text: "x++;"}
	require.Equal(t, "x++;", s.place(load, inc).Text)
	require.Equal(t, "... x++;", s.place(store, inc).Text)
	require.Equal(t, "... x++;", s.place(load, inc).Text)

	wait := spec.SourceLine{Func: "f", Text: "while (x)"}
	require.Equal(t, "while (x)", s.place(load, wait).Text)
	require.Equal(t, "while (x)", s.place(load, wait).Text, "the same step again")
}

// A command that leads into a function without a call of it is not shown again when that returns.
func TestShellCommandGoesOn(t *testing.T) {
	s := &stack{}
	umount := spec.SourceLine{Pos: spec.Pos{Line: 1}, Func: "main", Text: "umount /mnt"}
	mkfs := spec.SourceLine{Pos: spec.Pos{Line: 2}, Func: "main", Text: "mkfs.ext4 /dev/sda"}
	in := spec.SourceLine{Func: "sys_umount", Text: "err = OK;"}
	require.True(t, s.place(nil, umount).Enter)
	require.True(t, s.place(nil, in).Enter)
	require.True(t, s.place(nil, umount).Return)
	l := s.place(nil, mkfs)
	require.True(t, l.Enter)
	require.False(t, l.Return)
	require.False(t, s.place(nil, umount).Return, "another time round")
}

// The head of a loop is shown when its function comes to it, not again with each round, but for a
// step that is nothing else.
func TestLoops(t *testing.T) {
	src := func(line int, fn, text string) spec.SourceLine {
		return spec.SourceLine{Pos: spec.Pos{Line: line}, Func: fn, Text: text}
	}
	who := &spec.Param{Name: "t", Type: &spec.RangeType{Hi: 1}}
	step := func(ls ...spec.SourceLine) *spec.Action {
		return &spec.Action{Name: "a", Params: []*spec.Param{who}, Source: ls}
	}
	call, head, body := src(1, "f", "n = sum(m);"), src(11, "sum", "for_each_cpu(cpu)"), src(12, "sum", "n += m->count[cpu];")
	first, round, last := step(call, head), step(body, head), step(body, head, src(13, "sum", "return n;"))
	wait := step(src(2, "f", "while (busy)"))
	tr := spec.Trace{{}}
	for _, a := range []*spec.Action{first, round, last, wait, wait, first, round} {
		tr = append(tr, spec.Step{Action: a, Args: []int64{0}})
	}
	var got [][]string
	for _, st := range Tell(&spec.Model{Actions: []*spec.Action{first, round, last, wait}}, tr).Steps {
		var texts []string
		for _, l := range st.Lines {
			texts = append(texts, l.Text)
		}
		got = append(got, texts)
	}
	require.Equal(t, [][]string{
		{"n = sum(m);", "for_each_cpu(cpu)"},
		{"n += m->count[cpu];"},
		{"n += m->count[cpu];", "return n;"},
		{"while (busy)"},
		{"while (busy)"},
		{"n = sum(m);", "for_each_cpu(cpu)"},
		{"n += m->count[cpu];"},
	}, got)
}
