package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/pflag"
)

// profiles is the flags that have mcheck itself profiled, for go tool pprof.
type profiles struct{ cpu, memory string }

func (p *profiles) flags(f *pflag.FlagSet) {
	pathFlag(f, &p.cpu, "cpuprofile", "", "write where mcheck spends its time to this `FILE`, for go tool pprof (native code is one line)")
	pathFlag(f, &p.memory, "memprofile", "", "write what is on mcheck's heap at the end to this `FILE` (the states are not on it)")
}

// around runs f and writes the profiles, also when f fails; its error comes first.
func (p *profiles) around(f func() error) error {
	if p.cpu != "" {
		file, err := os.Create(p.cpu)
		if err != nil {
			return failf(exitScenario, "--cpuprofile: %w", err)
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return failf(exitScenario, "--cpuprofile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	err := f()
	if p.memory == "" {
		return err
	}
	if memErr := writeHeapProfile(p.memory); memErr != nil && err == nil {
		return failf(exitScenario, "--memprofile: %w", memErr)
	}
	return err
}

func writeHeapProfile(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	runtime.GC() // what is garbage is not on the heap
	if err := pprof.WriteHeapProfile(file); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return file.Close()
}
