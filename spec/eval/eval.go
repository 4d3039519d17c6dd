package eval

import (
	"errors"
	"fmt"
	"math/bits"

	"mcheck/spec"
)

// Eval returns the value of e in state s, or an error that says which part of e has none.
func Eval(e spec.Expr, s spec.State, env Env) (spec.Value, error) {
	switch e := e.(type) {
	case *spec.Lit:
		return spec.Value{N: e.N}, nil
	case *spec.VarRef:
		return s[env.index(e.Var)], nil
	case *spec.ParamRef:
		return spec.Value{N: env.param(e.Param)}, nil
	case *spec.Index:
		x, err := Eval(e.X, s, env)
		if err != nil {
			return x, err
		}
		i, err := Eval(e.I, s, env)
		if err != nil {
			return i, err
		}
		pos, err := position(e.X.Type(), x, e.I.Type(), i.N)
		if err != nil {
			return x, fail(e, "%v", err)
		}
		return x.Elems[pos], nil
	case *spec.FieldSel:
		x, err := Eval(e.X, s, env)
		if err != nil {
			return x, err
		}
		return x.Elems[e.X.Type().(*spec.RecordType).FieldIndex(e.Name)], nil
	case *spec.Unary:
		x, err := Eval(e.X, s, env)
		if err != nil {
			return x, err
		}
		return unary(e, x)
	case *spec.Binary:
		return binary(e, s, env)
	case *spec.If:
		c, err := Cond(e.Cond, s, env)
		if err != nil {
			return spec.Value{}, err
		}
		if c {
			return Eval(e.Then, s, env)
		}
		return Eval(e.Else, s, env)
	case *spec.Quant:
		return quant(e, s, env)
	case *spec.Composite:
		return composite(e, s, env)
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// Cond returns the value of the condition e; true for nil.
func Cond(e spec.Expr, s spec.State, env Env) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := Eval(e, s, env)
	return v.N != 0, err
}

var errNull = errors.New("the index is NULL")

// position returns where in x.Elems the element at index n is; it is of type it, x of type t.
func position(t spec.Type, x spec.Value, it spec.Type, n int64) (int, error) {
	if _, ok := it.(*spec.OptionType); ok && n == -1 {
		return 0, errNull
	}
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		if n < lo || n > hi {
			return 0, fmt.Errorf("index %d is outside %d..%d", n, lo, hi)
		}
		return int(n - lo), nil
	case *spec.SeqType:
		if n < 1 || n > int64(len(x.Elems)) {
			return 0, fmt.Errorf("position %d is outside 1..%d", n, len(x.Elems))
		}
		return int(n - 1), nil
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

func boolean(b bool) spec.Value {
	if b {
		return spec.Value{N: 1}
	}
	return spec.Value{}
}

func unary(e *spec.Unary, x spec.Value) (spec.Value, error) {
	switch e.Op {
	case spec.Not:
		return boolean(x.N == 0), nil
	case spec.Neg:
		return spec.Value{N: -x.N}, nil
	case spec.Len:
		return spec.Value{N: int64(len(x.Elems))}, nil
	case spec.Head:
		if len(x.Elems) == 0 {
			return x, fail(e, "the sequence is empty")
		}
		return x.Elems[0], nil
	case spec.Tail:
		if len(x.Elems) == 0 {
			return x, fail(e, "the sequence is empty")
		}
		return spec.Value{Elems: x.Elems[1:]}, nil
	case spec.Cardinality:
		return spec.Value{N: int64(bits.OnesCount64(uint64(x.N)))}, nil
	}
	panic("unhandled " + e.Op.String())
}

func binary(e *spec.Binary, s spec.State, env Env) (spec.Value, error) {
	x, err := Eval(e.X, s, env)
	if err != nil {
		return x, err
	}
	switch {
	case e.Op == spec.And && x.N == 0:
		return boolean(false), nil
	case e.Op == spec.Or && x.N != 0, e.Op == spec.Implies && x.N == 0:
		return boolean(true), nil
	}
	y, err := Eval(e.Y, s, env)
	if err != nil {
		return y, err
	}
	switch e.Op {
	case spec.And, spec.Or, spec.Implies:
		return y, nil
	case spec.Iff, spec.Eq:
		return boolean(x.Equal(y)), nil
	case spec.Ne:
		return boolean(!x.Equal(y)), nil
	case spec.Lt:
		return boolean(x.N < y.N), nil
	case spec.Le:
		return boolean(x.N <= y.N), nil
	case spec.Gt:
		return boolean(x.N > y.N), nil
	case spec.Ge:
		return boolean(x.N >= y.N), nil
	case spec.Add:
		return spec.Value{N: x.N + y.N}, nil
	case spec.Sub:
		return spec.Value{N: x.N - y.N}, nil
	case spec.Mul:
		return spec.Value{N: x.N * y.N}, nil
	case spec.Div, spec.Mod:
		return divide(e, x.N, y.N)
	case spec.Min:
		return spec.Value{N: min(x.N, y.N)}, nil
	case spec.Max:
		return spec.Value{N: max(x.N, y.N)}, nil
	case spec.In:
		lo, hi, _ := spec.Domain(e.Y.Type().(*spec.SetType).Elem)
		return boolean(lo <= x.N && x.N <= hi && y.N>>(x.N-lo)&1 != 0), nil
	case spec.Union:
		return spec.Value{N: x.N | y.N}, nil
	case spec.Intersect:
		return spec.Value{N: x.N & y.N}, nil
	case spec.Minus:
		return spec.Value{N: x.N &^ y.N}, nil
	case spec.SubsetEq:
		return boolean(x.N&^y.N == 0), nil
	case spec.Append:
		t := e.X.Type().(*spec.SeqType)
		if len(x.Elems) == t.Cap {
			return x, fail(e, "the sequence is full")
		}
		if err := conform(t.Elem, y); err != nil {
			return x, fail(e, "%v", err)
		}
		return spec.Value{Elems: append(append([]spec.Value(nil), x.Elems...), y)}, nil
	case spec.RemoveAt:
		pos, err := position(e.X.Type(), x, e.Y.Type(), y.N)
		if err != nil {
			return x, fail(e, "%v", err)
		}
		return spec.Value{Elems: append(append([]spec.Value(nil), x.Elems[:pos]...), x.Elems[pos+1:]...)}, nil
	}
	panic("unhandled " + e.Op.String())
}

// divide rounds towards minus infinity.
func divide(e *spec.Binary, x, y int64) (spec.Value, error) {
	if y < 1 {
		return spec.Value{}, fail(e, "the divisor is %d", y)
	}
	q, r := x/y, x%y
	if r < 0 {
		q, r = q-1, r+y
	}
	if e.Op == spec.Div {
		return spec.Value{N: q}, nil
	}
	return spec.Value{N: r}, nil
}

func quant(e *spec.Quant, s spec.State, env Env) (spec.Value, error) {
	var out spec.Value
	lo, _, _ := spec.Domain(e.Param.Type)
	for _, n := range e.Param.Values() {
		v, err := Eval(e.Body, s, env.Bind(e.Param, n))
		if err != nil {
			return v, err
		}
		switch e.Op {
		case spec.Forall:
			if v.N == 0 {
				return boolean(false), nil
			}
		case spec.Exists:
			if v.N != 0 {
				return boolean(true), nil
			}
		case spec.Count, spec.Sum:
			out.N += v.N
		case spec.SetOf:
			out.N |= v.N << (n - lo)
		case spec.MapOf:
			out.Elems = append(out.Elems, v)
		default:
			panic("unhandled " + e.Op.String())
		}
	}
	if e.Op == spec.Forall {
		return boolean(true), nil
	}
	return out, nil
}

func composite(e *spec.Composite, s spec.State, env Env) (spec.Value, error) {
	var out spec.Value
	for i, x := range e.Elems {
		v, err := Eval(x, s, env)
		if err != nil {
			return v, err
		}
		switch t := e.T.(type) {
		case *spec.SetType:
			if err = conform(t.Elem, v); err == nil {
				lo, _, _ := spec.Domain(t.Elem)
				out.N |= 1 << (v.N - lo)
			}
		case *spec.RecordType:
			err = conform(t.Fields[i].Type, v)
			out.Elems = append(out.Elems, v)
		case *spec.ArrayType:
			err = conform(t.Elem, v)
			out.Elems = append(out.Elems, v)
		case *spec.SeqType:
			err = conform(t.Elem, v)
			out.Elems = append(out.Elems, v)
		default:
			panic(fmt.Sprintf("unhandled %T", t))
		}
		if err != nil {
			return out, fail(e, "%v", err)
		}
	}
	return out, nil
}
