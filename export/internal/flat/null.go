package flat

import "mcheck/spec"

// UsesNull reports whether NULL can occur in the text of m.
func UsesNull(m *spec.Model) bool {
	used := false
	es := []spec.Expr{m.InitWhere, m.Running, m.Constraint}
	for _, v := range m.Vars {
		spec.Types(v.Type, func(t spec.Type) {
			_, ok := t.(*spec.OptionType)
			used = used || ok
		})
		es = append(es, v.Init)
	}
	for _, a := range m.Actions {
		es = append(es, a.Exprs()...)
	}
	for _, p := range m.Properties {
		es = append(es, p.Exprs()...)
	}
	for _, e := range es {
		spec.Inspect(e, func(e spec.Expr) bool {
			if l, ok := e.(*spec.Lit); ok {
				_, ok := l.T.(*spec.OptionType)
				used = used || ok
			}
			return !used
		})
	}
	return used
}
