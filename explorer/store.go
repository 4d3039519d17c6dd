package explorer

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"mcheck/states"
)

// hashCapacity is how many states a search with hash compaction may visit unless Options.MaxStates
// says otherwise: the bound on the probability of a missed state holds only for a number that was
// fixed before.
const hashCapacity = 100_000_000

// openStore makes the store that the options ask for.
func (s *search) openStore() error {
	c := states.Config{
		Kind: s.opt.Store, Width: s.c.layout.Words, Last: s.c.layout.Last(), Callers: s.opt.Workers,
		Limit: s.opt.MaxMemory, Spill: s.opt.Spill, Seed: s.opt.Seed, Capacity: s.opt.Capacity,
	}
	if c.Kind == states.KindHash {
		if s.opt.MaxStates == 0 {
			s.opt.MaxStates = hashCapacity
		}
		m := &Missed{Bound: states.MissBound(s.opt.MaxStates), Seed: c.Seed, Capacity: s.opt.MaxStates}
		if m.Seed != 0 {
			m.Bound = 1
		}
		for m.Seed == 0 {
			m.Seed = rand.Uint64()
		}
		c.Seed = m.Seed
		s.res.Missed = m
	}
	var err error
	s.store, err = states.Open(c)
	return err
}

// memoryReason says why there is no memory left.
func (s *search) memoryReason() string {
	err, _ := s.fullWhy.Load().(error)
	return fmt.Sprintf("limit of %d bytes for states", s.opt.MaxMemory) + whyFull(err)
}

// whyFull is what err, nil or an ErrFull, says beyond that, in parentheses.
func whyFull(err error) string {
	if err == nil || err == states.ErrFull {
		return ""
	}
	return fmt.Sprintf(" (%s)", strings.TrimPrefix(err.Error(), states.ErrFull.Error()+": "))
}
