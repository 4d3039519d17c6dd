package story

import (
	"regexp"
	"strings"

	"mcheck/spec"
)

var (
	// marker is a word before a statement that says how the model takes it, and nothing of what it does.
	marker = regexp.MustCompile(`^(atomic|ghost|optional|idle|hangs|else|do)\b\s*`)
	// ghostly is what statements of ghost code begin with.
	ghostly = regexp.MustCompile(`^((atomic|optional|idle)\s+)*ghost\b`)
	// block is an atomic block.
	block = regexp.MustCompile(`^atomic\s*\{`)
	// compound begins a statement with others inside it, which stand for themselves.
	compound = regexp.MustCompile(`^(if|for|while|switch|for_each\w*)\s*\(`)
)

// ghost reports whether l is ghost code.
func ghost(l spec.SourceLine) bool { return l.Ghost || ghostly.MatchString(l.Text) }

// head returns what a statement itself does: its text without markers and without the statements inside it; "" if nothing is left.
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

// statements returns the lines as they are shown: heads only, none twice in a row. Of a function that is one atomic block its call says
// enough. If nothing is left, the first line is.
func statements(ls []spec.SourceLine) []spec.SourceLine {
	var out []spec.SourceLine
	whole := "" // the function that is one atomic block, while in it
	for i, l := range ls {
		var before spec.SourceLine
		if i > 0 {
			before = ls[i-1]
		}
		called := before.Func != l.Func && calls(before.Text, l.Func)
		switch {
		case whole != "" && l.Func != whole && l.Func != before.Func && !called:
			whole = ""
		case whole == "" && called && block.MatchString(l.Text):
			whole = l.Func
		}
		if whole != "" {
			continue
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
