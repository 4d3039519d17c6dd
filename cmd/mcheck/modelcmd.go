package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"mcheck/internal/input"
	"mcheck/internal/safe"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
)

func newModel(c *cli) *cobra.Command {
	var design, patch string
	cmd := &cobra.Command{
		Use:   "model DIR",
		Short: "write the C of the kernel model to a directory, to be edited",
		Long: `Model writes the C files of a design, and the header of the modelling language, to DIR. Edit them, then

  mcheck check --model-dir DIR     compares the edited copy with the design, as for a patch
  mcheck model --patch DIR         prints the edits as a patch to the model

With another design than v6.15, name it with --base and -d there too.`,
		Example: examples("mcheck model work", "mcheck model work -d defer-v4", "mcheck model --patch work > my.patch"),
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case patch != "" && len(args) > 0:
				return failf(exitUsage, "--patch reads the directory that it names, and writes none: leave out %s", args[0])
			case patch == "" && len(args) != 1:
				return failf(exitUsage, "which directory? mcheck model DIR, or mcheck model --patch DIR")
			}
			below, err := await(cmd.Context(), "reading the design", nil, func() ([]kernel.Patch, error) {
				return designPatches(design, newInputFiles(c.stdin))
			})
			if err != nil {
				return err
			}
			files, err := kernel.Sources(below...)
			if err != nil {
				return fail(exitScenario, err)
			}
			if patch == "" {
				return c.writeModel(args[0], files)
			}
			p, err := editsOf(patch, files)
			if err != nil {
				return err
			}
			text := p.Text
			if design != scenario.BaseDesign {
				text = append([]byte(baseLine+": "+design+"\n\n"), text...)
			}
			_, err = c.stdout.Write(text)
			return fail(exitScenario, err)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	nameFlag(f, &design, "design", "d", scenario.BaseDesign, "the `DESIGN` whose model it is")
	pathFlag(f, &patch, "patch", "", "print the edits in `DIR` as a patch")
	return cmd
}

// writeModel writes the files of a model and the header to a directory that holds none of them.
func (c *cli) writeModel(dir string, model []kernel.File) error {
	model = append(slices.Clone(model), kernel.File{Name: kernel.HeaderName, Text: kernel.Header()})
	for _, f := range model {
		if _, err := os.Lstat(filepath.Join(dir, f.Name)); err == nil {
			return failf(exitScenario, "%s is there already: name another directory, as nothing is overwritten", filepath.Join(dir, f.Name))
		}
	}
	files, err := newFileSet(dir)
	if err != nil {
		return fail(exitScenario, err)
	}
	defer files.discard()
	for _, f := range model {
		if err := addText(files, f.Name, string(f.Text)); err != nil {
			return err
		}
	}
	if _, err = files.commit(); err == nil {
		_, err = fmt.Fprintf(c.stdout, "%d files in %s; 'mcheck check --model-dir %s' checks them when they are edited\n", len(model), safe.Line(dir), safe.Line(dir))
	}
	return fail(exitScenario, err)
}

// editsOf is the difference between a model and the edited copy of it in a directory.
func editsOf(dir string, model []kernel.File) (kernel.Patch, error) {
	p := kernel.Patch{Name: input.Name(dir)}
	edited := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return p, fail(exitScenario, err)
	}
	read := newInputFiles(nil)
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".c" || ext == ".h" {
			if edited[e.Name()], err = read.read(filepath.Join(dir, e.Name())); err != nil {
				return p, fail(exitScenario, err)
			}
		}
	}
	if header, ok := edited[kernel.HeaderName]; ok && !bytes.Equal(header, kernel.Header()) {
		return p, failf(exitScenario, "%s is changed: it is the language that mcheck knows, not part of the model", filepath.Join(dir, kernel.HeaderName))
	}
	delete(edited, kernel.HeaderName)
	add := func(name string, old, text []byte) {
		if !bytes.Equal(old, text) {
			p.Text = append(p.Text, diff.Diff("a/"+name, old, "b/"+name, text)...)
		}
	}
	for _, f := range model {
		text, ok := edited[f.Name]
		if !ok {
			return p, failf(exitScenario, "%s is missing: 'mcheck model DIR' writes all files of the model, and a design keeps them", filepath.Join(dir, f.Name))
		}
		add(f.Name, f.Text, text)
		delete(edited, f.Name)
	}
	var added []string
	for name := range edited {
		added = append(added, name)
	}
	for _, name := range slices.Sorted(slices.Values(added)) {
		text := diff.Diff("/dev/null", nil, "b/"+name, edited[name])
		// "diff /dev/null b/name", which git would not write
		_, text, _ = bytes.Cut(text, []byte("\n"))
		p.Text = append(p.Text, text...)
	}
	if len(p.Text) == 0 {
		return p, failf(exitScenario, "%s holds the model as it is: nothing is edited", dir)
	}
	return p, nil
}

// modelDirStacks are a design and an edited copy of its model.
func (k *checkFlags) modelDirStacks(files *inputFiles) (from, to stack, err error) {
	base := cmp.Or(k.base, scenario.BaseDesign)
	below, err := designPatches(base, files)
	if err != nil {
		return from, to, err
	}
	model, err := kernel.Sources(below...)
	if err != nil {
		return from, to, fail(exitScenario, err)
	}
	p, err := editsOf(k.modelDir, model)
	return stack{base, below}, stack{base + "+" + p.Name, append(slices.Clone(below), p)}, err
}
