package explorer

import (
	"context"
	"math/bits"

	"mcheck/spec"
)

// VarSurvey says what a variable costs: over all visited states.
type VarSurvey struct {
	Var  *spec.Var
	Bits int // that it takes in a state; 0: it never changes
	// Values are the different values that it has. Without are the states that would be left if it
	// were not looked at: there are Distinct/Without times as many because of it, and where that is
	// 1 it says nothing that the others don't.
	Values, Without int64
	// Estimated says that Values or Without is not counted but estimated, with a standard error of
	// less than one per cent.
	Estimated bool
	Cells     []CellSurvey // those that take bits
}

// CellSurvey is about a scalar of a variable: the variable itself, an element, a field, the length
// of a sequence.
type CellSurvey struct {
	Name string
	Bits int
	// different contents that it has; of cells with more than 16 bits it is not counted, and 0
	Values int64
}

// survey visits all states that the search has visited once more.
//
// What is left without a variable is counted by means of hashes: each variable of a state is hashed
// by itself, the state's hash is their sum, and without a variable it is the sum less that
// variable's. That costs one hash for each variable and state, not one for each pair of variables.
//
// A search that a limit has stopped is surveyed as far as it came. None comes, and no error, when
// ctx has ended.
func (s *search) survey(ctx context.Context) ([]VarSurvey, error) {
	if ctx.Err() != nil {
		return nil, nil
	}
	s.ended = true // what has been visited is there
	s.late.Store(false)
	defer context.AfterFunc(ctx, func() {
		s.stopFor(abortCancel)
		s.late.Store(true)
	})()
	views := make([]*surveyor, len(s.workers))
	for i := range views {
		views[i] = newSurveyor(s.c)
	}
	byWorker := map[*worker]*surveyor{}
	for i, w := range s.workers {
		byWorker[w] = views[i]
	}
	width := s.c.layout.Words
	err := s.each(0, s.endOf(len(s.res.Levels)), func(w *worker, _ int64, batch []uint64) error {
		v := byWorker[w]
		for ; len(batch) > 0; batch = batch[width:] {
			v.add(batch[:width])
		}
		return nil
	})
	if err == errAborted {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, v := range views[1:] {
		views[0].merge(v)
	}
	return views[0].result(s.res.Distinct), nil
}

// surveyor is one worker's part of a survey.
type surveyor struct {
	c       *compiled
	cells   [][]int // of each variable, those that take bits
	seen    [][]uint64
	values  []*counter
	without []*counter
	hashes  []uint64 // of the state in work
}

// countedBits is the width of the widest cells whose contents are counted.
const countedBits = 16

func newSurveyor(c *compiled) *surveyor {
	v := &surveyor{c: c, seen: make([][]uint64, len(c.cells)), hashes: make([]uint64, len(c.trees))}
	for _, t := range c.trees {
		var own []int
		for _, i := range t.cellsOf(nil) {
			if w := bits.OnesCount64(c.layout.Fields[i].Mask); w > 0 {
				own = append(own, i)
				if w <= countedBits {
					v.seen[i] = make([]uint64, (1<<w+63)/64)
				}
			}
		}
		v.cells = append(v.cells, own)
		v.values = append(v.values, &counter{})
		v.without = append(v.without, &counter{})
	}
	return v
}

func (v *surveyor) add(state []uint64) {
	sum := uint64(0)
	for i, own := range v.cells {
		h := mix(uint64(i) + 1)
		for _, cell := range own {
			f := v.c.layout.Fields[cell]
			raw := f.Get(state) >> bits.TrailingZeros64(f.Mask)
			if set := v.seen[cell]; set != nil {
				set[raw/64] |= 1 << (raw % 64)
			}
			h = mix(h ^ raw)
		}
		v.hashes[i] = h
		sum += h
	}
	for i, own := range v.cells {
		if len(own) > 0 {
			v.values[i].add(v.hashes[i])
			v.without[i].add(mix(sum - v.hashes[i]))
		}
	}
}

func (v *surveyor) merge(o *surveyor) {
	for i := range v.cells {
		v.values[i].merge(o.values[i])
		v.without[i].merge(o.without[i])
	}
	for i, set := range v.seen {
		for k := range set {
			set[k] |= o.seen[i][k]
		}
	}
}

func (v *surveyor) result(distinct int64) []VarSurvey {
	var out []VarSurvey
	for i, own := range v.cells {
		r := VarSurvey{Var: v.c.model.Vars[i], Values: 1, Without: distinct}
		for _, cell := range own {
			w := bits.OnesCount64(v.c.layout.Fields[cell].Mask)
			x := CellSurvey{Name: v.c.cells[cell].what, Bits: w}
			for _, word := range v.seen[cell] {
				x.Values += int64(bits.OnesCount64(word))
			}
			r.Bits += w
			r.Cells = append(r.Cells, x)
		}
		if len(own) > 0 {
			values, exact := v.values[i].count()
			without, alsoExact := v.without[i].count()
			r.Values, r.Without = values, min(without, distinct)
			r.Estimated = !exact || !alsoExact
		}
		out = append(out, r)
	}
	return out
}
