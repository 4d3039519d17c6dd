package explorer

import "mcheck/spec"

// finish decides the properties after the exploration has ended, and finds the traces.
func (s *search) finish() error {
	r := s.res
	for _, n := range r.Levels {
		r.Distinct += n
	}
	r.Depth = len(r.Levels)
	r.Generated = r.Initial + r.Transitions
	if r.Complete {
		if err := s.canRest(); err != nil {
			return err
		}
	}
	set, log := s.store.Bytes()
	if _, r.Bytes = s.store.Budget().Used(); r.Distinct > 0 {
		r.BytesPerState = float64(set+log) / float64(r.Distinct)
	}
	r.Store, r.Spilled = s.store.Kind(), s.store.Spilled()
	s.store.Forget()
	for i := range r.Properties {
		s.decide(i)
	}
	if s.initErr != nil {
		r.Error = s.initErr
		return nil
	}
	return s.traces()
}

// decide gives the i-th property its verdict.
func (s *search) decide(i int) {
	p := &s.res.Properties[i]
	hit := s.goals[i].level > 0
	kind := p.Property.Kind
	switch {
	case hit && kind == spec.Cover:
		p.Verdict = Holds
	case hit:
		p.Verdict = Violated
	case !s.res.Complete:
		p.Verdict = Undecided
	case kind == spec.Deadlock: // has no situation: where nothing is ever at rest there is none
		p.Verdict = Holds
	case p.Situations == 0:
		p.Verdict = Vacuous
	case p.Reason != "":
		p.Verdict = Undecided
	case kind == spec.Eventually, kind == spec.LeadsTo:
		p.Reason = "liveness is not decided"
	case kind == spec.Cover:
		p.Verdict = Violated
	default:
		p.Verdict = Holds
	}
}
