package mutate

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed reasons.txt
var reasonsText string

// Reason says why nothing catches a mutant.
type Reason struct {
	Kind string // "equivalent", "barrier", "cost only" or "open"
	Why  string
}

// The kinds of reasons.
const (
	Equivalent = "equivalent" // no run can tell it from the model
	Barrier    = "barrier"    // only under a weaker memory model than sequential consistency
	CostOnly   = "cost only"  // it changes what a call costs, and nothing else
	Open       = "open"       // nothing catches it yet
)

// Reasons returns them by the names of the mutants. Each was written by hand, in reasons.txt.
func Reasons() (map[string]Reason, error) { return parseReasons(reasonsText) }

func parseReasons(text string) (map[string]Reason, error) {
	out := map[string]Reason{}
	var r Reason
	for i, l := range strings.Split(text, "\n") {
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case strings.HasPrefix(l, "\t"):
			name := strings.TrimSpace(l)
			if _, twice := out[name]; twice || r.Kind == "" {
				return nil, fmt.Errorf("reasons.txt:%d: %s has two reasons, or none", i+1, name)
			}
			out[name] = r
		default:
			kind, why, ok := strings.Cut(l, ": ")
			switch kind {
			case Equivalent, Barrier, CostOnly, Open:
			default:
				ok = false
			}
			if !ok || why == "" {
				return nil, fmt.Errorf("reasons.txt:%d: want equivalent, barrier, cost only or open, a colon, and why", i+1)
			}
			r = Reason{kind, why}
		}
	}
	return out, nil
}
