package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/pflag"

	"mcheck/explorer"
	"mcheck/states"
)

// search is the flags that bound and steer an exploration.
type search struct {
	workers, maxDepth int
	maxStates         int64
	maxTime           time.Duration
	stopAtFirst       bool
	memory            size
	store             storeFlag
	spill             string
	seed              uint64
	capacity          int64

	checkpoint, resume string
	every              time.Duration
	symmetry           onOff
}

func (s *search) flags(f *pflag.FlagSet) {
	wholeFlag(f, &s.workers, "workers", "w", 0, 0, maxWorkers, "`N` threads (0: one a processor); nothing but the time depends on it")
	f.BoolVar(&s.stopAtFirst, "stop-at-first", false, "stop after the first level with a violation")
	wholeFlag(f, &s.maxStates, "max-states", "", 0, 0, math.MaxInt64, "stop at `N` states")
	wholeFlag(f, &s.maxDepth, "max-depth", "", 0, 0, math.MaxInt32, "stop at depth `N`")
	s.timeFlag(f)
	f.Var(&s.memory, "memory", "take no more memory than this, as in 4GiB: go over to a denser store, to the disk, then stop")
	f.Var(&s.store, "store", "what holds the states: `auto|whole|index|tree|hash`; hash may miss some, and says how likely that is")
	wholeFlag(f, &s.capacity, "capacity", "", 0, 0, math.MaxInt64, "make the storage for `N` states at once, as many as an earlier run has found: faster, and it grows if there are more")
	pathFlag(f, &s.spill, "spill", "", "the `DIR` for states that --memory has no room for (default: that of temporary files)")
	wholeFlag(f, &s.seed, "seed", "", 0, 0, math.MaxUint64, "the hash of --store hash, as a run has printed it (0: drawn at random, which its bound rests on)")
}

// timeFlag adds --max-time.
func (s *search) timeFlag(f *pflag.FlagSet) {
	timeFlag(f, &s.maxTime, "max-time", 0, 0, "stop after this `TIME`, as in 90s; it counts for each run, from when its model is built")
}

// checkpointFlags are the flags of a command that explores one target.
func (s *search) checkpointFlags(f *pflag.FlagSet) {
	pathFlag(f, &s.checkpoint, "checkpoint", "", "save the search to this `DIR` now and then, and when it is stopped")
	pathFlag(f, &s.resume, "resume", "", "go on from the checkpoint in `DIR`, and save to it (or to that of --checkpoint)")
	timeFlag(f, &s.every, "checkpoint-every", time.Minute, 1, "save after this `TIME`")
}

// symmetryFlag adds --symmetry, for the commands that need no state graph.
func (s *search) symmetryFlag(f *pflag.FlagSet) {
	f.Var(&s.symmetry, "symmetry", "visit one state for all that differ only in which of several interchangeable tasks or objects is which: `on|off`")
}

// onOff is a flag that is on or off.
type onOff bool

func (o *onOff) String() string {
	if *o {
		return "on"
	}
	return "off"
}

// Type implements pflag.Value.
func (*onOff) Type() string { return "on|off" }

// Set implements pflag.Value.
func (o *onOff) Set(text string) error {
	if text != "on" && text != "off" {
		return fmt.Errorf("it is on or off")
	}
	*o = text == "on"
	return nil
}

// storeFlag is a states.Kind as a flag.
type storeFlag states.Kind

func (k *storeFlag) String() string { return states.Kind(*k).String() }

// Type implements pflag.Value.
func (*storeFlag) Type() string { return "STORE" }

// Set implements pflag.Value.
func (k *storeFlag) Set(text string) error {
	kind, err := states.ParseKind(text)
	*k = storeFlag(kind)
	return err
}

// What a process takes beside its states: the program, the model, its native code, what the garbage
// collector has not come to yet; and for each worker the memory of its native code and the states
// it is working at.
const (
	memoryOfProcess = 96 << 20
	memoryOfWorker  = 8 << 20
	leastForStates  = 8 << 20
)

// maxWorkers is more than helps anywhere; each worker has native code and memory of its own before
// the first state.
const maxWorkers = 1024

// beside returns what is to be taken off --memory before states are stored.
func (s *search) beside() int64 {
	n := s.workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return memoryOfProcess + int64(n)*memoryOfWorker
}

// check reports flags that contradict each other, and bounds that can't be kept.
func (s *search) check() error {
	if least := s.beside() + leastForStates; s.memory > 0 && int64(s.memory) < least {
		return failf(exitUsage, "--memory %s is too little: mcheck needs at least %s here", formatBytes(int64(s.memory)), formatBytes(least))
	}
	if k := states.Kind(s.store); s.capacity > 0 && (k == states.KindTree || k == states.KindHash) {
		return failf(exitUsage, "--capacity is for --store auto, whole and index; that of %s grows by small steps", k)
	}
	if s.seed != 0 && states.Kind(s.store) != states.KindHash {
		return failf(exitUsage, "--seed is for --store hash")
	}
	if s.spill != "" {
		if s.memory == 0 {
			return failf(exitUsage, "--spill is for what --memory has no room for")
		}
		if err := states.CheckSpill(s.spill); err != nil {
			return fail(exitScenario, fmt.Errorf("--spill: %w", err))
		}
	}
	if s.memory > 0 {
		// The garbage collector then works as often as it must for the process to do with what is
		// set aside for it.
		debug.SetMemoryLimit(memoryOfProcess / 2)
	}
	return nil
}

// options returns them as the explorer's.
func (s *search) options() explorer.Options {
	o := explorer.Options{Workers: s.workers, StopAtFirst: s.stopAtFirst, MaxStates: s.maxStates, MaxDepth: s.maxDepth,
		MaxTime: s.maxTime, Started: time.Now(), Store: states.Kind(s.store), Seed: s.seed, Capacity: s.capacity, Symmetry: bool(s.symmetry),
		Checkpoint: s.checkpoint, Resume: s.resume, CheckpointEvery: s.every}
	if s.checkpoint == "" {
		o.Checkpoint = s.resume
	}
	if s.memory > 0 {
		o.MaxMemory = int64(s.memory) - s.beside()
		if o.Spill = s.spill; o.Spill == "" {
			o.Spill = os.TempDir()
		}
	}
	return o
}
