package cread

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"modernc.org/cc/v4"
)

// Check reads the model and explores it. The error is an [Error] with a place if the model is not
// in the language.
func Check(files []File, opt Options) (res *Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			res, err = nil, e
		}
	}()
	ast, annotations, err := parse(files, opt)
	if err != nil {
		return nil, err
	}
	p := load(ast, opt)
	p.compileAll()
	if len(p.annotations) != annotations {
		return nil, &Error{Msg: fmt.Sprintf("%d annotations stand where they mean nothing", annotations-len(p.annotations))}
	}
	x := &search{p: p, number: map[string]int{}, judged: map[string]*judgement{}, limit: opt.MaxStates}
	if x.limit == 0 {
		x.limit = 1_000_000
	}
	first := p.initial()
	if opt.Setup != nil {
		if first, err = p.setUp(first); err != nil {
			return nil, err
		}
	}
	x.run(first)
	return x.result(), nil
}

// compileAll makes the code of everything that runs.
func (p *program) compileAll() {
	if p.init != nil {
		p.compile(p.init, nil)
	}
	for _, t := range p.tasks {
		p.compile(t.fn, nil)
	}
	for _, q := range p.props {
		p.compile(q.fn, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(p.functions)) { // those that nobody calls are checked, too
		if f := p.functions[name]; f.def != nil {
			p.compile(f, nil)
		}
	}
	if p.init != nil {
		p.withoutCurrent(p.init, map[*function]bool{})
	}
	for _, q := range p.props {
		p.withoutCurrent(q.fn, map[*function]bool{})
	}
	p.interrupts = make([][]int, len(p.tasks))
	for i, c := range p.cells {
		if c.interrupted {
			p.interrupts[c.task] = append(p.interrupts[c.task], i)
		}
	}
}

// withoutCurrent refuses current in INIT, in a property, and in the functions that they call.
func (p *program) withoutCurrent(f *function, seen map[*function]bool) {
	if seen[f] {
		return
	}
	seen[f] = true
	for i := range f.code {
		switch in := &f.code[i]; in.op {
		case opCurrent:
			fail(in.at, "there is no current task here")
		case opCall:
			p.withoutCurrent(in.fn, seen)
		}
	}
}

// initialiser is the value that a global variable is declared with.
func (p *program) initialiser(g *global) value {
	if g.init.Case != cc.InitializerExpr || g.typ.aggregate() {
		fail(g.init, "%s can't be initialised where it is declared", g.name)
	}
	e := g.init.AssignmentExpression
	if u, ok := strip(e).(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionAddrof {
		e = u.CastExpression
	}
	if f := p.functions[name(e)]; f != nil && g.typ.kind == kFn {
		p.compile(f, e)
		return value{n: int64(f.number) + 1}
	}
	n, ok := g.typ.fit(p.nullOrConstant(e))
	if !ok {
		fail(g.init, "the value does not fit into %s", g.typ.name)
	}
	return value{n: n, kind: nameKind(g.typ)}
}

func (p *program) nullOrConstant(e cc.ExpressionNode) int64 {
	if c, ok := strip(e).(*cc.CastExpression); ok && c.Case == cc.CastExpressionCast {
		return p.nullOrConstant(c.CastExpression)
	}
	return p.constant(e)
}

// search is the exploration of a model, breadth first.
type search struct {
	p      *program
	number map[string]int // the number of a state, by its key
	keys   []string
	depth  []int   // steps from the initial state
	next   [][]int // successors
	limit  int
	seen   []seen // of each state
	judged map[string]*judgement
}

// seen is what was found about a state.
type seen struct {
	fail      string // the built-in property that it breaks, "" if none
	ghostFail string // the one that ghost code has broken
	rest      bool
	deadlock  bool
	*judgement
}

func (x *search) visit(s *state, depth int) int {
	key := x.p.key(s)
	n, ok := x.number[key]
	if !ok {
		n = len(x.keys)
		x.number[key] = n
		x.keys, x.depth = append(x.keys, key), append(x.depth, depth)
	}
	return n
}

func (x *search) run(first *state) {
	x.visit(first, 0)
	for i := 0; i < len(x.keys) && len(x.keys) <= x.limit; i++ {
		s := x.p.decode(x.keys[i])
		var is seen
		var next []int
		is.judgement = x.judge(s)
		if s.ghostFail != 0 {
			if is.ghostFail = x.p.failures[s.ghostFail-1].of; is.ghostFail != "WithinBounds" {
				is.ghostFail = "NoFail"
			}
		}
		if s.fail != 0 {
			is.fail = x.p.failures[s.fail-1].of
		} else {
			next, is.rest, is.deadlock = x.expand(i, s)
		}
		x.next, x.seen = append(x.next, next), append(x.seen, is)
	}
}

// expand visits the successors. At rest: nothing owed leads to a different state.
func (x *search) expand(i int, s *state) (next []int, rest, deadlock bool) {
	rest = true
	stand := make([]standing, len(x.p.tasks))
	for t := range x.p.tasks {
		var succs []successor
		succs, stand[t] = x.p.successors(s, t)
		for _, sc := range succs {
			j := x.visit(sc.state, x.depth[i]+1)
			if j == i {
				continue
			}
			next = append(next, j)
			if stand[t].flags&flagOptional == 0 {
				rest = false
			}
		}
	}
	return next, rest, rest && x.p.stuck(s, stand)
}

// stuck says whether, at rest, a task is neither finished nor where it may wait: at an optional,
// idle or hangs statement, or for a task that hangs by design, or for one that waits for that, up
// to three in a row.
func (p *program) stuck(s *state, stand []standing) bool {
	hangs := make([]bool, len(stand))
	for t := range stand {
		hangs[t] = stand[t].flags&flagHangs != 0
	}
	for range 3 {
		more := append([]bool(nil), hangs...)
		for t, st := range stand {
			for _, by := range st.tasks {
				more[t] = more[t] || hangs[by]
			}
			for _, l := range st.locks {
				for _, h := range p.holders(s, l) {
					more[t] = more[t] || hangs[h]
				}
			}
		}
		hangs = more
	}
	for t, st := range stand {
		if !st.finished && st.flags&(flagOptional|flagIdle) == 0 && !hangs[t] {
			return true
		}
	}
	return false
}

// setUp runs the model up to the state in which nothing owed is left, which must be one.
func (p *program) setUp(first *state) (*state, error) {
	migrate := p.opt.Migrate
	p.opt.Migrate = false
	defer func() { p.opt.Migrate = migrate }()
	x := &search{p: p, number: map[string]int{}}
	x.visit(first, 0)
	var rests []*state
	for i := 0; i < len(x.keys); i++ {
		s := p.decode(x.keys[i])
		rest := true
		for t := range p.tasks {
			if s.threads[t].flags()&flagOptional != 0 {
				continue
			}
			succs, _ := p.successors(s, t)
			for _, sc := range succs {
				if sc.failed {
					return nil, errors.New("the set-up fails: " + p.failures[sc.state.fail-1].what)
				}
				rest = rest && x.visit(sc.state, 0) == i
			}
		}
		if rest {
			rests = append(rests, s)
		}
	}
	if len(rests) != 1 {
		return nil, errors.New("the set-up does not end in one state")
	}
	for _, g := range p.globals {
		if g.name == p.opt.Setup.Running {
			rests[0].mem[g.base].n = 1
			return rests[0], nil
		}
	}
	return nil, errors.New("there is no variable " + p.opt.Setup.Running)
}
