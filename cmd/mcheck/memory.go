package main

import (
	"maps"
	"strconv"

	"github.com/spf13/pflag"

	"mcheck/spec/scenario"
)

// memoryFlags say which memory model the models have; they stand for settings.
type memoryFlags struct {
	model  string // "": as the scenario says
	buffer int    // 0: as the scenario says
}

func (m *memoryFlags) flags(f *pflag.FlagSet) {
	f.Var(&choice{&m.model, scenario.MemoryModels}, scenario.KeyMemoryModel,
		"`MODEL` of memory: sc, sequentially consistent (default), or tso, store buffers as on x86")
	f.Var(&whole[int]{&m.buffer, 1, scenario.MaxStoreBuffer}, scenario.KeyStoreBuffer,
		"with tso: a CPU's buffer holds `K` stores, and with more nothing is decided (default 8)")
}

// over returns the settings with those of the flags on top.
func (m *memoryFlags) over(set map[string]string) map[string]string {
	if m.model == "" && m.buffer == 0 {
		return set
	}
	set = maps.Clone(set)
	if set == nil {
		set = map[string]string{}
	}
	if m.model != "" {
		set[scenario.KeyMemoryModel] = m.model
	}
	if m.buffer != 0 {
		set[scenario.KeyStoreBuffer] = strconv.Itoa(m.buffer)
	}
	return set
}
