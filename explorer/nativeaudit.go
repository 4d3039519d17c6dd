package explorer

import (
	"fmt"
	"slices"

	"mcheck/spec"
	"mcheck/states"
)

// The first calls of the native code of each worker are audited, and one of so many later on. An
// audit takes as long as a few visits, so that all of them together cost about one per cent.
const (
	auditFirst = 8
	auditEvery = 256
)

// errAudit is a mistake of mcheck or of the compiler below it: a verdict would mean nothing.
var errAudit = fmt.Errorf("%w: native code and closures find different steps or properties of a state, so one of them is wrong", spec.ErrInternal)

// audit compares what native code found in the first states of a batch with what the closures find.
// The compiler is not ours, and has been wrong before; that tests find it right on their models
// does not say that it is so on this one. The steps of a batch may come in another order.
func (w *worker) audit(v visited, batch []uint64) error {
	for _, f := range v.flags {
		if f&flagError != 0 {
			return nil // the closures do it anyway
		}
	}
	c := closures{w.s.c}
	words := c.layout.Words
	sc := &w.succ
	c.Expand(batch[:v.done*words], sc)
	if len(sc.Errors) > 0 || !slices.Equal(slices.Sorted(slices.Values(sc.Ground)), slices.Sorted(slices.Values(v.ground))) {
		return errAudit
	}
	moves := make([]bool, v.done)
	var succ, outside uint64
	for k, g := range sc.Ground {
		from := int(sc.From[k])
		next := sc.Words[k*words : (k+1)*words]
		if slices.Equal(next, batch[from*words:(from+1)*words]) {
			continue
		}
		moves[from] = moves[from] || c.grounds[g].owed
		list := &succ
		if inside, err := c.Test(PredConstraint, next); err != nil {
			return errAudit
		} else if !inside {
			list = &outside
		}
		*list += states.Hash(next)
	}
	if succ != hashSum(v.succ, words) || outside != hashSum(v.outside, words) {
		return errAudit
	}
	situations := make([]uint64, len(c.model.Properties))
	rests := int64(0)
	for i := range v.done {
		state := batch[i*words : (i+1)*words]
		rest := !moves[i] && !sc.Stopped[i]
		if rest {
			rests++
		}
		for k, p := range c.model.Properties {
			hit, in, err := w.hits(k, p, state, rest, w.undecided[k/64]>>(k%64)&1 == 0)
			if err != nil || hit != (v.hits(w.native, i)[k/64]>>(k%64)&1 != 0) {
				return errAudit
			}
			if in {
				situations[k]++
			}
		}
	}
	if rests != v.rest {
		return errAudit
	}
	for k, n := range w.native.words(w.native.situation, len(situations)) {
		if w.native.counted[k] && n != situations[k] || !w.native.counted[k] && situations[k] != uint64(v.done) {
			return errAudit
		}
	}
	return nil
}

// hashSum is the sum of the hashes of states of so many words: that of the same states in another
// order, and as good as never that of other states.
func hashSum(all []uint64, words int) (h uint64) {
	for state := range slices.Chunk(all, words) {
		h += states.Hash(state)
	}
	return h
}

// hits is the mask of the properties that the i-th state decides.
func (v visited) hits(m *nativeMachine, i int) []uint64 {
	return m.words(m.nativeCode.hits+8*m.maskLen*i, m.maskLen)
}
