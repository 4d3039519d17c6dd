package explorer

import "mcheck/spec"

// mapOf is the array that maps each value of index to f of it.
func mapOf(index spec.Type, name string, f func(p spec.Expr) spec.Expr) spec.Expr {
	p := &spec.Param{Name: name, Type: index}
	return &spec.Quant{Op: spec.MapOf, Param: p, Body: f(spec.P(p))}
}

func do(us ...spec.Update) *spec.Do { return &spec.Do{Updates: us} }
