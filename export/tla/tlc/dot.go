package tlc

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// dump is a state graph that TLC wrote, in its own names.
type dump struct {
	states map[string]int // node to its place among the nodes
	init   []string
	edges  []dumpEdge
}

type dumpEdge struct{ from, to, action string }

// readDump reads what -dump dot,actionlabels writes, and hands the TLA+ text of each node to state,
// in turn: all of them may be half a gigabyte. Graphviz would merge parallel edges (the graph is
// strict); TLC lists them all.
func readDump(r io.Reader, state func(text string) error) (*dump, error) {
	d := &dump{states: make(map[string]int)}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<28)
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" || line[0] != '-' && (line[0] < '0' || line[0] > '9') {
			continue
		}
		text, isState, ok := d.add(line)
		if !ok {
			return nil, fmt.Errorf("TLC's dump, line %d: not understood: %.100s", n, line)
		}
		if isState {
			if err := state(text); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range d.edges {
		for _, id := range []string{e.from, e.to} {
			if _, ok := d.states[id]; !ok {
				return nil, fmt.Errorf("TLC's dump has an edge of state %s but not the state", id)
			}
		}
	}
	return d, sc.Err()
}

// add takes a line that begins with the name of a node; it returns the text of one that is new.
func (d *dump) add(line string) (text string, isState, ok bool) {
	id, rest := number(line)
	if to, ok := strings.CutPrefix(rest, " -> "); ok {
		to, rest := number(to)
		label, ok := strings.CutPrefix(rest, ` [label="`)
		action, _, closed := strings.Cut(label, `"`)
		d.edges = append(d.edges, dumpEdge{id, to, action})
		return "", false, id != "" && to != "" && ok && closed
	}
	rest, ok = strings.CutPrefix(rest, ` [label="`)
	rest, closed := strings.CutSuffix(strings.TrimSuffix(rest, ";"), "]")
	rest, first := strings.CutSuffix(rest, ",style = filled")
	rest, quoted := strings.CutSuffix(rest, `"`)
	text, unquoted := unquote(rest)
	id = strings.Clone(id) // or it keeps the line, which is as long as the text
	if first {
		d.init = append(d.init, id)
	}
	_, again := d.states[id]
	if !again {
		d.states[id] = len(d.states)
	}
	return text, !again, id != "" && ok && closed && quoted && unquoted
}

// number cuts off the number that a line begins with; it is "" if there is none.
func number(line string) (digits, rest string) {
	n := 0
	for n < len(line) && (line[n] >= '0' && line[n] <= '9' || n == 0 && line[n] == '-') {
		n++
	}
	if n == 0 || line[n-1] == '-' {
		return "", line
	}
	return line[:n], line[n:]
}

// unquote returns what stands between quotes in the dump; false if it can't stand there.
func unquote(s string) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		n := strings.IndexAny(s, `\"`)
		if n < 0 {
			b.WriteString(s)
			return b.String(), true
		}
		if s[n] == '"' || n+1 == len(s) {
			return "", false
		}
		b.WriteString(s[:n])
		switch c := s[n+1]; c {
		case '\\', '"':
			b.WriteByte(c)
		case 'n':
			b.WriteByte('\n')
		default:
			b.WriteString(s[n : n+2])
		}
		s = s[n+2:]
	}
}
