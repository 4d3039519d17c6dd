package scenario

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"mcheck/internal/input"
	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec/designs"
	"mcheck/spec/kernel"
)

// BaseDesign is the design of the kernel model without a patch.
const BaseDesign = "v6.15"

// Design is a kernel version or a proposal that scenarios can be run on.
type Design struct {
	Name string
	// Subject is its first line in words, Description the whole text in front of its patch.
	Subject, Description string
}

// Designs returns the designs there are, the base first, the others by name. Names may be stacked:
// a+b is b on top of a.
func Designs() []Design {
	out := []Design{{BaseDesign, "mount teardown as in v6.15", "The kernel model without a patch."}}
	entries, err := fs.Glob(designs.FS, "*.patch")
	if err != nil {
		panic("scenario: " + err.Error()) // the pattern is well-formed
	}
	for _, e := range entries {
		p := patch(strings.TrimSuffix(e, ".patch"))
		d := Design{Name: strings.TrimSuffix(e, ".patch"), Description: p.Description()}
		d.Subject, _, _ = strings.Cut(d.Description, "\n")
		d.Subject = strings.TrimSpace(strings.TrimPrefix(d.Subject, "Subject:"))
		out = append(out, d)
	}
	return out
}

func patch(name string) kernel.Patch {
	text, err := designs.FS.ReadFile(name + ".patch")
	if err != nil {
		panic("scenario: " + err.Error()) // only called with names that are embedded
	}
	return kernel.Patch{Name: name + ".patch", Text: text}
}

// Mutants returns the deliberate mistakes, by the names that Patches knows them under.
func Mutants() []string {
	names, err := fs.Glob(designs.FS, "mutants/*.patch")
	if err != nil {
		panic("scenario: " + err.Error()) // the pattern is well-formed
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".patch")
	}
	return names
}

// Patches returns the patches of a design, in the order in which they apply; none for the base. A
// part of it that ends as the name of a patch does (.patch, .mbox) or has a / in it is the path of
// a file, which may hold several.
func Patches(design string) ([]kernel.Patch, error) { return patches(design, input.Read) }

// Patches is the function of this name for a design of the scenario: a design that is not there is
// reported at the place that names it. read returns the contents of a file by its path.
func (sc *Scenario) Patches(design string, read func(path string) ([]byte, error)) ([]kernel.Patch, error) {
	ps, err := patches(design, read)
	if i := slices.Index(sc.Designs, design); err != nil && i >= 0 {
		err = &Error{Pos: sc.designPos[i], Text: design, Msg: err.Error()}
	}
	return ps, err
}

func patches(design string, read func(path string) ([]byte, error)) ([]kernel.Patch, error) {
	var known []string
	for _, d := range Designs() {
		known = append(known, d.Name)
	}
	var out []kernel.Patch
	for _, name := range strings.Split(design, "+") {
		switch {
		case strings.HasPrefix(name, "mutants/") && !kernel.IsPatchFile(name):
			text, err := designs.FS.ReadFile(name + ".patch")
			if err != nil {
				return nil, fmt.Errorf("there is no mutant %s%s; there are %s", safe.Quote(name), near.Hint(name, Mutants()), strings.Join(Mutants(), ", "))
			}
			out = append(out, kernel.Patch{Name: name + ".patch", Text: text})
		case name == input.Stdin || kernel.IsPatchFile(name) || strings.ContainsRune(name, '/'):
			text, err := read(name)
			if err != nil {
				return nil, err
			}
			series, err := kernel.Series(input.Name(name), text)
			if err != nil {
				return nil, err
			}
			out = append(out, series...)
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("there is no design %s%s (a patch of your own is a path that ends in .patch; designs stack with +); there are:\n\t%s",
				safe.Quote(name), near.Hint(name, known), strings.Join(known, "\n\t"))
		case name != BaseDesign:
			out = append(out, patch(name))
		}
	}
	return out, nil
}
