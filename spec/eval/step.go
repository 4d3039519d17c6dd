package eval

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// Init returns the initial states of m, each once, the first variable changing slowest.
func Init(m *spec.Model) ([]spec.State, error) {
	env := NewEnv(m)
	choices := make([][]spec.Value, len(m.Vars))
	for i, v := range m.Vars {
		if v.Init == nil {
			choices[i] = Values(v.Type)
			continue
		}
		x, err := Eval(v.Init, nil, env)
		if err == nil {
			err = conform(v.Type, x)
		}
		if err != nil {
			return nil, &Error{Msg: err.Error(), Where: "initial value of " + v.Name}
		}
		choices[i] = []spec.Value{x}
	}
	var out []spec.State
	s := make(spec.State, len(m.Vars))
	var choose func(i int) error
	choose = func(i int) error {
		if i < len(s) {
			for _, x := range choices[i] {
				s[i] = x
				if err := choose(i + 1); err != nil {
					return err
				}
			}
			return nil
		}
		ok, err := Cond(m.InitWhere, s, env)
		if err != nil {
			return &Error{Msg: err.Error(), Where: "condition on the initial states"}
		}
		if ok {
			out = append(out, slices.Clone(s))
		}
		return nil
	}
	if err := choose(0); err != nil {
		return nil, err
	}
	return out, nil
}

// Succ is one step from a state.
type Succ struct {
	Action *spec.Action
	Args   []int64 // in the order of Action.Params
	State  spec.State
}

// Successors returns the steps that are enabled in s, in the order of m.Actions, those of one
// action by its arguments, ascending, the first changing slowest. Steps that change nothing and
// steps outside the constraint are among them. The error is an *Error; the steps before the one
// that failed are returned with it.
func Successors(m *spec.Model, s spec.State) ([]Succ, error) {
	return SuccessorsBy(m, m.Actions, s, NewEnv(m))
}

// SuccessorsBy returns those of the [Successors] that the actions as, in the order of m.Actions,
// make; env is m's.
func SuccessorsBy(m *spec.Model, as []*spec.Action, s spec.State, env Env) ([]Succ, error) {
	running, err := Cond(m.Running, s, env)
	if err != nil {
		return nil, &Error{Msg: err.Error(), Where: "condition for running"}
	}
	if !running {
		return nil, nil
	}
	var out []Succ
	for _, a := range as {
		err := eachBinding(a.Params, nil, func(args []int64) error {
			next, err := step(a, args, s, env)
			if next != nil {
				out = append(out, Succ{a, slices.Clone(args), next})
			}
			return err
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// eachBinding calls f for each list of values of ps, after the values args of the parameters before
// them.
func eachBinding(ps []*spec.Param, args []int64, f func(args []int64) error) error {
	if len(ps) == 0 {
		return f(args)
	}
	for _, n := range ps[0].Values() {
		if err := eachBinding(ps[1:], append(args, n), f); err != nil {
			return err
		}
	}
	return nil
}

// Apply returns the state after a with args in s, or nil if that is not enabled. It does not look
// at Running.
func Apply(m *spec.Model, a *spec.Action, args []int64, s spec.State) (spec.State, error) {
	return step(a, args, s, NewEnv(m))
}

func step(a *spec.Action, args []int64, s spec.State, env Env) (spec.State, error) {
	for i, p := range a.Params {
		env = env.Bind(p, args[i])
	}
	ok, err := Cond(a.Guard, s, env)
	if err != nil {
		return nil, &Error{Msg: err.Error(), Action: a, Args: slices.Clone(args), Where: "guard"}
	}
	if !ok {
		return nil, nil
	}
	next, err := body(a.Body, s, env)
	if err != nil {
		return nil, &Error{Msg: err.Error(), Action: a, Args: slices.Clone(args), Where: "body"}
	}
	return next, nil
}

// write is an update whose indices and value are known.
type write struct {
	update spec.Update
	path   []int64 // one number a selector; 0 for a field
	value  spec.Value
}

func body(n spec.Node, s spec.State, env Env) (spec.State, error) {
	switch n := n.(type) {
	case *spec.Branch:
		c, err := Cond(n.Cond, s, env)
		if err != nil {
			return nil, err
		}
		if c {
			return body(n.Then, s, env)
		}
		return body(n.Else, s, env)
	case *spec.Do:
		// Everything is read in s before anything is written.
		var ws []write
		for _, u := range n.Updates {
			w := write{update: u}
			for _, sel := range u.Path {
				var i spec.Value
				if sel.Index != nil {
					var err error
					if i, err = Eval(sel.Index, s, env); err != nil {
						return nil, err
					}
				}
				w.path = append(w.path, i.N)
			}
			v, err := Eval(u.Value, s, env)
			if err != nil {
				return nil, err
			}
			w.value = v
			ws = append(ws, w)
		}
		next := slices.Clone(s)
		for _, w := range ws {
			i := env.index(w.update.Var)
			v, err := put(w.update.Var.Type, next[i], w.update.Path, w.path, w.value)
			if err != nil {
				return nil, fmt.Errorf("%v in %s", err, w.update)
			}
			next[i] = v
		}
		return next, nil
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// put returns old, of type t, with the part at the path replaced by v.
func put(t spec.Type, old spec.Value, sels []spec.Selector, path []int64, v spec.Value) (spec.Value, error) {
	if len(sels) == 0 {
		return v, conform(t, v)
	}
	var pos int
	var elem spec.Type
	if sel := sels[0]; sel.Index != nil {
		var err error
		if pos, err = position(t, old, sel.Index.Type(), path[0]); err != nil {
			return old, err
		}
		switch t := t.(type) {
		case *spec.ArrayType:
			elem = t.Elem
		case *spec.SeqType:
			elem = t.Elem
		default:
			panic(fmt.Sprintf("unhandled %T", t))
		}
	} else {
		r := t.(*spec.RecordType)
		pos = r.FieldIndex(sel.Field)
		elem = r.Fields[pos].Type
	}
	part, err := put(elem, old.Elems[pos], sels[1:], path[1:], v)
	if err != nil {
		return old, err
	}
	elems := slices.Clone(old.Elems)
	elems[pos] = part
	return spec.Value{Elems: elems}, nil
}
