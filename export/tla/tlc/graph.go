package tlc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/export/tla"
	"mcheck/spec"
)

// transition is an edge of either graph; states are positions in comparison-wide numbering.
type transition struct {
	from, to int
	action   string
	args     string
}

// tlcGraph is TLC's state graph in terms of the model.
type tlcGraph struct {
	states []spec.State
	index  map[string]int // by key
	init   []int
	edges  []transition
	marks  [][]bool // of each state, as tla.Graph.Marks
	owed   map[string]bool
}

// graph compares the labelled state graphs, and what can be read off TLC's.
func (c *comparison) graph() error {
	if c.want.Graph == nil {
		c.r.notCompared("the state graph: mcheck kept none")
		return nil
	}
	if n := len(c.want.Graph.States); n > GraphLimit {
		c.r.notCompared("the state graph: %d states are more than %d", n, GraphLimit)
		return nil
	}
	if len(c.r.Disagreements) > 0 && c.r.Distinct > 2*GraphLimit {
		c.r.notCompared("the state graph: TLC's has %d states", c.r.Distinct)
		return nil
	}
	g := c.s.Graph()
	if err := Write(c.dir, g.Files()...); err != nil {
		return err
	}
	file := filepath.Join(c.dir, g.Name+".dot")
	out, err := c.run(g.Name, g.Name+".cfg", g.Config, Options{Continue: true, Dump: file, Coverage: c.m.Constraint != nil})
	if err != nil || c.report("state graph", out) {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("TLC wrote no dump: %w", err)
	}
	defer f.Close()
	got, err := c.translate(g, f)
	var foreign *foreignState
	if errors.As(err, &foreign) {
		c.r.differs("state graph: %v", foreign)
		return nil
	}
	if got == nil || err != nil {
		return err
	}
	c.compareGraph(got)
	c.compareFired(g, out, got)
	c.compareMarks(g, got)
	return nil
}

// foreignState is the error of a state that is none of the model's, or has no marks.
type foreignState struct{ msg string }

func (e *foreignState) Error() string { return e.msg }

// translate decodes TLC's dump; nil, after a line in the report, if a step is none of the model's.
func (c *comparison) translate(g *tla.Graph, dot io.Reader) (*tlcGraph, error) {
	t := &tlcGraph{index: make(map[string]int), owed: make(map[string]bool)}
	for _, a := range c.m.Actions {
		t.owed[a.Name] = !a.Optional
	}
	reader := c.s.Reader()
	d, err := readDump(dot, func(text string) error {
		st, rest, err := reader.State(text)
		if err != nil {
			return &foreignState{fmt.Sprintf("a state of TLC's is none of the model: %v", err)}
		}
		marks, ok := rest[g.Var].(tla.Tuple)
		if !ok || len(marks) != len(g.Marks) {
			return &foreignState{fmt.Sprintf("TLC printed %s = %v", g.Var, rest[g.Var])}
		}
		bits := make([]bool, len(marks))
		for i, m := range marks {
			b, ok := m.(tla.Bool)
			if !ok {
				return &foreignState{fmt.Sprintf("TLC printed %s = %s", g.Var, tla.Format(marks))}
			}
			bits[i] = bool(b)
		}
		t.index[st.Key()] = len(t.states)
		t.states = append(t.states, st)
		t.marks = append(t.marks, bits)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range d.init {
		t.init = append(t.init, d.states[id])
	}
	for _, e := range d.edges {
		step, ok := g.Steps[e.action]
		if !ok {
			c.r.differs("state graph: TLC names a step %s that is none of the model's", e.action)
			return nil, nil
		}
		t.edges = append(t.edges, transition{d.states[e.from], d.states[e.to], step.Action.Name, c.args(step.Action, step.Args)})
	}
	return t, nil
}

func (c *comparison) args(a *spec.Action, args []int64) string {
	if len(args) == 0 {
		return ""
	}
	parts := make([]string, len(args))
	for i, n := range args {
		parts[i] = spec.FormatScalar(a.Params[i].Type, n)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func (c *comparison) format(s spec.State) string {
	parts := make([]string, len(s))
	for i, v := range c.m.Vars {
		parts[i] = v.Name + "=" + spec.FormatValue(v.Type, s[i])
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// compareGraph compares states, initial states, and edges as multisets of (source, step, target).
func (c *comparison) compareGraph(got *tlcGraph) {
	want := c.want.Graph
	index := make(map[string]int) // both graphs' states
	var all []spec.State
	number := func(s spec.State) int {
		k := s.Key()
		i, ok := index[k]
		if !ok {
			i = len(all)
			index[k] = i
			all = append(all, s)
		}
		return i
	}
	var wantAt, gotAt []int
	for _, s := range want.States {
		wantAt = append(wantAt, number(s))
	}
	n := len(all)
	if n != len(want.States) {
		c.r.differs("state graph: mcheck lists a state twice (%d states, %d of them different)", len(want.States), n)
	}
	inTLC := make(map[int]bool)
	for _, s := range got.states {
		i := number(s)
		inTLC[i] = true
		gotAt = append(gotAt, i)
	}
	c.stateLine("states", all[n:], "TLC", "mcheck")
	c.stateLine("states", missing(all[:n], inTLC), "mcheck", "TLC")

	wantInit, gotInit := make(map[int]bool), make(map[int]bool)
	for _, i := range want.Init {
		wantInit[wantAt[i]] = true
	}
	for _, i := range got.init {
		gotInit[gotAt[i]] = true
	}
	var only []spec.State
	for i, s := range all {
		if gotInit[i] && !wantInit[i] {
			only = append(only, s)
		}
	}
	c.stateLine("initial states", only, "TLC", "mcheck")
	only = nil
	for i, s := range all {
		if wantInit[i] && !gotInit[i] {
			only = append(only, s)
		}
	}
	c.stateLine("initial states", only, "mcheck", "TLC")

	// TLC's dump leaves out steps that break the constraint.
	count := make(map[transition]int)
	for _, e := range want.Edges {
		if e.To >= 0 {
			count[transition{wantAt[e.From], wantAt[e.To], e.Action.Name, c.args(e.Action, e.Args)}]--
		}
	}
	for _, e := range got.edges {
		count[transition{gotAt[e.from], gotAt[e.to], e.action, e.args}]++
	}
	edges := len(got.edges)
	c.edgeLines(count, all)
	c.r.compared("state graph: %d states, %d initial, %d edges", len(got.states), len(got.init), edges)
}

func missing(states []spec.State, in map[int]bool) []spec.State {
	var out []spec.State
	for i, s := range states {
		if !in[i] {
			out = append(out, s)
		}
	}
	return out
}

func (c *comparison) stateLine(what string, only []spec.State, has, hasNot string) {
	if len(only) > 0 {
		c.r.differs("state graph: %d %s are only in %s, not in %s, such as %s", len(only), what, has, hasNot, c.format(only[0]))
	}
}

// edgeLines reports, for each action, the edges that one engine has more often.
func (c *comparison) edgeLines(count map[transition]int, all []spec.State) {
	type diff struct {
		n     int
		first transition
	}
	for _, side := range []struct {
		name, other string
		sign        int
	}{{"TLC", "mcheck", 1}, {"mcheck", "TLC", -1}} {
		by := make(map[string]*diff)
		var names []string
		for t, n := range count {
			if n*side.sign <= 0 {
				continue
			}
			d := by[t.action]
			if d == nil {
				d = &diff{first: t}
				by[t.action] = d
				names = append(names, t.action)
			}
			d.n += n * side.sign
			if less(t, d.first) {
				d.first = t
			}
		}
		slices.Sort(names)
		for _, name := range names {
			d := by[name]
			c.r.differs("state graph: %d edges of %s are only in %s, not in %s, such as %s%s from %s to %s", d.n, name, side.name, side.other,
				name, d.first.args, c.format(all[d.first.from]), c.format(all[d.first.to]))
		}
	}
}

func less(a, b transition) bool {
	if a.from != b.from {
		return a.from < b.from
	}
	if a.to != b.to {
		return a.to < b.to
	}
	return a.args < b.args
}

// compareFired compares how many states each action generated.
func (c *comparison) compareFired(g *tla.Graph, out *Output, got *tlcGraph) {
	if len(c.want.Fired) == 0 {
		c.r.notCompared("generated states of each action: mcheck did not count them")
		return
	}
	fired := make(map[string]int64)
	if c.m.Constraint != nil {
		for op, n := range out.Fired {
			if step, ok := g.Steps[op]; ok {
				fired[step.Action.Name] += n
			}
		}
	} else {
		for _, e := range got.edges {
			fired[e.action]++
		}
	}
	for i, a := range c.m.Actions {
		if i >= len(c.want.Fired) {
			break
		}
		if fired[a.Name] != c.want.Fired[i] {
			c.r.differs("generated by %s: TLC %d, mcheck %d", a.Name, fired[a.Name], c.want.Fired[i])
		}
	}
	c.r.compared("generated states of each action")
}

// compareMarks compares the number of states at rest, the situations of the properties, and
// CAN_REST.
func (c *comparison) compareMarks(g *tla.Graph, got *tlcGraph) {
	rest := make([]bool, len(got.states))
	restKnown := c.m.Constraint == nil
	if restKnown {
		for i := range rest {
			rest[i] = got.marks[i][0]
		}
		for _, e := range got.edges {
			if e.from != e.to && got.owed[e.action] {
				rest[e.from] = false
			}
		}
		if n := count(rest); n != c.want.Rest {
			c.r.differs("states at rest: TLC %d, mcheck %d", n, c.want.Rest)
		}
		c.r.compared("states at rest")
	} else {
		// The dump has no steps out of the constraint, so it does not show which of its states are
		// at rest.
		c.r.notCompared("the number of states at rest: the model has a constraint")
	}
	for _, pr := range c.want.Properties {
		q := c.property(pr.Property.Name)
		if q == nil {
			continue
		}
		situation, cond := make([]bool, len(got.states)), make([]bool, len(got.states))
		for k, m := range g.Marks {
			if m.Property != q {
				continue
			}
			for i := range got.states {
				if m.Cond {
					cond[i] = got.marks[i][k]
				} else {
					situation[i] = got.marks[i][k]
				}
			}
		}
		switch q.Kind {
		case spec.AtRest, spec.Deadlock:
			if !restKnown {
				c.r.notCompared("%s: in how many states it is in its situation", q.Name)
				continue
			}
			for i := range situation {
				situation[i] = situation[i] && rest[i]
			}
		case spec.CanRest:
			if !restKnown {
				c.r.notCompared("%s: TLC's graph does not show it, the model has a constraint", q.Name)
				continue
			}
			c.canRest(q, pr.Verdict, got, situation, rest, cond)
		case spec.Invariant, spec.Cover, spec.Eventually, spec.LeadsTo:
		default:
			panic(fmt.Sprintf("tlc: unhandled property kind %v", q.Kind))
		}
		if n := count(situation); n != pr.Situations {
			c.r.differs("%s: TLC finds %d states in its situation, mcheck %d", q.Name, n, pr.Situations)
		}
	}
	c.r.compared("situations of the properties")
}

// canRest decides q on TLC's graph.
func (c *comparison) canRest(q *spec.Property, verdict explorer.Verdict, got *tlcGraph, situation, rest, cond []bool) {
	before := make([][]int, len(got.states))
	for _, e := range got.edges {
		before[e.to] = append(before[e.to], e.from)
	}
	can := make([]bool, len(got.states))
	var todo []int
	for i := range can {
		if rest[i] && cond[i] {
			can[i] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, j := range before[i] {
			if !can[j] {
				can[j] = true
				todo = append(todo, j)
			}
		}
	}
	mine := explorer.Vacuous
	for i := range can {
		if situation[i] {
			if !can[i] {
				mine = explorer.Violated
				break
			}
			mine = explorer.Holds
		}
	}
	if verdict == explorer.Undecided {
		c.r.notCompared("%s: mcheck has not decided it", q.Name)
		return
	}
	if mine != verdict {
		c.r.differs("%s: on TLC's graph %v, mcheck says %v", q.Name, mine, verdict)
	}
	c.r.compared("%s: %v, on TLC's graph", q.Name, mine)
}

func count(bs []bool) int64 {
	n := int64(0)
	for _, b := range bs {
		if b {
			n++
		}
	}
	return n
}
