package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"mcheck/explorer"
	"mcheck/internal/parallel"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/scenario"
	"mcheck/spec/sweep"
)

// sweeper explores scripts under a design, and under a second one if there is one.
type sweeper struct {
	c       *cli
	space   *sweep.Space
	scripts []sweep.Script
	base    stack
	with    *stack // nil: there is only one design
	search  explorer.Options
	dir     string
	state   sweepState
}

// stateFile is the file of a sweep in its directory.
const stateFile = "sweep.json"

// sweepState is what is known of a sweep, or of a shard of it; it is kept in [stateFile]. Nothing
// in it depends on the time or on the number of threads.
type sweepState struct {
	Program  string `json:"program"`  // a hash of mcheck
	Identity string `json:"identity"` // a hash of the designs, the alphabet and the bounds
	Base     string `json:"base"`
	Design   string `json:"design"` // "": there is only the base
	Shard    int    `json:"shard"`
	Shards   int    `json:"shards"`
	Space    int64  `json:"space"` // scripts within the bounds
	// of these, those that can reach the change; of all shards
	Scripts int `json:"scripts"`
	Done    int `json:"done"` // of this shard, in their order
	// scripts that mean nothing: a command of theirs can't stand there
	Refused int            `json:"refused"`
	Given   int            `json:"given_up"`
	Found   []sweepFinding `json:"found"`
}

// sweepFinding is a script that tells the designs apart, or violates what must hold.
type sweepFinding struct {
	Script int           `json:"script"` // its number
	Title  string        `json:"title"`
	Text   string        `json:"text"`
	About  []sweepDiffer `json:"about"`
}

// sweepDiffer is a verdict that differs in a script, or is "violated" in both.
type sweepDiffer struct {
	Property string `json:"property"`
	Words    string `json:"words"`
	Kind     string `json:"kind"` // breaks, violates, differs
	Base     string `json:"base"`
	Design   string `json:"design"`
	Steps    int    `json:"steps"`
	Exit     int    `json:"exit"`
}

// The kinds of differences, the worst first.
const (
	sweepBreaks   = "breaks"
	sweepViolates = "violates"
	sweepDiffers  = "differs"
)

// identity is a hash of all that decides what a sweep finds, but for this program.
func (w *sweeper) identity(maxStates int64) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", w.space.Identity(), maxStates)
	for _, s := range []*stack{&w.base, w.with} {
		if s != nil {
			fmt.Fprintf(h, "%q\n", s.name)
			for _, p := range s.patches {
				fmt.Fprintf(h, "%q\n", p.Text)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// mine is the number of scripts of this shard.
func (s *sweepState) mine() int { return (s.Scripts - s.Shard + s.Shards) / s.Shards }

// number is the number of this shard's i-th script.
func (s *sweepState) number(i int) int { return s.Shard - 1 + i*s.Shards }

// readState reads the state of a sweep from a directory, or from its file.
func readState(path string) (*sweepState, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, stateFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &sweepState{}
	if err := json.Unmarshal(text, s); err != nil || s.Shards < 1 || s.Shard < 1 || s.Shard > s.Shards || s.Done > s.mine() {
		return nil, fmt.Errorf("%s: this is no state of a sweep", path)
	}
	return s, nil
}

// resume takes up a sweep that the directory holds.
func (w *sweeper) resume() error {
	s, err := readState(w.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fail(exitScenario, err)
	}
	switch {
	case s.Program != w.state.Program:
		return failf(exitScenario, "%s holds a sweep by another version of mcheck: name another directory with --out", w.dir)
	case s.Identity != w.state.Identity || s.Shard != w.state.Shard || s.Shards != w.state.Shards:
		return failf(exitScenario, "%s holds another sweep (%s): name another directory with --out", w.dir, s.head())
	}
	w.state = *s
	return nil
}

// save writes the state.
func (w *sweeper) save() error {
	text, err := json.MarshalIndent(w.state, "", " ")
	if err != nil {
		return err
	}
	files, err := newFileSet(w.dir)
	if err != nil {
		return err
	}
	defer files.discard()
	if err := addText(files, stateFile, string(text)+"\n"); err != nil {
		return err
	}
	_, err = files.commit()
	return err
}

// saveEvery is the time between two saves.
const saveEvery = 5 * time.Second

// swept is what a script came to.
type swept struct {
	about   []sweepDiffer
	refused bool
	given   bool // the search met a bound
	stopped bool
	err     error
	panic   any
}

// explore explores the scripts that are left, on all processors, and takes the results in order.
func (w *sweeper) explore(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	left := w.state.mine() - w.state.Done
	results := make([]chan swept, left)
	for i := range results {
		results[i] = make(chan swept, 1)
	}
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	first := w.state.Done
	go func() {
		for i := range results {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				var r swept
				defer func() {
					if p := recover(); p != nil {
						r = swept{panic: &parallel.Panic{Value: p, Stack: debug.Stack()}}
					}
					results[i] <- r
				}()
				if r.stopped = ctx.Err() != nil; !r.stopped {
					r = w.one(ctx, w.scripts[w.state.number(first+i)])
				}
			}()
		}
	}()
	begin, saved, told := time.Now(), time.Now(), time.Now()
	for i, ch := range results {
		r := <-ch
		switch {
		case r.panic != nil:
			panic(r.panic)
		case r.err != nil:
			if w.state.Done > first { // else there is nothing to keep
				return errors.Join(r.err, w.save())
			}
			return r.err
		case r.stopped:
			w.clear()
			w.c.warn("stopped after %d of %d scripts; the same command goes on", w.state.Done, w.state.mine())
			return fail(exitScenario, w.save())
		}
		w.take(first+i, r)
		if time.Since(saved) > saveEvery {
			saved = time.Now()
			if err := w.save(); err != nil {
				return fail(exitScenario, err)
			}
		}
		w.progress(begin, &told, i+1, left)
	}
	w.clear()
	return fail(exitScenario, w.save())
}

// take adds the result of this shard's i-th script.
func (w *sweeper) take(i int, r swept) {
	w.state.Done = i + 1
	if r.refused {
		w.state.Refused++
	}
	if r.given {
		w.state.Given++
	}
	if len(r.about) > 0 {
		n := w.state.number(i)
		w.state.Found = append(w.state.Found, sweepFinding{n, w.space.Title(w.scripts[n]), string(w.space.Text(w.scripts[n])), r.about})
	}
}

// progress says how far the sweep is.
func (w *sweeper) progress(begin time.Time, told *time.Time, done, left int) {
	every := plainEvery
	if w.c.tty {
		every = time.Second
	}
	if time.Since(*told) < every {
		return
	}
	*told = time.Now()
	rate := float64(done) / time.Since(begin).Seconds()
	rest := time.Duration(float64(left-done) / rate * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("%d of %d scripts, %d of interest, %.1f scripts/s, %s left", w.state.Done, w.state.mine(), len(w.state.Found), rate, rest)
	if w.c.tty {
		fmt.Fprintf(w.c.stderr, "\r\x1b[K%s", line)
	} else {
		fmt.Fprintln(w.c.stderr, line)
	}
}

func (w *sweeper) clear() {
	if w.c.tty {
		fmt.Fprint(w.c.stderr, "\r\x1b[K")
	}
}

// one explores a script under the designs.
func (w *sweeper) one(ctx context.Context, x sweep.Script) (r swept) {
	sc, err := scenario.Parse("sweep.sh", w.space.Text(x))
	if err != nil {
		return swept{refused: true}
	}
	base := w.record(ctx, sc, w.base, &r)
	if base == nil {
		return r
	}
	if w.with == nil {
		r.about = violations(base)
		return r
	}
	with := w.record(ctx, sc, *w.with, &r)
	if with == nil {
		return r
	}
	r.about = differing(&comparedRun{sc: sc, base: base, with: with})
	return r
}

// record explores a script under a design; nil: it could not, as r then says.
func (w *sweeper) record(ctx context.Context, sc *scenario.Scenario, s stack, r *swept) *record {
	b, err := scenario.BuildPatched(sc, s.name, s.patches, scenario.Options{})
	var refused scenario.ErrorList
	var one *scenario.Error
	var c cmodel.ErrorList
	switch {
	case errors.Is(err, spec.ErrInternal):
		r.err = fail(exitBug, fmt.Errorf("%w, in\n%s", err, sc.Source()))
		return nil
	case errors.As(err, &c):
		r.err = fail(exitModel, fmt.Errorf("%s: %w", s.name, err))
		return nil
	case errors.As(err, &refused), errors.As(err, &one):
		r.refused = true
		return nil
	case err != nil:
		r.err = fail(exitScenario, fmt.Errorf("%s: %w", s.name, err))
		return nil
	}
	res, err := explorer.Explore(ctx, b.Model, w.search)
	switch {
	case err != nil:
		r.err = failf(exitUndecided, "%s: %w", s.name, err)
		return nil
	case ctx.Err() != nil && !res.Complete:
		r.stopped = true
		return nil
	}
	rec := newRecord(judge(target{sc: sc, design: s.name}, b, res))
	r.given = r.given || rec.Reason != ""
	return rec
}

// violations are the properties that must hold and are violated.
func violations(r *record) []sweepDiffer {
	var out []sweepDiffer
	for _, p := range r.Props {
		if p.Verdict == explorer.Violated && p.Class == spec.MustHold && p.Name != withinBounds {
			out = append(out, sweepDiffer{p.Name, p.Words, sweepViolates, p.Verdict.String(), p.Verdict.String(), p.Steps, violationCode(p.Kind)})
		}
	}
	return out
}

// differing are the verdicts that differ, and what must hold and is violated under both designs.
// What a bound leaves open differs from nothing.
func differing(run *comparedRun) []sweepDiffer {
	var out []sweepDiffer
	for _, d := range run.differences() {
		if d.prop.Name == withinBounds || d.onlyOld || d.was == explorer.Undecided || d.prop.Verdict == explorer.Undecided {
			continue
		}
		x := sweepDiffer{d.prop.Name, d.prop.Words, sweepDiffers, d.was.String(), d.prop.Verdict.String(), d.prop.Steps, exitOK}
		if d.onlyNew {
			x.Base = "none"
		}
		if d.breaks() {
			x.Kind, x.Exit = sweepBreaks, violationCode(d.prop.Kind)
		}
		out = append(out, x)
	}
	for _, v := range violations(run.with) {
		if old := run.base.property(v.Property); old != nil && old.Verdict == explorer.Violated {
			v.Exit = exitOK // it is not the patch that breaks it
			out = append(out, v)
		}
	}
	return out
}

// head says what the sweep is about.
func (s *sweepState) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", s.Base)
	if s.Design != "" {
		fmt.Fprintf(&b, " and %s", strings.TrimPrefix(s.Design, s.Base+"+"))
	}
	fmt.Fprintf(&b, ": %s", scripts(s.Scripts))
	if n := s.Space - int64(s.Scripts); n > 0 {
		fmt.Fprintf(&b, ", and %s that can't reach the change", thousands(n))
	}
	if s.Shards > 1 {
		fmt.Fprintf(&b, "; shard %d of %d", s.Shard, s.Shards)
	}
	return b.String()
}
