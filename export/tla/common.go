package tla

import (
	"maps"
	"slices"
	"strings"

	"mcheck/spec"
)

// commonLines is how many lines actions must have in common to have an operator for them.
const commonLines = 12

// common is what actions that begin at one label all do: a step at the end of a function is an action for each way on from its return, and the end of an RCU section,
// which may free objects, is a hundred lines in each of a dozen.
type common struct {
	name   string
	source int             // statements of each action, the first ones
	does   map[string]bool // conjuncts, as they are printed
}

// commons returns, for the actions of d that have much in common with all others that begin at their label, what that is.
func (p *printer) commons(d *disjunct) map[*spec.Action]*common {
	if !d.isFunc() {
		return nil
	}
	out := map[*spec.Action]*common{}
	for _, label := range d.labels {
		var as []*spec.Action
		for _, a := range d.actions {
			if _, task, l, _ := dispatch(a); l == label && len(a.Params) == 1 && task.Name == d.task.Name {
				as = append(as, a)
			}
		}
		if len(as) < 2 {
			continue
		}
		c := p.inCommon(as)
		lines := 0
		for b := range c.does {
			lines += 1 + strings.Count(b, "\n")
		}
		if lines < commonLines {
			continue
		}
		name, _ := p.scalar(d.pc.Type.(*spec.ArrayType).Elem, label)
		if c.name = identifier(strings.Trim(name, `"`)); p.names().used[c.name] {
			c.name += "_" + d.task.Name // as the front end names the actions of other tasks
		}
		c.name = p.names().pick(c.name)
		for _, a := range as {
			out[a] = c
		}
	}
	return out
}

// inCommon returns what all of as do, and the statements that all begin with.
func (p *printer) inCommon(as []*spec.Action) *common {
	c := &common{source: len(as[0].Source), does: p.does(as[0])}
	for _, a := range as[1:] {
		does := p.does(a)
		maps.DeleteFunc(c.does, func(b string, _ bool) bool { return !does[b] })
		same := 0
		for same < min(c.source, len(a.Source)) && a.Source[same].Pos == as[0].Source[same].Pos && a.Source[same].Text == as[0].Source[same].Text {
			same++
		}
		c.source = same
	}
	return c
}

// does returns the conjuncts that say what a changes, with its task under the name that it has in the operator.
func (p *printer) does(a *spec.Action) map[string]bool {
	_, done := p.bind(a.Params[0])
	defer done()
	out := map[string]bool{}
	for _, b := range p.node(a.Body, p.changed(a.Body), width-5) {
		out[b.String()] = true
	}
	return out
}

// operator defines what c is, from one of its actions.
func (c *common) operator(p *printer, a *spec.Action) box {
	name, done := p.bind(a.Params[0])
	defer done()
	items := slices.DeleteFunc(p.node(a.Body, p.changed(a.Body), width-5), func(b box) bool { return !c.does[b.String()] })
	return append(p.source(c.name+"("+name+") ==", a.Source[:c.source]), hang("  ", bullets(`/\`, items), "")...)
}

// call returns items with a call of c for those that are in it.
func (c *common) call(items []box, task string) []box {
	at := slices.IndexFunc(items, func(b box) bool { return c.does[b.String()] })
	items = slices.DeleteFunc(items, func(b box) bool { return c.does[b.String()] })
	return slices.Insert(items, at, box{c.name + "(" + task + ")"})
}

func (b box) String() string { return strings.Join(b, "\n") }
