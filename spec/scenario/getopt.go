package scenario

import (
	"slices"
	"strings"
)

// getopt takes the options out of the words of o, as getopt_long(3) does: letters may be joined
// (-lf), a value may be joined to its option (-ofoo, --options=foo), options may stand behind
// operands, and -- ends them. names holds the options, "t,types:" for -t and --types with a value;
// the first name of each is its key in opts. Values of an option that stands twice are joined by
// commas. An option that is not among them is reported.
func (l *lowerer) getopt(o *operands, names string) (opts map[string]string, ok bool) {
	opts = map[string]string{}
	var rest operands
	for i := 0; i < len(o.words); i++ {
		w := o.words[i]
		if w == "--" {
			rest.words, rest.nodes = append(rest.words, o.words[i+1:]...), append(rest.nodes, o.nodes[i+1:]...)
			break
		}
		if len(w) < 2 || w[0] != '-' {
			rest.words, rest.nodes = append(rest.words, w), append(rest.nodes, o.nodes[i])
			continue
		}
		long := strings.HasPrefix(w, "--")
		letters := w[1:]
		if long {
			letters = w[2:]
		}
		for letters != "" {
			name, value, joined := letters[:1], letters[1:], len(letters) > 1
			if long {
				name, value, joined = strings.Cut(letters, "=")
			}
			key, wants, known := optionNamed(names, name)
			switch {
			case !known, long && joined && !wants:
				return l.badOption(o, i, name)
			case !wants:
				opts[key] = ""
				if letters = value; long {
					letters = ""
				}
				continue
			case !joined && i+1 == len(o.words):
				return l.badOption(o, i, name)
			case !joined:
				i++
				value = o.words[i]
			}
			if old, twice := opts[key]; twice {
				value = old + "," + value
			}
			opts[key], letters = value, ""
		}
	}
	o.words, o.nodes = rest.words, rest.nodes
	return opts, true
}

func optionNamed(names, name string) (key string, value, ok bool) {
	for _, f := range strings.Fields(names) {
		f, value := strings.CutSuffix(f, ":")
		all := strings.Split(f, ",")
		if slices.Contains(all, name) {
			return all[0], value, true
		}
	}
	return "", false, false
}

// badOption reports word i of o: an option that is not known, or that lacks its value.
func (l *lowerer) badOption(o *operands, i int, name string) (map[string]string, bool) {
	msg := "an option of " + o.name + " that is not understood, or lacks its value"
	if w := o.words[i]; !strings.HasPrefix(w, "--") && len(w) > 2 {
		msg = "-" + name + ": " + msg
	}
	l.fail(o.nodes[i].Pos(), l.source(o.nodes[i]), msg, usageOf(o.name))
	return nil, false
}
