package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mcheck/export/murphi"
	"mcheck/export/peers"
	"mcheck/export/promela"
	"mcheck/export/tla"
	"mcheck/export/tla/tlc"
	"mcheck/internal/temp"
	"mcheck/spec"
)

// benchCase is a model that is being measured.
type benchCase struct {
	benchModel
	model *spec.Model // with the INVARIANTs that hold
	// states is what every engine must find. transitions too, but where a constraint makes them
	// count differently: -1.
	states, transitions int64
	bits                int
	peak                int64 // bytes of mcheck's largest resident set
}

// sample is one run of an engine.
type sample struct {
	states, transitions int64 // transitions: -1 where the engine does not say
	seconds             float64
	cpu                 float64 // seconds of processor time, of all threads and processes
	peak                int64   // bytes of the largest resident set
	// bytes a state of the state storage; 0 where the engine does not say
	stored float64
}

// benchRunner is an engine that is ready to search a model, again and again.
type benchRunner interface {
	run(context.Context) (sample, error)
	close()
}

// benchEngine is an engine in one of its modes.
type benchEngine struct {
	name  string
	of    string // the word that --engines knows it by
	cores int
	ready func(ctx context.Context, c *benchCase) (benchRunner, error)
}

func benchEngines(jar string) []benchEngine {
	return []benchEngine{
		{"mcheck", "mcheck", 1, ours(1, false)},
		{"mcheck, ready", "mcheck", 1, ours(1, true)},
		{"mcheck", "mcheck", 2, ours(2, false)},
		{"mcheck, ready", "mcheck", 2, ours(2, true)},
		{"Spin, depth first", "spin", 1, peer(peers.Spin)},
		{"Spin, depth first, -DCOLLAPSE", "spin", 1, peer(peers.SpinCollapse)},
		{"Spin, breadth first, -DBFS_PAR", "spin", 2, peer(peers.SpinParallel)},
		{"rumur, --pack-state off", "rumur", 1, peer(peers.Rumur)},
		{"rumur, --pack-state on", "rumur", 1, peer(peers.RumurPacked)},
		{"TLC, -workers 1", "tlc", 1, tlcWith(jar, 1)},
		{"TLC, -workers 2", "tlc", 2, tlcWith(jar, 2)},
	}
}

// peer builds the checker of Spin or rumur once.
func peer(k peers.Kind) func(context.Context, *benchCase) (benchRunner, error) {
	return func(ctx context.Context, c *benchCase) (benchRunner, error) {
		print := promela.Model
		if k == peers.Rumur || k == peers.RumurPacked {
			print = murphi.Model
		}
		text, err := print(c.model)
		if err != nil {
			return nil, err
		}
		opt := peers.Options{Cores: 1, Slots: int(c.states), Depth: int(min(c.states+2, 10_000_000))}
		if c.kernel { // gcc takes five minutes and more for such a program with -O3
			opt.Optimize = "-O2"
			if k == peers.Rumur || k == peers.RumurPacked {
				opt.Optimize = "-O1"
			}
		}
		// Rumur's table grows when two thirds of its slots are in use; its states are not quite as
		// small as ours.
		opt.SetBytes = c.states * 2 * int64(c.bits/8+1)
		if k == peers.SpinParallel {
			opt.Cores = 2
			// Its table never grows, and is slow when it is nearly full. A slot takes a quarter of
			// the longest state allowed for, and of that it takes all: what is needed is found by
			// asking.
			opt.Slots += opt.Slots / 3
			if opt.VectorBytes, err = vectorBytes(ctx, text); err != nil {
				return nil, err
			}
		}
		checker, err := peers.Build(ctx, k, text, opt)
		if err != nil {
			return nil, err
		}
		return &peerRunner{checker}, nil
	}
}

// vectorBytes is a length of states to allow for that makes the slots of Spin's parallel search
// large enough.
func vectorBytes(ctx context.Context, text []byte) (int, error) {
	// A search of a few steps says how long its states are; temporaries are no part of those, but
	// of the parallel search's.
	r, err := peers.Run(ctx, peers.Spin, text, peers.Options{Optimize: "-O0", Slots: 1024, Depth: 5})
	if r.StateBytes == 0 {
		return 0, fmt.Errorf("no length of states in what Spin prints: %w", err)
	}
	return 4 * (r.StateBytes + 4*bytes.Count(text, []byte("\nTEMPORARY int ")) + 24), nil
}

type peerRunner struct{ *peers.Checker }

func (r *peerRunner) close() { _ = r.Checker.Close() }

func (r *peerRunner) run(ctx context.Context) (sample, error) {
	c, err := r.Checker.Run(ctx)
	switch {
	case err != nil:
		return sample{}, err
	case !c.Complete:
		return sample{}, fmt.Errorf("the search was not completed: %s", c.Message)
	}
	return sample{states: c.States, transitions: c.Transitions, seconds: c.Seconds, cpu: c.CPUSeconds, peak: c.PeakBytes}, nil
}

// tlcHeapMB is enough for the largest model that is measured.
const tlcHeapMB = 4000

func tlcWith(jar string, workers int) func(context.Context, *benchCase) (benchRunner, error) {
	return func(_ context.Context, c *benchCase) (benchRunner, error) {
		s, err := tla.Module(c.model)
		if err != nil {
			return nil, err
		}
		dir, err := temp.NewDir("mcheck.bench-")
		if err != nil {
			return nil, err
		}
		var names []string
		for _, p := range c.model.Properties {
			names = append(names, s.Operator(p))
		}
		files := append(s.Files(), tla.File{Name: benchConfig, Text: s.PlainConfiguration(names...)})
		if err := tlc.Write(dir.Path, files...); err != nil {
			return nil, errors.Join(err, dir.Remove())
		}
		return &tlcRunner{jar: jar, dir: dir, name: s.Name, workers: workers}, nil
	}
}

const benchConfig = "bench.cfg"

type tlcRunner struct {
	jar, name string
	dir       *temp.Dir
	workers   int
}

func (r *tlcRunner) close() { _ = r.dir.Remove() }

func (r *tlcRunner) run(ctx context.Context) (sample, error) {
	out, err := tlc.Run(ctx, r.jar, r.dir.Path, r.name, benchConfig, tlc.Options{Workers: r.workers, HeapMB: tlcHeapMB, Timeout: 24 * time.Hour})
	switch {
	case err != nil:
		return sample{}, err
	case !out.Complete:
		return sample{}, fmt.Errorf("TLC did not complete its search: %s", strings.Join(out.Errors, "; "))
	}
	return sample{states: out.Distinct, transitions: -1, seconds: out.Seconds, cpu: out.CPUSeconds, peak: out.PeakBytes}, nil
}
