// Package mutate makes deliberate mistakes in the kernel model, one at a time: a statement is left
// out, two are swapped, a test is decided without looking, a constant is another. Each is a patch.
// A judge that none of them can fool is worth something: see docs/mutants.md.
//
// The package works on the text, which is in the kernel's style: a statement a line. It imports
// spec/kernel only.
package mutate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mcheck/spec/kernel"
)

// Mutant is one mistake.
type Mutant struct {
	// Name is "file.c:function:mistake:statement", and does not depend on line numbers; "#2" at its
	// end tells the second of several that would have the same name.
	Name string
	// File, and the lines of the model that it changes, from 1.
	File        string
	First, Last int

	with []string // what stands there instead
	old  []string // the whole file
}

// The functions that are the model's own machinery or its judges, and no kernel code: a mistake
// there says nothing about the kernel's.
var machinery = []string{"as_s5", "run_if_due", "worker_ready", "expired", "grace_period_over", "i_callback_ready",
	"i_callback", "barrier_ready", "INIT", "delayed_work_timer_fn", "rcu_work_rcufn", "setup_done", "job_start",
	"job_enter", "job_exit", "job_wait", "call_rcu_free_inode", "find_super", "delayed_free_vfsmnt",
	"destroy_super", "free_fs_info", "walk_from", "pool_of", "next_work", "next_scheduled", "kworker"}

// Generate returns the mutants of some files of the model, in the order of the text.
func Generate(files []kernel.File, names ...string) []Mutant {
	var out []Mutant
	used := map[string]int{}
	for _, name := range names {
		for _, f := range files {
			if f.Name != name {
				continue
			}
			for _, m := range ofFile(f) {
				used[m.Name]++
				if n := used[m.Name]; n > 1 {
					m.Name += "#" + strconv.Itoa(n)
				}
				out = append(out, m)
			}
		}
	}
	return out
}

// Patch returns the mutant as a patch of the model.
func (m *Mutant) Patch() kernel.Patch {
	const around = 3
	from, to := max(m.First-1-around, 0), min(m.Last+around, len(m.old))
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n--- a/%s\n+++ b/%s\n", m.Name, m.File, m.File)
	fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", from+1, to-from, from+1, to-from-(m.Last-m.First+1)+len(m.with))
	for i := from; i < m.First-1; i++ {
		b.WriteString(" " + m.old[i] + "\n")
	}
	for i := m.First - 1; i < m.Last; i++ {
		b.WriteString("-" + m.old[i] + "\n")
	}
	for _, l := range m.with {
		b.WriteString("+" + l + "\n")
	}
	for i := m.Last; i < to; i++ {
		b.WriteString(" " + m.old[i] + "\n")
	}
	return kernel.Patch{Name: m.Name, Text: []byte(b.String())}
}

// unit is a statement, or the head of one that has a body.
type unit struct {
	first, last int    // indices of its lines
	indent      string // before it
	text        string // its lines on one, without blanks around
	head        bool   // if, while, do-while: a condition
	atomic      bool   // nobody sees its order
	exits       bool   // a test whose next line leaves the function
	ghost       int    // the last of the lines of ghost code that belong to it
}

// ofFile returns the mutants of a file.
func ofFile(f kernel.File) []Mutant {
	lines := strings.Split(strings.TrimSuffix(string(f.Text), "\n"), "\n")
	var out []Mutant
	function := ""
	for i := 0; i < len(lines); i++ {
		if name := functionName(lines[i]); name != "" {
			function = name
		}
		if lines[i] != "{" {
			continue
		}
		end := i
		for end < len(lines) && lines[end] != "}" {
			end++
		}
		if !slices.Contains(machinery, function) {
			g := generator{file: f.Name, function: function, lines: lines}
			g.units = units(lines, i+1, end)
			g.generate()
			out = append(out, g.out...)
		}
		i = end
	}
	return out
}

var (
	functionRE = regexp.MustCompile(`^[A-Za-z_][\w \t*]*?(\w+)\(`)
	machineRE  = regexp.MustCompile(`^(?:MACHINE|WORKER|SOFTIRQ|TASK)\((\w+)`)
)

// functionName is what a line begins the definition of, or "".
func functionName(line string) string {
	if m := machineRE.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	if line == "INIT" {
		return line
	}
	if m := functionRE.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

var headRE = regexp.MustCompile(`^(?:\} )?(?:else )?(?:if|while) \(`)

// units returns the statements in lines[from:to], which are the body of a function. What is between
// two of them, a brace, an else, a directive, is a unit without text.
func units(lines []string, from, to int) []unit {
	var out []unit
	atomicEnd := -1 // of the atomic block that line i is in
	for i := from; i < to; i++ {
		t := strings.TrimSpace(lines[i])
		if strings.HasSuffix(t, "atomic {") {
			atomicEnd = endOf(lines, i)
		}
		switch {
		case t == "" || strings.HasPrefix(t, "//"):
		case strings.HasPrefix(t, "/*"):
			for !strings.Contains(lines[i], "*/") {
				i++
			}
		case strings.HasPrefix(t, "ghost ") || strings.HasPrefix(t, "atomic ghost "):
			first := i
			i = endOf(lines, i)
			if n := len(out) - 1; n >= 0 && out[n].text != "" && !out[n].head && out[n].ghost == first-1 {
				out[n].ghost = i
			}
		case headRE.MatchString(t):
			u := unit{first: i, indent: indent(lines[i]), head: true}
			for strings.Count(joined(lines, u.first, i), "(") > strings.Count(joined(lines, u.first, i), ")") {
				i++
			}
			u.last, u.ghost, u.text = i, i, joined(lines, u.first, i)
			u.exits = i+1 < to && strings.HasPrefix(strings.TrimSpace(lines[i+1]), "return")
			out = append(out, u)
		case strings.HasPrefix(t, "#"), strings.HasSuffix(t, "{"), strings.HasSuffix(t, ":"),
			strings.HasPrefix(t, "}"), t == "else", strings.HasPrefix(t, "for "), strings.HasPrefix(t, "for_each"):
			out = append(out, unit{first: i, last: i, ghost: i})
		default:
			u := unit{first: i, indent: indent(lines[i]), atomic: i < atomicEnd}
			for !strings.Contains(lines[i], ";") && i+1 < to {
				i++
			}
			u.last, u.ghost, u.text = i, i, joined(lines, u.first, i)
			out = append(out, u)
		}
	}
	return out
}

// endOf is the last line of the ghost code that begins at line i.
func endOf(lines []string, i int) int {
	depth := 0
	for ; i < len(lines); i++ {
		depth += strings.Count(lines[i], "{") - strings.Count(lines[i], "}")
		if depth == 0 && strings.ContainsAny(lines[i], ";}") {
			break
		}
	}
	return i
}

var commentRE = regexp.MustCompile(`\s*/\*.*?\*/`)

func joined(lines []string, from, to int) string {
	text := strings.Join(lines[from:to+1], " ")
	return strings.Join(strings.Fields(commentRE.ReplaceAllString(text, "")), " ")
}

func indent(line string) string { return line[:len(line)-len(strings.TrimLeft(line, "\t "))] }
