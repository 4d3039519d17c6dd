package tla

import (
	"strings"

	"mcheck/internal/safe"
)

// width is the column that layouts try to stay within.
const width = 80

// A box is text in lines, the first of which starts where the box is put; the others line up with
// it.
type box []string

// fits reports whether no line is longer than w.
func (b box) fits(w int) bool {
	for _, l := range b {
		if len(l) > w {
			return false
		}
	}
	return true
}

// hang puts head before b and tail behind it; the lines after the first are indented by the length
// of head.
func hang(head string, b box, tail string) box {
	out := make(box, len(b))
	pad := strings.Repeat(" ", len(head))
	for i, l := range b {
		switch {
		case i == 0:
			out[i] = head + l
		case l == "":
			out[i] = l
		default:
			out[i] = pad + l
		}
	}
	out[len(out)-1] += tail
	return out
}

// stack puts boxes below each other.
func stack(bs ...box) box {
	var out box
	for _, b := range bs {
		out = append(out, b...)
	}
	return out
}

// bullets is the list of items, each behind op ("/\" or "\/").
func bullets(op string, items []box) box {
	if len(items) == 1 {
		return items[0]
	}
	var out box
	for _, it := range items {
		out = append(out, hang(op+" ", it, "")...)
	}
	return out
}

// list lays out items between open and end, with commas: in one line if that fits into w, else
// filled (words) or one below the other.
func list(open string, items []box, end string, w int, fill bool) box {
	if len(items) == 0 {
		return box{open + end}
	}
	if flat, ok := joined(items, ", "); ok && len(open)+len(flat)+len(end) <= w {
		return box{open + flat + end}
	}
	var body box
	if fill {
		words := make([]string, len(items))
		for i, it := range items {
			words[i] = strings.Join(it, " ")
		}
		body = filled(words, w-len(open)-len(end))
	} else {
		for i, it := range items {
			comma := ","
			if i == len(items)-1 {
				comma = ""
			}
			body = append(body, hang("", it, comma)...)
		}
	}
	return hang(open, body, end)
}

// filled joins words with commas and breaks lines at w.
func filled(words []string, w int) box {
	var out box
	line := ""
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > w:
			out = append(out, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(out, line)
}

func joined(items []box, sep string) (string, bool) {
	parts := make([]string, len(items))
	for i, it := range items {
		if len(it) != 1 {
			return "", false
		}
		parts[i] = it[0]
	}
	return strings.Join(parts, sep), true
}

// define is "head == body", the body on the same line where it fits.
func define(head string, body func(w int) box) box {
	if b := hang(head+" == ", body(width-len(head)-4), ""); b.fits(width) && (len(b) == 1 || len(head) <= 10) {
		return b
	}
	return append(box{head + " =="}, hang("  ", body(width-2), "")...)
}

// comment wraps text as line comments, every line behind indent.
func comment(indent, text string) box {
	var out box
	for para := range strings.SplitSeq(clean(text), "\n") {
		line := ""
		for word := range strings.FieldsSeq(para) {
			if line != "" && len(indent)+len(`\* `)+len(line)+1+len(word) > width {
				out = append(out, indent+`\* `+line)
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		if line != "" {
			out = append(out, indent+`\* `+line)
		}
	}
	return out
}

// clean makes text safe in a line comment: ASCII without control characters but newlines.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r > '~':
			return '?'
		}
		return r
	}, safe.Text(s))
}
