package eval

import (
	"fmt"

	"mcheck/spec"
)

// Env says where the variables of a model are in its states, and what its parameters are bound to.
type Env struct {
	vars  map[*spec.Var]int
	bound *binding
}

type binding struct {
	param *spec.Param
	n     int64
	outer *binding
}

// NewEnv returns the Env of m without bindings.
func NewEnv(m *spec.Model) Env {
	env := Env{vars: make(map[*spec.Var]int, len(m.Vars))}
	for i, v := range m.Vars {
		env.vars[v] = i
	}
	return env
}

// Bind returns env with p bound to n; env itself stays as it was.
func (env Env) Bind(p *spec.Param, n int64) Env {
	env.bound = &binding{p, n, env.bound}
	return env
}

func (env Env) param(p *spec.Param) int64 {
	for b := env.bound; b != nil; b = b.outer {
		if b.param == p {
			return b.n
		}
	}
	panic("eval: parameter " + p.Name + " is not bound")
}

func (env Env) index(v *spec.Var) int {
	i, ok := env.vars[v]
	if !ok {
		panic("eval: variable " + v.Name + " is not of this model")
	}
	return i
}

// Error is an evaluation that failed: what the model does there has no meaning.
type Error struct {
	Msg string
	// What could not be evaluated: a step (Action with Args), a property, or a part of the model as
	// named by Where.
	Action *spec.Action
	Args   []int64
	Prop   *spec.Property
	Where  string
}

// Error names the action with its arguments, or the property, the place in it and what went wrong.
func (e *Error) Error() string {
	s := e.Where
	switch {
	case e.Action != nil:
		s = "action " + CallString(e.Action, e.Args) + ": " + s
	case e.Prop != nil:
		s = "property " + e.Prop.Name + ": " + s
	}
	return s + ": " + e.Msg
}

// CallString returns an action with its arguments as in Step(main, 2).
func CallString(a *spec.Action, args []int64) string {
	s := a.Name
	for i, p := range a.Params {
		if i == 0 {
			s += "("
		} else {
			s += ", "
		}
		s += spec.FormatScalar(p.Type, args[i])
	}
	if len(a.Params) > 0 {
		s += ")"
	}
	return s
}

// fail returns an evaluation error about e.
func fail(e spec.Expr, format string, args ...any) error {
	return fmt.Errorf("%s in %s", fmt.Sprintf(format, args...), spec.ExprString(e))
}
