package randc_test

import (
	"regexp"
	"strings"
)

// known are the disagreements that are not reported, each with its reason. What is here for a
// fault goes with the fault.
var known = []struct {
	re     *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`^raw and default: default refused: .*a loop in it may have no bound$|` +
		`^raw and default: default refused: a loop inside a step is not bounded`),
		"with --raw an access that commutes is a step of its own, and so the loop is none inside a step"},
	{regexp.MustCompile(`^raw and reader: 88 and 87 states$`), "fault: a step whose ghost code fails keeps a local that is out of scope"},
	{regexp.MustCompile(`MC0028`), "fault: a step back that changes ghost data only"},
	{regexp.MustCompile(`MC0003`), "fault: parameters of a set and of its pool have one name"},
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

var (
	taskRE        = regexp.MustCompile(`(?sm)^(TASK|WORKER|SOFTIRQ|MACHINE)\(.*?\n\}\n`)
	markedBlockRE = regexp.MustCompile(`\b(optional|idle|hangs) \{`)
	poolRE        = regexp.MustCompile(`POOL\((\w+),`)
)

// excluded returns why a program is not compared, "" if it is.
func excluded(text string) string {
	if markedBlockRE.MatchString(text) {
		return "fault: the places of a marked block: marks inside it, or nothing that is a step"
	}
	tasks := strings.Join(taskRE.FindAllString(text, -1), "")
	for _, m := range poolRE.FindAllStringSubmatch(text, -1) {
		if strings.Contains(text, "alloc("+m[1]+")") && !strings.Contains(tasks, "alloc("+m[1]+")") {
			return "fault: objects that INIT allocates, of a pool that no task allocates from"
		}
	}
	return ""
}
