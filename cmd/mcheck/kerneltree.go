package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"

	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
)

// treeDirs are the directories of a kernel tree that a patch to mount teardown touches.
var treeDirs = []string{"fs/", "include/", "kernel/", "mm/", "block/", "drivers/", "io_uring/", "security/", "lib/", "Documentation/", "tools/"}

// functionName is the function in the words behind the second @@ of a hunk: the last name before a
// parenthesis.
var functionName = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)\s*\([^(]*$`)

// kernelTree refuses a patch to the kernel's own source: it says where the functions that it
// touches stand in the model, and how to go on.
func kernelTree(p kernel.Patch) error {
	diffs, _, err := gitdiff.Parse(strings.NewReader(string(p.Text)))
	if err != nil {
		return nil // kernel.Apply says what is wrong
	}
	var files, lines []string
	for _, d := range diffs {
		name := d.NewName
		if name == "" {
			name = d.OldName
		}
		if !slices.ContainsFunc(treeDirs, func(dir string) bool { return strings.HasPrefix(name, dir) }) {
			continue
		}
		files = append(files, name)
		for _, h := range d.TextFragments {
			if m := functionName.FindStringSubmatch(h.Comment); m != nil {
				if l := name + ": " + m[1] + "()"; !slices.Contains(lines, l) {
					lines = append(lines, l)
				}
			}
		}
	}
	if len(files) == 0 {
		return nil
	}
	in, err := modelFunctions()
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: this is a patch to the kernel's own source (%s); mcheck checks a model of it", p.Name, strings.Join(files, ", "))
	if len(lines) > 0 {
		b.WriteString(".\nIts hunks stand in, or behind:")
	}
	for _, l := range lines {
		_, fn, _ := strings.Cut(l, ": ")
		at, ok := in[strings.TrimSuffix(fn, "()")]
		if !ok {
			at = "the model has no function of that name"
		}
		fmt.Fprintf(&b, "\n\t%s: %s", l, at)
	}
	b.WriteString("\nTo go on: 'mcheck model DIR' writes the C of the model; make the same change there; 'mcheck check --model-dir DIR' checks it")
	return failf(exitScenario, "%s", b.String())
}

// modelFunctions are the functions of the kernel model, and where they stand.
func modelFunctions() (map[string]string, error) {
	var sources []cmodel.Source
	text := map[string][]byte{kernel.HeaderName: kernel.Header()}
	for _, f := range kernel.Base() {
		text[f.Name] = f.Text
		if strings.HasSuffix(f.Name, ".c") {
			sources = append(sources, cmodel.Source{Name: f.Name, Text: f.Text})
		}
	}
	at, err := cmodel.Functions(sources, func(name string) ([]byte, error) { return text[name], nil })
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, pos := range at {
		out[name] = fmt.Sprintf("%s:%d of the model", pos.File, pos.Line)
	}
	return out, nil
}
