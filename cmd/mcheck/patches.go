package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"github.com/rogpeppe/go-internal/diff"

	"mcheck/internal/input"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
)

// isPatch reports whether an argument of check names patches: a file by its ending, a directory,
// or - for standard input.
func isPatch(arg string) bool {
	if arg == "-" || kernel.IsPatchFile(arg) {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}

// series is patches that are looked at as one change.
type series struct {
	name    string // as a sentence shows it
	patches []kernel.Patch
	base    string // the design that a patch says it is on top of; "" if none does
	commit  string // the commit of the kernel that a patch says it is on top of; "" if none does
}

// baseLine is how a patch says which design it is on top of.
const baseLine = "mcheck-base"

// readSeries reads the patches that args name, in that order; those of a directory by name.
func readSeries(args []string, files *inputFiles) (*series, error) {
	s := &series{}
	var names []string
	add := func(name string, text []byte) error {
		ps, err := kernel.Series(input.Name(name), text)
		if err != nil {
			return fail(exitScenario, err)
		}
		s.patches = append(s.patches, ps...)
		return nil
	}
	for _, a := range args {
		if a == "-" {
			text, err := files.read(a)
			if err != nil {
				return nil, fail(exitScenario, err)
			}
			if err := add("standard input", text); err != nil {
				return nil, err
			}
			names = append(names, "the patch from standard input")
			continue
		}
		paths := []string{a}
		if info, err := os.Stat(a); err == nil && info.IsDir() {
			paths = nil
			entries, err := os.ReadDir(a)
			if err != nil {
				return nil, fail(exitScenario, err)
			}
			for _, e := range entries {
				if !e.IsDir() && kernel.IsPatchFile(e.Name()) {
					paths = append(paths, filepath.Join(a, e.Name()))
				}
			}
			if len(paths) == 0 {
				return nil, failf(exitScenario, "%s: no patch is in this directory; the names of patches end in %s", a, strings.Join(kernel.PatchEndings, ", "))
			}
		}
		for _, f := range paths {
			text, err := files.read(f)
			if err != nil {
				return nil, fail(exitScenario, err)
			}
			if err := add(f, text); err != nil {
				return nil, err
			}
			names = append(names, input.Name(f))
		}
	}
	s.name = strings.Join(names, "+")
	for _, p := range s.patches {
		if err := kernelTree(p); err != nil {
			return nil, err
		}
		if c := p.Trailer("base-commit"); c != "" && s.commit == "" {
			s.commit = c
		}
		b := p.Trailer(baseLine)
		if b != "" && s.base != "" && b != s.base {
			return nil, failf(exitScenario, "%s: %s: %s, but a patch before it says %s; name one with --base", p.Name, baseLine, b, s.base)
		}
		if b != "" {
			s.base = b
		}
	}
	return s, nil
}

// change is the difference between two kernel models, by lines that are more than blanks and
// comments.
type change struct {
	added, removed map[string][]int // file → lines, from 1: of the second model, of the first
}

// changeBetween compares the models of two stacks of patches.
func changeBetween(from, to []kernel.Patch) (*change, error) {
	a, err := kernel.Sources(from...)
	if err != nil {
		return nil, fail(exitScenario, err)
	}
	b, err := kernel.Sources(to...)
	if err != nil {
		return nil, fail(exitScenario, err)
	}
	texts := map[string][2][]byte{}
	for _, f := range a {
		texts[f.Name] = [2][]byte{f.Text, nil}
	}
	for _, f := range b {
		texts[f.Name] = [2][]byte{texts[f.Name][0], f.Text}
	}
	c := &change{map[string][]int{}, map[string][]int{}}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		t := texts[name]
		if err := c.file(name, t[0], t[1]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// file adds the difference between two versions of a file.
func (c *change) file(name string, old, new []byte) error {
	old, new = kernel.Code(old), kernel.Code(new)
	if bytes.Equal(old, new) {
		return nil
	}
	files, _, err := gitdiff.Parse(bytes.NewReader(diff.Diff("a/"+name, old, "b/"+name, new)))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("the difference of two versions of %s can't be read back: %v", name, err)
	}
	for _, h := range files[0].TextFragments {
		before, after := int(h.OldPosition), int(h.NewPosition)
		for _, l := range h.Lines {
			blank := strings.TrimSpace(l.Line) == ""
			switch l.Op {
			case gitdiff.OpDelete:
				if !blank {
					c.removed[name] = append(c.removed[name], before)
				}
				before++
			case gitdiff.OpAdd:
				if !blank {
					c.added[name] = append(c.added[name], after)
				}
				after++
			default:
				before, after = before+1, after+1
			}
		}
	}
	return nil
}

// adds reports whether one of these lines of the second model is changed.
func (c *change) adds(file string, from, to int) bool {
	return slices.ContainsFunc(c.added[file], func(l int) bool { return l >= from && l <= to })
}

// empty reports whether the two models are the same but for blanks and comments.
func (c *change) empty() bool { return len(c.added)+len(c.removed) == 0 }

// designPatches are the patches of a design that an option names.
func designPatches(design string, files *inputFiles) ([]kernel.Patch, error) {
	ps, err := (&scenario.Scenario{}).Patches(design, files.read)
	return ps, fail(exitScenario, err)
}
