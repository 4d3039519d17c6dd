package explorer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"mcheck/spec"
)

// defaultGraphLimit is the largest graph, in states, that is made unless Options say otherwise.
const defaultGraphLimit = 20_000

// Explore visits every reachable state of m, which must have passed spec.Check, and decides its
// properties. An error means that the search could not be made (no memory, more initial values than
// can be tried, a graph beyond its limit); a cancelled context ends the search cleanly with
// Complete false. Eventually and LeadsTo are not decided: they are Undecided, or Vacuous.
func Explore(ctx context.Context, m *spec.Model, opt Options) (*Result, error) {
	begin := time.Now()
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.GraphLimit <= 0 {
		opt.GraphLimit = defaultGraphLimit
	}
	if opt.Started.IsZero() {
		opt.Started = begin
	}
	if opt.Symmetry && opt.Graph {
		return nil, errors.New("the state graph can't be made of one state of each orbit: symmetry is for searches without a graph")
	}
	c := compile(m, opt.Symmetry)
	if c.initError != nil {
		return &Result{
			Reason:     cantEvaluate,
			Fired:      make([]int64, len(m.Actions)),
			Properties: undecided(m),
			Error:      &ModelError{Message: c.initError.Error()},
			Workers:    opt.Workers,
			Seconds:    time.Since(begin).Seconds(),
			StateBits:  c.layout.Bits,
		}, nil
	}
	s, err := newSearch(c, opt)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.openCheckpoints(); err != nil {
		return nil, err
	}
	if opt.Begin != nil {
		opt.Begin()
	}
	stop := s.watch(ctx, begin)
	err = s.run(ctx)
	if err == nil {
		err = s.finish()
	}
	stop()
	if err != nil {
		return nil, err
	}
	if opt.Graph && s.res.Error == nil && s.abort.Load() == notAborted {
		if s.res.Graph, err = s.graph(); err != nil {
			return nil, err
		}
	}
	if opt.Tally && s.res.Complete {
		if err = s.tally(); err != nil {
			return nil, err
		}
	}
	if opt.Survey {
		if s.res.Survey, err = s.survey(ctx); err != nil {
			return nil, err
		}
	}
	s.res.Seconds = s.before + time.Since(begin).Seconds()
	return s.res, nil
}

func undecided(m *spec.Model) []PropertyResult {
	out := make([]PropertyResult, len(m.Properties))
	for i, p := range m.Properties {
		out[i].Property = p
	}
	return out
}

// errGraph is the error of a graph beyond its limit.
func errGraph(limit int) error {
	return fmt.Errorf("the state graph has more than %d states", limit)
}

var errAborted = errors.New("aborted")

// Why a search was aborted.
const (
	notAborted int32 = iota
	abortCancel
	abortTime
	abortPause // not for good: to save a checkpoint
)

// afterStop is how long a search that was stopped looks for counterexamples.
const afterStop = time.Second

// watch starts what ends the search early and what reports its progress; the function it returns
// ends both.
func (s *search) watch(ctx context.Context, begin time.Time) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	var late <-chan time.Time
	var timeout <-chan time.Time
	var timer *time.Timer
	if s.opt.MaxTime > 0 {
		timer = time.NewTimer(time.Until(s.opt.Started.Add(s.opt.MaxTime)))
		timeout = timer.C
	}
	tick := time.NewTicker(time.Second)
	save := &time.Ticker{} // never ticks
	if s.checkpoints != nil {
		save = time.NewTicker(s.opt.CheckpointEvery)
	}
	go func() {
		defer close(done)
		cancelled := ctx.Done()
		for {
			select {
			case <-cancelled:
				s.stopFor(abortCancel)
				cancelled, late = nil, time.After(afterStop)
			case <-timeout:
				s.stopFor(abortTime)
				late = time.After(afterStop)
			case <-late:
				s.late.Store(true)
			case <-save.C:
				s.pause()
			case <-tick.C:
				s.report(begin)
			case <-quit:
				s.report(begin)
				return
			}
		}
	}()
	return func() {
		tick.Stop()
		if s.checkpoints != nil {
			save.Stop()
		}
		if timer != nil {
			timer.Stop()
		}
		close(quit)
		<-done
	}
}

func (s *search) report(begin time.Time) {
	if s.opt.Progress == nil {
		return
	}
	set, log := s.store.Bytes()
	n := max(1, s.store.Len())
	s.opt.Progress(Progress{
		Depth:     int(s.depth.Load()),
		Distinct:  s.store.Len(),
		Generated: s.generated.Load(),
		Frontier:  max(0, s.end.Load()-s.cursor.Load()),
		Bytes:     set + log,
		Each:      float64(set)/float64(max(n, s.opt.Capacity)) + float64(log)/float64(n),
		Elapsed:   time.Since(begin),
		Levels:    s.levelSizes(),
	})
}
