package randc_test

import "regexp"

// known are the disagreements that are not reported, each with its reason. What is here for a
// fault goes with the fault.
var known = []struct {
	re     *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`^raw and default: default refused: .*a loop in it may have no bound$|` +
		`^raw and default: default refused: a loop inside a step is not bounded`),
		"with --raw an access that commutes is a step of its own, and so the loop is none inside a step"},
}

// isKnown returns why a disagreement is not reported, "" if it is.
func isKnown(disagreement string) string {
	for _, k := range known {
		if k.re.MatchString(disagreement) {
			return k.reason
		}
	}
	return ""
}

// excluded returns why a program is not compared, "" if it is.
func excluded(text string) string { return "" }
