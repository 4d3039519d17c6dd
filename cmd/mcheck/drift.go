package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/internal/safe"
	"mcheck/spec/kernel"
)

func newDrift(c *cli) *cobra.Command {
	var tree string
	var record bool
	cmd := &cobra.Command{
		Use:   "drift --kernel TREE",
		Short: "which functions that the model stands for differ in a kernel source",
		Long: `Drift reads the functions of an unpacked kernel source that the functions of the kernel model stand for, and
says which differ from those of Debian's linux-source-6.12 (` + kernel.RecordedVersion + `), by a hash that comments and blanks do not
change. The model stands for v6.15: a function that ` + kernel.RecordedVersion + ` lacks has no hash, and is named.

Exit codes: 0 nothing differs, 3 something does.`,
		Example: examples("mcheck drift --kernel ~/src/linux"),
		Args:    atMost(0, "drift takes no argument but --kernel TREE"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if tree == "" {
				return failf(exitUsage, "which kernel source? mcheck drift --kernel TREE")
			}
			table, err := kernel.Counterparts()
			if err != nil {
				return fail(exitBug, err)
			}
			ds, err := await(cmd.Context(), "reading the kernel source", nil, func() (*drifts, error) { return readDrifts(cmd.Context(), tree, table) })
			if err != nil {
				return err
			}
			if record {
				return fail(exitScenario, ds.table(c.stdout))
			}
			return ds.write(c.stdout)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	pathFlag(f, &tree, "kernel", "", "the `DIR` of an unpacked kernel source")
	f.BoolVar(&record, "record", false, "print the table of the model's functions with the hashes of this tree")
	return cmd
}

// drifts is what a kernel source has of the functions that the model stands for.
type drifts struct {
	version string // "": its Makefile does not say
	rows    []kernel.StandsFor
	hashes  []string // of each; "": the source has no such function
}

var makefileLine = regexp.MustCompile(`(?m)^(VERSION|PATCHLEVEL|SUBLEVEL) *= *([0-9]+)$`)

// readDrifts reads the files of a kernel source.
func readDrifts(ctx context.Context, tree string, table []kernel.StandsFor) (*drifts, error) {
	d := &drifts{rows: table, hashes: make([]string, len(table))}
	if text, err := os.ReadFile(filepath.Join(tree, "Makefile")); err == nil {
		var parts []string
		for _, m := range makefileLine.FindAllStringSubmatch(string(text), 3) {
			parts = append(parts, m[2])
		}
		d.version = strings.Join(parts, ".")
	}
	texts := map[string][]byte{}
	found := false
	for i, s := range table {
		if s.KernelFile == "" {
			continue
		}
		text, ok := texts[s.KernelFile]
		if !ok {
			if ctx.Err() != nil {
				return nil, exitWith(exitUndecided)
			}
			var err error
			text, err = os.ReadFile(filepath.Join(tree, filepath.FromSlash(s.KernelFile)))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fail(exitScenario, err)
			}
			texts[s.KernelFile] = text
			found = found || err == nil
		}
		d.hashes[i], _ = kernel.FunctionHash(text, s.KernelFunc)
	}
	if !found {
		return nil, failf(exitScenario, "%s is no kernel source: it has none of %s", safe.Line(tree), strings.Join(kernelFiles(table), ", "))
	}
	return d, nil
}

// kernelFiles are the files of the kernel that a table names.
func kernelFiles(table []kernel.StandsFor) []string {
	var out []string
	for _, s := range table {
		if s.KernelFile != "" && !slices.Contains(out, s.KernelFile) {
			out = append(out, s.KernelFile)
		}
	}
	return out
}

// write says what differs. Its error is the exit code.
func (d *drifts) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	same, compared := 0, 0
	var changed, gone, fresh []string
	for i, s := range d.rows {
		if s.KernelFile == "" {
			continue
		}
		row := fmt.Sprintf("  %s: %s(), for %s() of the model's %s", s.KernelFile, s.KernelFunc, s.Func, s.File)
		switch {
		case s.Hash == "" && d.hashes[i] == "":
			fresh = append(fresh, row+": not here either")
			continue
		case s.Hash == "":
			fresh = append(fresh, row)
			continue
		}
		compared++
		switch d.hashes[i] {
		case s.Hash:
			same++
		case "":
			gone = append(gone, row)
		default:
			changed = append(changed, row)
		}
	}
	for _, l := range []struct {
		title string
		rows  []string
	}{
		{"Changed:", changed},
		{"Not here:", gone},
		{"Not compared, as " + kernel.RecordedVersion + " lacks them:", fresh},
	} {
		if len(l.rows) > 0 {
			fmt.Fprintf(b, "%s\n%s\n\n", l.title, strings.Join(l.rows, "\n"))
		}
	}
	version := d.version
	if version == "" {
		version = "this source"
	}
	fmt.Fprintf(b, "%d of %d functions are the same in %s as in %s\n", same, compared, version, kernel.RecordedVersion)
	if err := b.Flush(); err != nil {
		return fail(exitScenario, err)
	}
	if same < compared {
		return exitWith(exitUndecided)
	}
	return nil
}

// table prints the table with the hashes of the source.
func (d *drifts) table(w io.Writer) error {
	b := bufio.NewWriter(w)
	for i, s := range d.rows {
		of, hash := "-", "-"
		if s.KernelFile != "" {
			of = s.KernelFile + ":" + s.KernelFunc
		}
		if d.hashes[i] != "" {
			hash = d.hashes[i]
		}
		fmt.Fprintf(b, "%s:%s %s %s\n", s.File, s.Func, of, hash)
	}
	return b.Flush()
}
