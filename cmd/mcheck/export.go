package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/dot"
	"mcheck/export/tla"
	"mcheck/internal/safe"
	"mcheck/spec/scenario"
)

// exportFlags is what export is asked to do.
type exportFlags struct {
	sel    selection
	search search
	opt    explorer.Options // of search, as the command began
	dir    string
	states int // the largest state graph to draw
}

func newExport(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export tla|dot|c|promela|murphi",
		Short: "write a model, its counterexamples or its state graph as files",
		Example: examples("mcheck export tla ltp-mkfs --design defer-v4 -o out",
			"mcheck export dot ltp-mkfs --design defer-v4 -o out && dot -Tsvg -O out/*.dot",
			"mcheck export c ltp-mkfs --design defer-v4 -o out",
			"mcheck export promela ltp-mkfs --design defer-v4 -o out"),
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return failf(exitUsage, "export what? tla, dot, c, promela or murphi")
		},
	}
	cmd.AddCommand(
		newExportKind(c, "tla", "write the model as a TLA+ module with its configuration, and a module for each counterexample", (*exportFlags).tla),
		newExportKind(c, "dot", "draw the counterexamples and, where it is small, the state graph", (*exportFlags).dot),
		newExportKind(c, "c", "write the scenario in the modelling C", (*exportFlags).c),
		newExportPromela(c),
		newExportMurphi(c),
	)
	return cmd
}

// newExportKind returns the command of one kind of export. write adds its files to the set.
func newExportKind(c *cli, kind, short string, write func(*exportFlags, context.Context, *cli, target, *scenario.Built, *fileSet) error) *cobra.Command {
	k := &exportFlags{}
	cmd := &cobra.Command{
		Use:   kind + " [SCENARIO] -o DIR",
		Short: short,
		Args:  atMost(1, "scenario"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k.dir == "" {
				return failf(exitUsage, "where to? -o DIR names the directory")
			}
			if err := k.search.check(); err != nil {
				return err
			}
			k.opt = k.search.options()
			t, err := k.sel.one(cmd.Context(), c, args, k.opt)
			if err != nil {
				return err
			}
			b, err := k.sel.build(cmd.Context(), t, k.opt)
			if err != nil {
				return err
			}
			files, err := newFileSet(k.dir)
			if err != nil {
				return fail(exitScenario, err)
			}
			defer files.discard()
			if err := write(k, cmd.Context(), c, t, b, files); err != nil {
				return err
			}
			names, err := files.commit()
			for _, n := range names {
				fmt.Fprintln(c.stdout, safe.Line(n))
			}
			return fail(exitScenario, err)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	pathFlag(f, &k.dir, "output", "o", "the `DIR`ectory to write to; made if it is not there")
	k.sel.flags(f, false)
	if kind == "tla" || kind == "dot" { // the others need no search
		k.search.flags(f)
	} else {
		k.search.timeFlag(f)
	}
	if kind == "tla" {
		k.search.symmetryFlag(f)
	}
	if kind == "dot" {
		wholeFlag(f, &k.states, "graph-states", "", dot.MaxStates, 0, math.MaxInt32, "draw the state graph if it has at most `N` states (0: never)")
	}
	return cmd
}

// explore runs the search that an export of counterexamples needs; it must not be stopped early.
func (k *exportFlags) explore(ctx context.Context, c *cli, t target, b *scenario.Built, opt explorer.Options) (*outcome, error) {
	o, err := c.run(ctx, t, b, opt)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, failf(exitUndecided, "stopped; nothing is written")
	}
	if !o.result.Complete {
		c.warn("the search is not complete (%s): what it has not found is not exported", o.result.Reason)
	}
	return o, nil
}

// printed returns what print makes of a model: a large one takes a while, and a signal or the time
// limit need not wait for it.
func printed[T any](ctx context.Context, k *exportFlags, t target, print func() (T, error)) (T, error) {
	ctx, cancel := limit(ctx, k.opt)
	defer cancel()
	return await(ctx, t.String()+" was printed", nil, func() (T, error) {
		x, err := print()
		if err != nil {
			return x, failf(exitModel, "%s: %w", t, err)
		}
		return x, nil
	})
}

func addText(files *fileSet, name, text string) error {
	return fail(exitScenario, files.add(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}))
}

func (k *exportFlags) tla(ctx context.Context, c *cli, t target, b *scenario.Built, files *fileSet) error {
	o, err := k.explore(ctx, c, t, b, k.opt)
	if err != nil {
		return err
	}
	module, err := printed(ctx, k, t, func() (*tla.Spec, error) { return tla.Module(b.Model, o.result.Symmetry...) })
	if err != nil {
		return err
	}
	for _, f := range module.Files() {
		if err := addText(files, f.Name, f.Text); err != nil {
			return err
		}
	}
	for _, p := range o.props {
		if len(p.Trace) == 0 || !tla.IsInvariant(p.Property.Kind) {
			continue
		}
		trace, err := module.Trace(p.Property, p.Trace)
		if err != nil {
			return failf(exitModel, "%s: the trace of %s: %w", t, p.Property.Name, err)
		}
		for _, f := range trace.Files() {
			if err := addText(files, f.Name, f.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *exportFlags) dot(ctx context.Context, c *cli, t target, b *scenario.Built, files *fileSet) error {
	o, err := k.explore(ctx, c, t, b, k.opt)
	if err != nil {
		return err
	}
	base := fileName(t)
	for _, p := range o.props {
		if len(p.Trace) == 0 {
			continue
		}
		if err := fail(exitScenario, files.add(base+"-"+p.Property.Name+".dot", func(w io.Writer) error {
			return dot.Counterexample(w, t.String(), b.Model, p.Property, p.Trace)
		})); err != nil {
			return err
		}
	}
	return k.stateGraph(ctx, c, t, b, o, files)
}

// stateGraph adds the state graph of t, whose search o was, or says why not.
func (k *exportFlags) stateGraph(ctx context.Context, c *cli, t target, b *scenario.Built, o *outcome, files *fileSet) error {
	n := o.result.Distinct
	switch {
	case !o.result.Complete || o.result.Error != nil:
		return nil
	case n > int64(k.states):
		if k.states > 0 {
			c.warn("no state graph: it has %s states, more than the %s that can still be read; --graph-states %d draws it", thousands(n), thousands(int64(k.states)), n)
		}
		return nil
	}
	// A search of its own, now that the graph is known to be small enough to keep.
	opt := k.opt
	opt.Graph, opt.GraphLimit = true, int(n)
	g, err := k.explore(ctx, c, t, b, opt)
	if err != nil {
		return err
	}
	if g.result.Graph == nil {
		return failf(exitBug, "%s: the explorer kept no graph of its %d states", t, n)
	}
	err = files.add(fileName(t)+"-graph.dot", func(w io.Writer) error {
		return dot.StateGraph(w, t.String(), b.Model, g.result.Graph, g.props, k.states)
	})
	var large *dot.TooLargeError
	if errors.As(err, &large) {
		return fail(exitUndecided, err)
	}
	return fail(exitScenario, err)
}

func (k *exportFlags) c(_ context.Context, _ *cli, t target, b *scenario.Built, files *fileSet) error {
	text := b.C
	if t.sc == nil {
		text = string(t.text)
	}
	return addText(files, fileName(t)+".c", text)
}

// fileName is the name of t in the names of files.
func fileName(t target) string {
	name := t.name()
	if t.sc != nil {
		name += "-" + t.design
	}
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".c")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.+", r):
			return r
		}
		return '_'
	}, name)
}
