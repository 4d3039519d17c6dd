package explorer

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// op is an operator of the scalar language that ground expressions are lowered to.
type op uint8

const (
	opConst  op = iota // n
	opCell             // content of cell n
	opSelect           // list[a-n]; fails if there is none
	opFail             // fails with msg
	opCheck            // b, after a held; else fails with msg
	opStrict           // a, after all of list were evaluated
	opNot              // of a truth value
	opAnd              // of list, left to right, as far as needed
	opOr
	opAll // conjunction that evaluates all of list
	opIte // b where a holds, else c
	opEq
	opLt
	opLe
	opAdd
	opSub
	opMul
	opDiv // rounds down, b is positive or it fails
	opMod
	opMin
	opMax
	opSum    // of list
	opBitAnd // of masks
	opBitOr
	opAndNot
	opPop // number of bits
	opBit // bit a-n of mask b; 0 outside of m bits
	opShl // the mask of bit a-n
)

// node is an expression over the cells of a state, with everything known at compile time folded in.
// Truth values are 0 and 1.
type node struct {
	op      op
	a, b, c *node
	list    []*node
	n, m    int64
	lo, hi  int64 // no value lies outside
	fails   bool  // evaluation may fail
	msg     string
}

func konst(n int64) *node { return &node{op: opConst, n: n, lo: n, hi: n} }

var (
	nodeF = konst(0)
	nodeT = konst(1)
)

func truth(b bool) *node {
	if b {
		return nodeT
	}
	return nodeF
}

func (x *node) is(n int64) bool { return x.op == opConst && x.n == n }

func failing(format string, args ...any) *node {
	return &node{op: opFail, fails: true, msg: fmt.Sprintf(format, args...), lo: math.MinInt64, hi: math.MaxInt64}
}

func anyFails(xs ...*node) bool {
	for _, x := range xs {
		if x != nil && x.fails {
			return true
		}
	}
	return false
}

func not(x *node) *node {
	switch x.op {
	case opConst:
		return truth(x.n == 0)
	case opNot:
		return x.a
	case opOr:
		out := nodeT
		for _, y := range x.list {
			out = and(out, not(y))
		}
		return out
	}
	return &node{op: opNot, a: x, lo: 0, hi: 1, fails: x.fails}
}

// junction is the conjunction (o = opAnd) or disjunction (opOr) of x and y, in this order.
func junction(o op, x, y *node) *node {
	decides := nodeF
	if o == opOr {
		decides = nodeT
	}
	switch {
	case x.op == opConst && x.n == decides.n:
		return decides
	case x.op == opConst:
		return y
	case y.op == opConst && y.n != decides.n:
		return x
	case y.op == opConst && !x.fails:
		return decides
	}
	var list []*node
	for _, e := range []*node{x, y} {
		if e.op == o {
			list = append(list, e.list...)
		} else {
			list = append(list, e)
		}
	}
	return &node{op: o, list: list, lo: 0, hi: 1, fails: x.fails || y.fails}
}

func and(x, y *node) *node { return junction(opAnd, x, y) }

// all is the conjunction of list; all of it is evaluated where that may fail.
func all(list []*node) *node {
	if len(list) == 0 || !anyFails(list[1:]...) {
		out := nodeT
		for _, x := range list {
			out = and(out, x)
		}
		return out
	}
	return &node{op: opAll, list: list, lo: 0, hi: 1, fails: true}
}

func ite(c, x, y *node) *node {
	switch {
	case c.is(1):
		return x
	case c.is(0):
		return y
	case c.fails:
	case x == y, x.op == opConst && y.op == opConst && x.n == y.n, x.op == opCell && y.op == opCell && x.n == y.n:
		return x
	case x.is(1) && y.is(0):
		return c
	case x.is(0) && y.is(1):
		return not(c)
	}
	return &node{op: opIte, a: c, b: x, c: y, lo: min(x.lo, y.lo), hi: max(x.hi, y.hi), fails: anyFails(c, x, y)}
}

func isTruth(x *node) bool { return x.lo >= 0 && x.hi <= 1 }

func eq(x, y *node) *node {
	if x.op == opConst {
		x, y = y, x
	}
	if !anyFails(x, y) {
		switch {
		case x.op == opConst: // both are
			return truth(x.n == y.n)
		case x.hi < y.lo || y.hi < x.lo:
			return nodeF
		case x.op == opCell && y.op == opCell && x.n == y.n:
			return nodeT
		}
	}
	if y.op == opConst && isTruth(x) {
		switch y.n {
		case 1:
			return x
		case 0:
			return not(x)
		}
	}
	if y.op == opConst && x.op == opSelect && constants(x.list) {
		if z := x.chosen(y.n); z != nil {
			return z
		}
	}
	return &node{op: opEq, a: x, b: y, lo: 0, hi: 1, fails: anyFails(x, y)}
}

// constants reports whether list is nothing else.
func constants(list []*node) bool {
	return !slices.ContainsFunc(list, func(x *node) bool { return x.op != opConst })
}

// chosen is whether x, a selection of constants, is v, asked of the index. It is nil where that
// takes more than one comparison.
func (x *node) chosen(v int64) *node {
	var is, isNot []int64
	for i := x.a.lo; i <= x.a.hi; i++ {
		if x.list[i-x.n].n == v {
			is = append(is, i)
		} else {
			isNot = append(isNot, i)
		}
	}
	switch {
	case len(is) == 1:
		return eq(x.a, konst(is[0]))
	case len(isNot) == 1:
		return not(eq(x.a, konst(isNot[0])))
	case len(is) == 0 && !x.fails:
		return nodeF
	}
	return nil
}

// below is the first index of x, a selection of ascending constants, of one that is not less than
// v; ok is false if they don't ascend.
func (x *node) below(v int64) (first int64, ok bool) {
	first = x.a.hi + 1
	for i := x.a.hi; i >= x.a.lo; i-- {
		if i > x.a.lo && x.list[i-x.n].n < x.list[i-1-x.n].n {
			return 0, false
		}
		if x.list[i-x.n].n >= v {
			first = i
		}
	}
	return first, true
}

func less(o op, x, y *node) *node {
	if !anyFails(x, y) {
		switch {
		case x.hi < y.lo || o == opLe && x.hi <= y.lo:
			return nodeT
		case x.lo > y.hi || o == opLt && x.lo >= y.hi:
			return nodeF
		}
	}
	const huge = 1 << 62
	switch {
	case y.op == opConst && y.n < huge && x.op == opSelect && constants(x.list):
		n := y.n
		if o == opLe {
			n++
		}
		if first, ok := x.below(n); ok {
			return less(opLt, x.a, konst(first))
		}
	case x.op == opConst && x.n < huge && y.op == opSelect && constants(y.list):
		n := x.n
		if o == opLt {
			n++
		}
		if first, ok := y.below(n); ok {
			return less(opLe, konst(first), y.a)
		}
	}
	return &node{op: o, a: x, b: y, lo: 0, hi: 1, fails: anyFails(x, y)}
}

func satAdd(x, y int64) int64 {
	s := x + y
	if x > 0 && y > 0 && s < 0 {
		return math.MaxInt64
	}
	if x < 0 && y < 0 && s >= 0 {
		return math.MinInt64
	}
	return s
}

func satNeg(x int64) int64 {
	if x == math.MinInt64 {
		return math.MaxInt64
	}
	return -x
}

func satMul(x, y int64) int64 {
	neg := x < 0 != (y < 0)
	hi, lo := bits.Mul64(absolute(x), absolute(y))
	if hi != 0 || lo > math.MaxInt64 {
		if neg {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	return x * y
}

func absolute(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

// arith is x o y for integers.
func arith(o op, x, y *node) *node {
	out := &node{op: o, a: x, b: y, fails: anyFails(x, y)}
	switch o {
	case opAdd:
		out.lo, out.hi = satAdd(x.lo, y.lo), satAdd(x.hi, y.hi)
	case opSub:
		out.lo, out.hi = satAdd(x.lo, satNeg(y.hi)), satAdd(x.hi, satNeg(y.lo))
	case opMul:
		p, q, r, s := satMul(x.lo, y.lo), satMul(x.lo, y.hi), satMul(x.hi, y.lo), satMul(x.hi, y.hi)
		out.lo, out.hi = min(p, q, r, s), max(p, q, r, s)
	case opDiv:
		out.lo, out.hi = min(x.lo, 0), max(x.hi, 0)
		if x.lo < 0 {
			out.hi = max(x.hi, 0)
		}
		out.fails = out.fails || y.lo < 1
	case opMod:
		out.lo, out.hi = 0, max(satAdd(y.hi, -1), 0)
		out.fails = out.fails || y.lo < 1
	case opMin:
		out.lo, out.hi = min(x.lo, y.lo), min(x.hi, y.hi)
	case opMax:
		out.lo, out.hi = max(x.lo, y.lo), max(x.hi, y.hi)
	default:
		panic(fmt.Sprintf("unhandled arithmetic op %d", o))
	}
	switch {
	case x.op == opConst && y.op == opConst && !out.fails:
		return konst(calc(o, x.n, y.n))
	case y.is(0) && (o == opAdd || o == opSub), y.is(1) && (o == opMul || o == opDiv):
		return x
	case x.is(0) && o == opAdd:
		return y
	}
	return out
}

func calc(o op, x, y int64) int64 {
	switch o {
	case opAdd:
		return x + y
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return floorDiv(x, y)
	case opMod:
		return x - y*floorDiv(x, y)
	case opMin:
		return min(x, y)
	case opMax:
		return max(x, y)
	case opBitAnd:
		return x & y
	case opBitOr:
		return x | y
	case opAndNot:
		return x &^ y
	}
	panic(fmt.Sprintf("unhandled op %d", o))
}

func floorDiv(x, y int64) int64 {
	q := x / y
	if x%y != 0 && x < 0 {
		q--
	}
	return q
}

func sum(list []*node) *node {
	out := &node{op: opSum}
	n := int64(0)
	for _, x := range list {
		if x.op == opConst {
			n += x.n
			continue
		}
		out.list = append(out.list, x)
		out.lo, out.hi = satAdd(out.lo, x.lo), satAdd(out.hi, x.hi)
		out.fails = out.fails || x.fails
	}
	switch {
	case len(out.list) == 0:
		return konst(n)
	case len(out.list) == 1:
		return arith(opAdd, out.list[0], konst(n))
	case n != 0:
		out.list = append(out.list, konst(n))
		out.lo, out.hi = satAdd(out.lo, n), satAdd(out.hi, n)
	}
	return out
}

// mask gives a node the interval of the masks of w bits.
func (x *node) mask(w int) *node {
	x.lo, x.hi = 0, math.MaxInt64
	switch {
	case w >= 64:
		x.lo = math.MinInt64
	case w < 63:
		x.hi = 1<<w - 1
	}
	return x
}

// width is how many bits a mask has that is never outside the interval of x.
func (x *node) width() int {
	if x.lo < 0 {
		return 64
	}
	return bits.Len64(uint64(x.hi))
}

// bitwise is x o y for masks of w bits.
func bitwise(o op, x, y *node, w int) *node {
	switch {
	case x.op == opConst && y.op == opConst:
		return konst(calc(o, x.n, y.n))
	case o == opBitOr && y.is(0), o == opAndNot && y.is(0):
		return x
	case o == opBitOr && x.is(0):
		return y
	}
	return (&node{op: o, a: x, b: y, fails: anyFails(x, y)}).mask(w)
}

func popcount(x *node, w int) *node {
	if x.op == opConst {
		return konst(int64(bits.OnesCount64(uint64(x.n))))
	}
	return &node{op: opPop, a: x, lo: 0, hi: int64(w), fails: x.fails}
}

// member is whether value x, of which lo is the first, is in the mask s of w bits.
func member(x, s *node, lo int64, w int) *node {
	if x.op == opConst && !s.fails {
		i := x.n - lo
		switch {
		case i < 0 || i >= int64(w):
			return nodeF
		case s.op == opConst:
			return konst(s.n >> i & 1)
		}
	}
	return &node{op: opBit, a: x, b: s, n: lo, m: int64(w), lo: 0, hi: 1, fails: anyFails(x, s)}
}

// singleton is the mask of value x of a domain lo..lo+w-1; it fails outside.
func singleton(x *node, lo int64, w int) *node {
	x = within(x, lo, lo+int64(w)-1, "element")
	if x.op == opConst {
		return konst(1 << (x.n - lo))
	}
	return (&node{op: opShl, a: x, n: lo, fails: x.fails}).mask(w)
}

// within is x, failing where x is outside lo..hi; what names x in the message.
func within(x *node, lo, hi int64, what string) *node {
	switch {
	case x.lo >= lo && x.hi <= hi:
		return x
	case x.op == opConst:
		return failing("%s %d outside %d..%d", what, x.n, lo, hi)
	case x.hi < lo || x.lo > hi:
		return failing("%s outside %d..%d", what, lo, hi)
	}
	return &node{op: opCheck, a: nil, b: x, n: lo, m: hi, lo: max(lo, x.lo), hi: min(hi, x.hi), fails: true, msg: what}
}

// check is x where c holds; it fails with msg where not.
func check(c *node, msg string, x *node) *node {
	switch {
	case c.is(1):
		return x
	case c.is(0):
		return failing("%s", msg)
	}
	return &node{op: opCheck, a: c, b: x, lo: x.lo, hi: x.hi, fails: true, msg: msg}
}

// strict is x, after those of also that may fail were evaluated.
func strict(also []*node, x *node) *node {
	var list []*node
	for _, e := range also {
		if e.fails {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return x
	}
	return &node{op: opStrict, a: x, list: list, lo: x.lo, hi: x.hi, fails: true}
}

// choose is list[i-base]; it fails where there is no such element.
func choose(i *node, base int64, list []*node, what string) *node {
	i = within(i, base, base+int64(len(list))-1, what)
	if i.op == opConst {
		return list[i.n-base]
	}
	if i.op == opFail {
		return i
	}
	if i.op == opSelect && constants(i.list) {
		chosen := make([]*node, len(i.list))
		for k, c := range i.list {
			chosen[k] = list[min(max(c.n-base, 0), int64(len(list))-1)] // the others are not chosen
		}
		return choose(i.a, i.n, chosen, what)
	}
	out := &node{op: opSelect, a: i, n: base, list: list, lo: math.MaxInt64, hi: math.MinInt64, fails: i.fails}
	same, identity := !i.fails, true
	first := list[i.lo-base]
	for v := i.lo; v <= i.hi; v++ {
		x := list[v-base]
		out.lo, out.hi = min(out.lo, x.lo), max(out.hi, x.hi)
		out.fails = out.fails || x.fails
		same = same && x.op == opConst && first.op == opConst && x.n == first.n
		identity = identity && x.is(v)
	}
	if same {
		return first
	}
	if identity {
		return i
	}
	return out
}
