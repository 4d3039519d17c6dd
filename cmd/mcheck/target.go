package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"mcheck/explorer"
	"mcheck/export/text"
	"mcheck/internal/input"
	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec/cmodel"
	"mcheck/spec/scenario"
)

// target is one model to look at: a scenario under a design, or a user's own model.
type target struct {
	sc     *scenario.Scenario // nil for a model of the user's own
	design string             // as it is shown
	stack  string             // as it is named: see scenario.Patches
	model  string             // the path of that model, as it is shown
	path   string             // as it is opened
	text   []byte
}

// name is the scenario's name, or the model's path.
func (t target) name() string {
	if t.sc == nil {
		return t.model
	}
	return t.sc.Name
}

// String names the target in a sentence.
func (t target) String() string {
	if t.sc == nil {
		return t.model
	}
	return t.sc.Name + " under " + t.design
}

// selection is the flags that say which targets a command is about and how they are built.
type selection struct {
	designs []string
	model   string
	all     bool
	set     map[string]string
	raw     bool
	memory  memoryFlags

	outline bool // whether the statements of the kernel model are asked for

	files *inputFiles // that the targets are read from; set when these are known
}

func (s *selection) flags(f *pflag.FlagSet, all bool) {
	f.StringArrayVarP(&s.designs, "design", "d", nil, "check under this `DESIGN` (repeatable; stack patches with +; default: those the scenario names)")
	pathFlag(f, &s.model, "model", "", "a model of your own in `FILE.c`, with no kernel in it, instead of a scenario")
	settingsFlag(f, &s.set, "override a directive of the scenario: `KEY=VALUE`, as in --set walkers=2")
	s.memory.flags(f)
	f.BoolVar(&s.raw, "raw", false, "no fusion of steps, no reset of dead variables, no slicing: one access, one step")
	if all {
		f.BoolVar(&s.all, "all", false, "all built-in scenarios, not only the quick ones")
	}
}

// options returns how to build the targets.
func (s *selection) options() scenario.Options {
	return scenario.Options{Raw: s.raw, Set: s.memory.over(s.set), Read: s.files.read, Outline: s.outline}
}

// one returns the target of a command that takes a single scenario and design.
func (s *selection) one(ctx context.Context, c *cli, args []string, opt explorer.Options) (target, error) {
	if len(args) == 0 && s.model == "" {
		return target{}, failf(exitUsage, "which scenario? One name or path, or --model FILE.c")
	}
	ts, err := s.targets(ctx, c, args, opt)
	if err != nil {
		return target{}, err
	}
	if len(ts) > 1 {
		var names []string
		for _, t := range ts {
			names = append(names, t.design)
		}
		return target{}, failf(exitUsage, "%s names several designs: choose one with --design (%s)", ts[0].name(), strings.Join(names, ", "))
	}
	return ts[0], nil
}

// targets returns the scenarios that args name (none: all built-in ones that are quick, or all),
// each under its designs. They are read, and the designs found, so that a mistake in the last one
// shows at once. It ends when a signal, or the time limit of opt, comes.
func (s *selection) targets(ctx context.Context, c *cli, args []string, opt explorer.Options) ([]target, error) {
	s.files = newInputFiles(c.stdin)
	ctx, cancel := limit(ctx, opt)
	defer cancel()
	return await(ctx, "reading what to check", make(chan struct{}), func() ([]target, error) { return s.read(args) })
}

func (s *selection) read(args []string) ([]target, error) {
	switch {
	case s.model != "" && (len(args) > 0 || len(s.designs) > 0 || s.all):
		return nil, failf(exitUsage, "--model is a run of its own: no scenario, --design or --all beside it")
	case s.all && len(args) > 0:
		return nil, failf(exitUsage, "--all and a scenario (%s) exclude each other", args[0])
	case s.model != "":
		text, err := s.files.read(s.model)
		if err != nil {
			return nil, fail(exitScenario, err)
		}
		return []target{{model: input.Name(s.model), path: s.model, text: text}}, nil
	}
	named := len(args) > 0
	if !named {
		args = scenario.Names()
	}
	var ts []target
	for _, a := range args {
		sc, err := s.load(a)
		if err != nil {
			return nil, fail(exitScenario, err)
		}
		if !named && !s.all && !sc.Quick {
			continue
		}
		for _, d := range s.designsOf(sc) {
			if _, err := sc.Patches(d, s.files.read); err != nil {
				return nil, fail(exitScenario, err)
			}
			ts = append(ts, target{sc: sc, design: safe.Line(d), stack: d})
		}
	}
	return ts, nil
}

// load reads a scenario: a built-in one by its name, or a script by its path.
func (s *selection) load(nameOrPath string) (*scenario.Scenario, error) {
	if !scenario.IsPath(nameOrPath) {
		return scenario.Load(nameOrPath)
	}
	text, err := s.files.read(nameOrPath)
	if err != nil {
		return nil, err
	}
	return scenario.Parse(input.Name(nameOrPath), text)
}

// inputFiles reads each file once, since a pipe can be read no second time; "-" is standard input.
type inputFiles struct {
	stdin io.Reader
	mu    sync.Mutex
	texts map[string][]byte
}

func newInputFiles(stdin io.Reader) *inputFiles {
	return &inputFiles{stdin: stdin, texts: map[string][]byte{}}
}

func (f *inputFiles) read(path string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text, ok := f.texts[path]; ok {
		return text, nil
	}
	var text []byte
	var err error
	if path == input.Stdin {
		text, err = input.From(f.stdin, path, input.Limit)
	} else {
		text, err = input.Read(path)
	}
	if err == nil {
		f.texts[path] = text
	}
	return text, err
}

// designsOf returns the designs to check sc under: those asked for, else those it names, else the
// base.
func (s *selection) designsOf(sc *scenario.Scenario) []string {
	switch {
	case len(s.designs) > 0:
		return s.designs
	case len(sc.Designs) > 0:
		return sc.Designs
	}
	return []string{scenario.BaseDesign}
}

// build makes the model of t. It ends when a signal, or the time limit of opt, comes.
func (s *selection) build(ctx context.Context, t target, opt explorer.Options) (*scenario.Built, error) {
	ctx, cancel := limit(ctx, opt)
	defer cancel()
	return await(ctx, "the model of "+t.String()+" was built", nil, func() (*scenario.Built, error) {
		var b *scenario.Built
		var err error
		if t.sc == nil {
			b, err = scenario.BuildModel(t.path, t.text, s.options())
		} else {
			b, err = scenario.Build(t.sc, t.stack, s.options())
		}
		if err != nil {
			return nil, fail(buildCode(err), err)
		}
		return b, nil
	})
}

// buildCode is the exit code of an error of building a model.
func buildCode(err error) int {
	var c cmodel.ErrorList
	if errors.As(err, &c) {
		return exitModel
	}
	return exitScenario
}

// checkExpectations reports directives that name what t's model does not have.
func checkExpectations(t target, b *scenario.Built) error {
	if t.sc == nil {
		return nil
	}
	for _, e := range t.sc.Expects {
		if e.Design != t.design {
			continue
		}
		if p := findProperty(b, e.Property); p == nil {
			return failf(exitScenario, "%s: expects something of %s, which is no property of the model; there are:%s", e.Pos, e.Property, propertyList(b))
		}
	}
	return nil
}

// propertyList is the names of b's properties, on lines of their own.
func propertyList(b *scenario.Built) string {
	return "\n\t" + strings.Join(fill(strings.Join(propertyNames(b), ", "), text.Width-8), "\n\t")
}

func propertyNames(b *scenario.Built) []string {
	var names []string
	for _, p := range b.Model.Properties {
		names = append(names, p.Name)
	}
	return slices.Sorted(slices.Values(names))
}

// property returns the property of that name, or an error that lists those there are.
func requireProperty(t target, b *scenario.Built, name string) error {
	if findProperty(b, name) == nil {
		return failf(exitScenario, "%s has no property %s%s; there are:%s", t, plain(name), near.Hint(name, propertyNames(b)), propertyList(b))
	}
	return nil
}
