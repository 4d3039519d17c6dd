package tla

import (
	"slices"
	"strings"

	"mcheck/spec"
)

// commonLines is how many lines actions must have in common to have an operator for them.
const commonLines = 12

// common is what actions that begin at one label all do: a step at the end of a function is an
// action for each way on from its return, and the end of an RCU section, which may free objects, is
// a hundred lines in each of a dozen.
type common struct {
	name   string
	first  *spec.Action // of those that do it
	source int          // statements of each action, the first ones
	does   []box        // conjuncts, as they are printed
}

// commons returns, for the actions of d that have much in common with all others that begin at
// their label, what that is.
func (p *printer) commons(d *disjunct) map[*spec.Action]*common {
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
		if len(stack(c.does...)) < commonLines {
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
	c := &common{first: as[0], source: len(as[0].Source), does: p.does(as[0])}
	for _, a := range as[1:] {
		does := p.does(a)
		c.does = slices.DeleteFunc(c.does, func(b box) bool { return !has(does, b) })
		same := 0
		for same < min(c.source, len(a.Source)) && a.Source[same].Pos == as[0].Source[same].Pos && a.Source[same].Text == as[0].Source[same].Text {
			same++
		}
		c.source = same
	}
	return c
}

// does returns the conjuncts that say what a changes, with its task under the name that it has in
// the operator.
func (p *printer) does(a *spec.Action) []box {
	_, done := p.bind(a.Params[0])
	defer done()
	return p.node(a.Body, p.changed(a.Body), width-5)
}

// common prints the operator of c.
func (p *printer) common(c *common) box {
	name, done := p.bind(c.first.Params[0])
	defer done()
	return append(p.source(c.name+"("+name+") ==", c.first.Source[:c.source]), hang("  ", bullets(`/\`, c.does), "")...)
}

// call returns items with a call of c for those that are in it.
func (c *common) call(items []box, task string) []box {
	in := func(b box) bool { return has(c.does, b) }
	at := slices.IndexFunc(items, in)
	return slices.Insert(slices.DeleteFunc(items, in), at, box{c.name + "(" + task + ")"})
}

// has reports whether b is one of items.
func has(items []box, b box) bool {
	return slices.ContainsFunc(items, func(x box) bool { return slices.Equal(x, b) })
}
