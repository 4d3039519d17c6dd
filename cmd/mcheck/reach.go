package main

import (
	"bytes"
	"regexp"
	"strings"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
)

var define = regexp.MustCompile(`^[ \t]*#[ \t]*define[ \t]+([A-Za-z_][A-Za-z0-9_]*)`)

// callGraph says which functions of a kernel model may lead to which. It is made of their text: a
// function whose name another one mentions may be called by it, so it errs on the side of too many.
type callGraph struct {
	in       map[string][]string // file → the function around each line; "": none
	mentions map[string][]string // function → functions and macros
}

var cName = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

func newCallGraph(files []kernel.File) (*callGraph, error) {
	text := map[string][]byte{kernel.HeaderName: kernel.Header()}
	var sources []cmodel.Source
	g := &callGraph{in: map[string][]string{}, mentions: map[string][]string{}}
	for _, f := range files {
		text[f.Name] = f.Text
		if strings.HasSuffix(f.Name, ".c") {
			sources = append(sources, cmodel.Source{Name: f.Name, Text: f.Text})
		}
	}
	functions, err := cmodel.Functions(sources, func(name string) ([]byte, error) { return text[name], nil })
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		g.in[f.Name] = make([]string, bytes.Count(f.Text, []byte("\n"))+2)
	}
	for name, at := range functions {
		g.mentions[name] = nil
		lines := strings.Split(string(text[at.File]), "\n")
		for i := at.Line - 1; i < len(lines); i++ {
			g.in[at.File][i] = name
			if strings.HasPrefix(lines[i], "}") {
				break
			}
		}
	}
	for _, f := range files {
		// A macro is a function too; what else stands outside of functions are declarations.
		macro := ""
		for i, l := range strings.Split(string(f.Text), "\n") {
			if m := define.FindStringSubmatch(l); m != nil {
				macro = m[1]
				functions[macro] = spec.Pos{}
				g.mentions[macro] = nil
			}
			if macro != "" {
				g.in[f.Name][i] = macro
			}
			if !strings.HasSuffix(strings.TrimSpace(l), "\\") {
				macro = ""
			}
		}
	}
	for _, f := range files {
		for i, l := range strings.Split(string(kernel.Code(f.Text)), "\n") {
			if g.in[f.Name][i] == "" {
				continue
			}
			from := g.in[f.Name][i]
			for _, w := range cName.FindAllString(l, -1) {
				if _, ok := functions[w]; ok && w != from {
					g.mentions[from] = append(g.mentions[from], w)
				}
			}
		}
	}
	return g, nil
}

// isSystem says that scenarios call a function, rather than the machine or other functions.
func isSystem(name string) bool { return strings.HasPrefix(name, "sys_") }

// closure is what roots may lead to, with themselves.
func (g *callGraph) closure(roots ...string) map[string]bool {
	seen := map[string]bool{}
	for len(roots) > 0 {
		f := roots[0]
		roots = roots[1:]
		if !seen[f] {
			seen[f] = true
			roots = append(roots, g.mentions[f]...)
		}
	}
	return seen
}

// always is what may run in every scenario: what no other function mentions and no script calls
// (threads, the end of a task, properties), and what that leads to.
func (g *callGraph) always() map[string]bool {
	mentioned := map[string]bool{}
	for _, all := range g.mentions {
		for _, f := range all {
			mentioned[f] = true
		}
	}
	roots := []string{""}
	for f := range g.mentions {
		if !mentioned[f] && !isSystem(f) {
			roots = append(roots, f)
		}
	}
	return g.closure(roots...)
}

// reaching says of a function that scripts call whether it may lead to a change between two models;
// nil: every script may, as the change is in what always runs or in no function.
func (c *change) reaching(from, to []kernel.File) (func(system string) bool, error) {
	var near []map[string]bool // functions that are changed, and their graph
	var graphs []*callGraph
	for _, m := range []struct {
		files []kernel.File
		lines map[string][]int
	}{{from, c.removed}, {to, c.added}} {
		g, err := newCallGraph(m.files)
		if err != nil {
			return nil, err
		}
		changed, always := map[string]bool{}, g.always()
		for file, lines := range m.lines {
			for _, l := range lines {
				f := ""
				if in := g.in[file]; l-1 < len(in) {
					f = in[l-1]
				}
				if always[f] {
					return nil, nil
				}
				changed[f] = true
			}
		}
		near, graphs = append(near, changed), append(graphs, g)
	}
	return func(system string) bool {
		for i, g := range graphs {
			for f := range g.closure(system) {
				if near[i][f] {
					return true
				}
			}
		}
		return false
	}, nil
}
