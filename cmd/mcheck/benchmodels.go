package main

import (
	"fmt"
	"maps"
	"slices"

	"mcheck/spec"
	"mcheck/spec/classic"
	example "mcheck/spec/examples"
	"mcheck/spec/scenario"
)

// benchModel is a model that speed is measured on.
type benchModel struct {
	name   string
	what   string // a line for readers
	kernel bool   // a kernel scenario, of several hundred bits a state
	build  func() (*spec.Model, error)
}

// benchModels are measured by default, benchQuick with --quick: those take seconds.
var (
	benchModels = []benchModel{
		lamport(3, 6),
		perCPU("4", "1"),
		kernelModel("umount-mkfs-walk", "v3.13", map[string]string{"walkers": "2", "migrate": "true"}),
		kernelModel("ltp-mkfs-walk", "defer-v4", map[string]string{"walkers": "2"}),
		kernelModel("umount-mkfs-walk", "v6.15", map[string]string{"walkers": "3"}),
	}
	benchQuick = []benchModel{
		lamport(3, 3),
		perCPU("2", "1"),
		kernelModel("umount-mkfs-walk", "v6.15", nil),
	}
)

func lamport(procs, clock int) benchModel {
	name := fmt.Sprintf("LamportMutex(%d,%d)", procs, clock)
	return benchModel{
		name: name, what: fmt.Sprintf("Lamport's distributed mutual exclusion, %d processes, clocks to %d", procs, clock),
		build: func() (*spec.Model, error) { return classic.LamportMutex(procs, clock), nil },
	}
}

func perCPU(walkers, readers string) benchModel {
	set := map[string]string{"WALKERS": walkers, "READERS": readers}
	return benchModel{
		name: "percpu.c" + settingsText(set), what: "the example spec/examples/models/percpu.c",
		build: func() (*spec.Model, error) {
			b, err := scenario.BuildModel(example.PerCPU, example.Text(example.PerCPU), scenario.Options{Set: set})
			if err != nil {
				return nil, err
			}
			return b.Model, nil
		},
	}
}

func kernelModel(name, design string, set map[string]string) benchModel {
	return benchModel{
		name: name + settingsText(set), what: "the scenario " + name + " under " + design, kernel: true,
		build: func() (*spec.Model, error) {
			sc, err := scenario.Load(name)
			if err != nil {
				return nil, err
			}
			b, err := scenario.Build(sc, design, scenario.Options{Set: set})
			if err != nil {
				return nil, err
			}
			return b.Model, nil
		},
	}
}

// settingsText is " KEY=VALUE…" for each setting, in order.
func settingsText(set map[string]string) string {
	text := ""
	for _, k := range slices.Sorted(maps.Keys(set)) {
		text += " " + k + "=" + set[k]
	}
	return text
}

// findBenchModel returns the model of that name, as in the tables.
func findBenchModel(name string) (benchModel, bool) {
	for _, m := range slices.Concat(benchModels, benchQuick) {
		if m.name == name {
			return m, true
		}
	}
	return benchModel{}, false
}

// withProperties is m with only the properties of these names.
func withProperties(m *spec.Model, names []string) *spec.Model {
	c := *m
	c.Properties = nil
	for _, p := range m.Properties {
		if slices.Contains(names, p.Name) {
			c.Properties = append(c.Properties, p)
		}
	}
	return &c
}
