package flat

import (
	"fmt"

	"mcheck/spec"
)

// FreeInitial returns assignments that make each initial state of m once, over all values of the
// parameters that it returns with them. ok is false for a model that filters its initial states, or
// whose free variables contain sequences or sets as masks: see [Lowering.InitialStates] for these.
func (l *Lowering) FreeInitial(m *spec.Model) (params []*spec.Param, as []*Assign, ok bool) {
	if m.InitWhere != nil || m.Constraint != nil {
		return nil, nil, false
	}
	for _, v := range m.Vars {
		val := value{}
		if v.Init != nil {
			val = l.lower(v.Init)
		} else {
			free := true
			spec.Types(v.Type, func(t spec.Type) {
				switch t.(type) {
				case *spec.SeqType:
					free = false
				case *spec.SetType:
					free = free && l.SetArrays
				}
			})
			if !free {
				return nil, nil, false
			}
			val = l.open(v.Type, v.Name, &params)
		}
		as = l.store(as, &spec.VarRef{Var: v}, v.Type, val)
	}
	return params, as, true
}

// open is a value of t with a new parameter for each scalar in it.
func (l *Lowering) open(t spec.Type, name string, params *[]*spec.Param) value {
	if l.scalarType(t) {
		p := &spec.Param{Name: name, Type: t}
		*params = append(*params, p)
		return value{t: t, e: &spec.ParamRef{Param: p}}
	}
	return made(t, func(k int) value { return l.open(partType(t, k), fmt.Sprintf("%s_%d", name, k), params) })
}
