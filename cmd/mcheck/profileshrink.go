package main

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/symmetry"
)

// shrinkers says what would make the space, or its states, smaller; the first that follows from the
// profile comes first.
func shrinkers(m *spec.Model, r *explorer.Result) []string {
	var out []string
	for _, f := range []func(*spec.Model, *explorer.Result) string{shrinkSymmetry, shrinkGhosts, shrinkLocals, shrinkShared, shrinkTypes, shrinkDerived} {
		if s := f(m, r); s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		out = append(out, "Nothing that a profile shows. Fewer or shorter tasks do.")
	}
	return out
}

// shrinkSymmetry: interchangeable values.
func shrinkSymmetry(m *spec.Model, r *explorer.Result) string {
	if len(r.Symmetry) > 0 {
		return ""
	}
	classes, _ := symmetry.Find(m)
	if len(classes) == 0 {
		return ""
	}
	factor := 1.0
	var names []string
	for _, c := range classes {
		names = append(names, "("+c.String()+")")
		for n := range len(c.Values) {
			factor *= float64(n + 1)
		}
	}
	return fmt.Sprintf("--symmetry: %s are interchangeable, so that there may be up to %s times fewer states.", strings.Join(names, " and "), roughly(factor))
}

// costly returns the variables for which pick holds and that make at least a tenth more states, the
// worst first.
func costly(r *explorer.Result, pick func(*spec.Var) bool) []explorer.VarSurvey {
	var out []explorer.VarSurvey
	for _, v := range r.Survey {
		if v.Bits > 0 && times(v, r.Distinct) >= 1.1 && pick(v.Var) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b explorer.VarSurvey) int { return cmp.Compare(a.Without, b.Without) })
	return out
}

// named lists at most three variables with how much they cost.
func named(vs []explorer.VarSurvey, r *explorer.Result, also func(*spec.Var) string) string {
	var parts []string
	for i, v := range vs {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("%d more", len(vs)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%.2f times%s)", v.Var.Name, times(v, r.Distinct), also(v.Var)))
	}
	return strings.Join(parts, ", ")
}

// shrinkGhosts: what only properties look at.
func shrinkGhosts(m *spec.Model, r *explorer.Result) string {
	vs := costly(r, func(v *spec.Var) bool { return v.Ghost })
	if len(vs) == 0 {
		return ""
	}
	return "Ghost data that is there for properties alone: " + named(vs, r, func(v *spec.Var) string {
		var users []string
		for _, p := range m.Properties {
			if slices.Contains(spec.VarsRead(p.Exprs()...), v) {
				users = append(users, p.Name)
			}
		}
		if len(users) == 0 {
			return "; read by other ghost data"
		}
		if len(users) > 2 {
			users = append(users[:2], fmt.Sprintf("%d more", len(users)-2))
		}
		return "; for " + strings.Join(users, ", ")
	}) + ". Remember less, forget it as soon as it has been looked at, or check these properties in a model of their own."
}

// local reports whether a variable is what tasks keep for themselves: an array over the same type
// as the program counters.
func local(m *spec.Model, v *spec.Var) bool {
	a, ok := v.Type.(*spec.ArrayType)
	if !ok || v.Control || v.Ghost {
		return false
	}
	return slices.ContainsFunc(m.Vars, func(pc *spec.Var) bool {
		b, ok := pc.Type.(*spec.ArrayType)
		return ok && pc.Control && pc != v && spec.SameType(a.Index, b.Index)
	})
}

// shrinkLocals: what tasks remember across steps.
func shrinkLocals(m *spec.Model, r *explorer.Result) string {
	vs := costly(r, func(v *spec.Var) bool { return local(m, v) })
	if len(vs) == 0 {
		return ""
	}
	return "Local variables that a task keeps from one step to another: " + named(vs, r, func(*spec.Var) string { return "" }) +
		". A narrower scope, a value that is read again instead of kept, or an assumption (atomic) make fewer states."
}

// shrinkShared: what all see.
func shrinkShared(m *spec.Model, r *explorer.Result) string {
	vs := costly(r, func(v *spec.Var) bool { return !v.Ghost && !v.Control && !local(m, v) })
	if len(vs) == 0 {
		return ""
	}
	return "Shared data: " + named(vs, r, func(*spec.Var) string { return "" }) +
		". Data under a lock that is surely held (GUARDED_BY) takes no steps of its own; a counter that need not be exact, a pool that is larger than what is used, a CPU more than is needed cost states."
}

// shrinkTypes: bits for values that never come.
func shrinkTypes(_ *spec.Model, r *explorer.Result) string {
	if !r.Complete {
		return ""
	}
	type wide struct {
		name string
		bits int
	}
	var found []wide
	total := 0
	for _, v := range r.Survey {
		if _, enum := v.Var.Type.(*spec.EnumType); enum || v.Var.Control {
			continue // nobody has chosen these types
		}
		saved := 0
		for _, c := range v.Cells {
			if c.Values > 0 {
				saved += c.Bits - bits.Len64(uint64(c.Values-1))
			}
		}
		if saved > 0 {
			found = append(found, wide{v.Var.Name, saved})
			total += saved
		}
	}
	if total == 0 {
		return ""
	}
	slices.SortStableFunc(found, func(a, b wide) int { return cmp.Compare(b.bits, a.bits) })
	var parts []string
	for _, f := range found[:min(3, len(found))] {
		parts = append(parts, fmt.Sprintf("%s (%d)", f.name, f.bits))
	}
	return fmt.Sprintf("Memory, not states: %d of the %d bits are for values that never come, most of them in %s. A narrower type saves them; values that some other run takes must stay.",
		total, r.StateBits, strings.Join(parts, ", "))
}

// shrinkDerived: what follows from the rest.
func shrinkDerived(_ *spec.Model, r *explorer.Result) string {
	var vs []explorer.VarSurvey
	total := 0
	for _, v := range r.Survey {
		if v.Values > 1 && v.Without == r.Distinct && !v.Estimated {
			vs = append(vs, v)
			total += v.Bits
		}
	}
	if len(vs) == 0 {
		return ""
	}
	slices.SortStableFunc(vs, func(a, b explorer.VarSurvey) int { return cmp.Compare(b.Bits, a.Bits) })
	var parts []string
	for _, v := range vs[:min(3, len(vs))] {
		parts = append(parts, fmt.Sprintf("%s (%d)", v.Var.Name, v.Bits))
	}
	return fmt.Sprintf("Memory, not states: each of %d variables (%d bits) follows from all others, the largest are %s; --store tree stores what goes together once.",
		len(vs), total, strings.Join(parts, ", "))
}
