package cmodel

import "mcheck/spec"

// maxWaits is the length of the longest chain of tasks, each waiting for the next, at the end of
// which NoDeadlock looks for one that hangs.
const maxWaits = 3

// wait says for whom a task waits that stands at a label: the holders of a lock, or whom await_by()
// names.
type wait struct {
	at    *label
	param *spec.Param // the task that waits, in the expressions
	owner spec.Expr   // a task or NULL
	all   spec.Expr   // a set of tasks; nil: none
}

// waitsFor notes for whom the step in the making may wait.
func (s *stepper) waitsFor(owner, all spec.Expr) {
	if s.final && s.mode == modeStep {
		s.holders = append(s.holders, wait{owner: owner, all: all})
	}
}

// noteWaits keeps what the step at lb has noted.
func (s *stepper) noteWaits(lb *label) {
	for _, w := range s.holders {
		w.at, w.param, w.owner = lb, s.param, s.finalExpr(w.owner)
		if w.all != nil {
			w.all = s.finalExpr(w.all)
		}
		s.waits = append(s.waits, w)
	}
}

// waitsForHanging is "task t waits for one that stands where it may hang, or for one that waits for
// such a task, and so on"; nil if nothing hangs.
func (c *compiler) waitsForHanging(ls []*label, t spec.Expr) spec.Expr {
	at := func(t spec.Expr, lb *label) spec.Expr {
		return &spec.Binary{Op: spec.Eq, X: &spec.Index{X: &spec.VarRef{Var: c.pc}, I: t}, Y: lb.lit}
	}
	hangs := func(t spec.Expr) spec.Expr {
		var there spec.Expr = spec.F
		for _, lb := range ls {
			if lb.mark()["hangs"] {
				there = mkBin(spec.Or, there, at(t, lb))
			}
		}
		return there
	}
	if isFalse(hangs(t)) || len(c.waits) == 0 {
		return nil
	}
	waits := func(t, by spec.Expr) spec.Expr {
		var out spec.Expr = spec.F
		for _, w := range c.waits {
			with := map[*spec.Param]spec.Expr{w.param: t}
			is := mkBin(spec.Eq, spec.Substitute(w.owner, with), by)
			if w.all != nil {
				is = mkBin(spec.Or, is, mkBin(spec.In, by, spec.Substitute(w.all, with)))
			}
			out = mkBin(spec.Or, out, mkBin(spec.And, at(t, w.at), is))
		}
		return out
	}
	var chain func(t spec.Expr, length int) spec.Expr
	chain = func(t spec.Expr, length int) spec.Expr {
		p := &spec.Param{Name: c.names.fresh("by"), Type: c.tasks.enum}
		by := &spec.ParamRef{Param: p}
		end := hangs(by)
		if length > 1 {
			end = mkBin(spec.Or, end, chain(by, length-1))
		}
		return &spec.Quant{Op: spec.Exists, Param: p, Body: mkBin(spec.And, waits(t, by), end)}
	}
	return chain(t, maxWaits)
}
