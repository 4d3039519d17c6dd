package story

import (
	"regexp"
	"slices"
	"strings"

	"mcheck/spec"
)

var (
	// marker is a word before a statement that says how the model takes it, and nothing of what it
	// does.
	marker = regexp.MustCompile(`^(atomic|ghost|optional|idle|hangs|else|do)\b\s*`)
	// ghostly is what statements of ghost code begin with.
	ghostly = regexp.MustCompile(`^((atomic|optional|idle)\s+)*ghost\b`)
	// block is an atomic block.
	block = regexp.MustCompile(`^atomic\s*\{`)
	// whole is an atomic statement that is no block.
	whole = regexp.MustCompile(`^((optional|idle|hangs)\s+)*atomic\s+[^{\s]`)
	// loop begins the head of a loop.
	loop = regexp.MustCompile(`^(for|while|for_each\w*)\s*\(`)
	// compound begins a statement with others inside it, which stand for themselves.
	compound = regexp.MustCompile(`^(if|for|while|switch|for_each\w*)\s*\(`)
)

// ghost reports whether l is ghost code.
func ghost(l spec.SourceLine) bool { return l.Ghost || ghostly.MatchString(l.Text) }

// head returns what a statement itself does: its text without markers and without the statements
// inside it; "" if nothing is left.
func head(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for {
		m := marker.FindString(text)
		if m == "" {
			break
		}
		text = text[len(m):]
	}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "}") {
		return ""
	}
	if m := compound.FindString(text); m != "" {
		depth := 1
		for i := len(m); i < len(text); i++ {
			switch text[i] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return text[:i+1]
				}
			}
		}
	}
	return text
}

// statements returns the lines as they are shown: heads only, none twice in a row. Of a function
// that is one atomic block its call says enough, and so does an atomic statement of what it calls.
// If nothing is left, the first line is.
func statements(ls []spec.SourceLine) []spec.SourceLine {
	var out []spec.SourceLine
	within := "" // the function that is one atomic block, while in it
	var inside []string
	for i, l := range ls {
		var before spec.SourceLine
		if i > 0 {
			before = ls[i-1]
		}
		if slices.Contains(inside, l.Func) {
			inside = append(inside, callees(l.Text)...)
			continue
		}
		if n := len(out); inside != nil && l.Func == out[n-1].Func && l.Text == out[n-1].Text {
			continue // the statement behind the word atomic, which stands for itself
		}
		inside = nil
		called := before.Func != l.Func && calls(before.Text, l.Func)
		switch {
		case within != "" && l.Func != within && l.Func != before.Func && !called:
			within = ""
		case within == "" && called && block.MatchString(l.Text):
			within = l.Func
		}
		if within != "" {
			continue
		}
		if whole.MatchString(l.Text) {
			inside = callees(l.Text)
		}
		if l.Text = head(l.Text); l.Text == "" {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Func == l.Func && out[n-1].Text == l.Text {
			continue
		}
		out = append(out, l)
	}
	if len(out) == 0 && len(ls) > 0 {
		return ls[:1]
	}
	return out
}
