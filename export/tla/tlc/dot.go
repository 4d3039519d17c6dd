package tlc

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// dump is a state graph that TLC wrote, in its own names.
type dump struct {
	states map[string]string // node to TLA+ text
	init   []string
	edges  []dumpEdge
}

type dumpEdge struct{ from, to, action string }

var (
	nodeRE = regexp.MustCompile(`^(-?\d+) \[label="((?:[^"\\]|\\.)*)"(,style = filled)?\];?$`)
	edgeRE = regexp.MustCompile(`^(-?\d+) -> (-?\d+) \[label="([^"]*)"`)
)

// readDump reads what -dump dot,actionlabels writes. Graphviz would merge parallel edges (the graph is strict); TLC lists them all.
func readDump(r io.Reader) (*dump, error) {
	d := &dump{states: make(map[string]string)}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<28)
	unescape := strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if m := edgeRE.FindStringSubmatch(line); m != nil {
			d.edges = append(d.edges, dumpEdge{m[1], m[2], m[3]})
			continue
		}
		if m := nodeRE.FindStringSubmatch(line); m != nil {
			d.states[m[1]] = unescape.Replace(m[2])
			if m[3] != "" {
				d.init = append(d.init, m[1])
			}
			continue
		}
		if line != "" && (line[0] == '-' || line[0] >= '0' && line[0] <= '9') {
			return nil, fmt.Errorf("TLC's dump, line %d: not understood: %.100s", n, line)
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
