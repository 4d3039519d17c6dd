package randc_test

import (
	"strings"
	"time"

	"mcheck/spec/randc"
)

// reduce leaves lines of a program out, and parts of its lines, as long as bad says that it is
// still bad.
func reduce(m randc.Model, limit time.Duration, bad func(randc.Model) bool) randc.Model {
	lines := strings.Split(m.Text, "\n")
	end := time.Now().Add(limit)
	tried := map[string]bool{}
	try := func(ls []string) bool {
		key := strings.Join(ls, "\n")
		if tried[key] || time.Now().After(end) {
			return false
		}
		tried[key] = true
		c := m
		c.Text = strings.Join(ls, "\n")
		if bad(c) {
			lines = ls
			return true
		}
		return false
	}
	for progress := true; progress; {
		progress = false
		// Blocks first, from large to small: from a line to the one that closes what it opens.
		for size := len(lines) / 2; size >= 1; size /= 2 {
			for i := 2; i+size <= len(lines); {
				if balanced(lines[i : i+size]) {
					if try(append(append([]string{}, lines[:i]...), lines[i+size:]...)) {
						progress = true
						continue
					}
				}
				i += (size + 1) / 2
			}
		}
		for i := 2; i < len(lines); i++ {
			if end := closing(lines, i); end > i {
				// the block as a whole, and what is in it without what holds it
				if try(append(append([]string{}, lines[:i]...), lines[end+1:]...)) || try(append(append(append([]string{}, lines[:i]...), lines[i+1:end]...), lines[end+1:]...)) {
					progress = true
				}
			}
		}
		for i := 2; i < len(lines); i++ {
			for _, simpler := range simplify(lines[i]) {
				c := append([]string{}, lines...)
				c[i] = simpler
				if try(c) {
					progress = true
					break
				}
			}
		}
	}
	m.Text = strings.Join(lines, "\n")
	return m
}

func balanced(ls []string) bool {
	d := 0
	for _, l := range ls {
		for _, r := range l {
			switch r {
			case '{':
				d++
			case '}':
				if d--; d < 0 {
					return false
				}
			}
		}
	}
	return d == 0
}

// closing returns the line that closes the block that line i opens, or -1.
func closing(lines []string, i int) int {
	d := 0
	for j := i; j < len(lines); j++ {
		d += strings.Count(lines[j], "{") - strings.Count(lines[j], "}")
		if d <= 0 {
			if j > i {
				return j
			}
			return -1
		}
	}
	return -1
}

// simplify returns simpler forms of a line.
func simplify(l string) []string {
	var out []string
	// A part in parentheses is one side of its operator, 0, or true.
	for i := range l {
		if l[i] != '(' {
			continue
		}
		d, j := 0, i
		for ; j < len(l); j++ {
			if l[j] == '(' {
				d++
			}
			if l[j] == ')' {
				if d--; d == 0 {
					break
				}
			}
		}
		if j == len(l) {
			continue
		}
		inner := l[i+1 : j]
		if i > 0 && (l[i-1] == '_' || l[i-1] >= '0' && l[i-1] <= '9' || l[i-1] >= 'a' && l[i-1] <= 'z' || l[i-1] >= 'A' && l[i-1] <= 'Z') {
			continue
		}
		for _, op := range []string{" && ", " || ", " + ", " - ", " == ", " != ", " ? ", " : ", " * "} {
			if a, b, ok := strings.Cut(inner, op); ok {
				out = append(out, l[:i]+a+l[j+1:], l[:i]+b+l[j+1:])
			}
		}
		out = append(out, l[:i]+"1"+l[j+1:], l[:i]+"0"+l[j+1:], l[:i]+inner+l[j+1:])
	}
	for _, w := range []string{"GHOST ", "PRIVATE ", "SET_ONCE ", "optional ", "idle ", "hangs ", "atomic ", "else "} {
		if strings.Contains(l, w) {
			out = append(out, strings.Replace(l, w, "", 1))
		}
	}
	for _, op := range []string{" = ", "return ", " % "} {
		if i := strings.Index(l, op); i >= 0 && strings.HasSuffix(l, ";") {
			switch op {
			case " % ":
				out = append(out, l[:i]+";")
			default:
				for _, v := range []string{"0", "1", "true"} {
					if l[i+len(op):] != v+";" && !(len(l[i+len(op):]) == 2 && v == "1") {
						out = append(out, l[:i]+op+v+";")
					}
				}
			}
		}
	}
	for _, w := range []string{", 2)", "[2]"} {
		if strings.Contains(l, w) {
			out = append(out, strings.Replace(l, w, strings.Replace(w, "2", "1", 1), 1))
		}
	}
	return out
}
