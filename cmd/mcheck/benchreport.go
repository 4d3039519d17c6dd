package main

import (
	"fmt"
	"slices"
	"strings"
)

// median returns the value in the middle of some, of an even number of them the mean of the two
// there.
func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}

// medianOf is the median of f over the runs of a row that has some.
func (r *benchRow) medianOf(f func(sample) float64) float64 {
	var xs []float64
	for _, s := range r.samples {
		xs = append(xs, f(s))
	}
	return median(xs)
}

func wall(s sample) float64      { return s.seconds }
func processor(s sample) float64 { return s.cpu }
func peak(s sample) float64      { return float64(s.peak) }
func stored(s sample) float64    { return s.stored }

// best returns the row with the shortest median wall time among those of an engine on so many
// cores; nil if none has runs.
func (r *benchResult) best(of string, cores int) *benchRow {
	var best *benchRow
	for _, row := range r.rows {
		if row.of == of && row.cores == cores && len(row.samples) > 0 && (best == nil || row.medianOf(wall) < best.medianOf(wall)) {
			best = row
		}
	}
	return best
}

// sectionMark begins the heading of the section of a model.
const sectionMark = "### "

// section shows what was measured on a model: on what machine and when, what was wanted if goals is
// set, and the runs.
func (r *benchResult) section(machine string, goals bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\n\n%s: %s states, ", sectionMark, r.name, capital(r.what), thousands(r.states))
	if r.transitions >= 0 {
		fmt.Fprintf(&b, "%s transitions, ", thousands(r.transitions))
	}
	fmt.Fprintf(&b, "%d bits a state.\n\n%s\n", r.bits, machine)
	if goals {
		b.WriteString(goalsTable(r) + "\n")
	}
	b.WriteString(modelTable(r))
	return b.String()
}

// mergeSections returns the sections in old with those in their place, or behind them, that were
// made now. What stands before the first one goes.
func mergeSections(old string, now []string) string {
	var all []string
	for line := range strings.Lines(old) {
		switch {
		case strings.HasPrefix(line, sectionMark):
			all = append(all, line)
		case len(all) > 0:
			all[len(all)-1] += line
		}
	}
	for _, s := range now {
		heading := firstLine(s)
		i := slices.IndexFunc(all, func(x string) bool { return firstLine(x) == heading })
		if i < 0 {
			i, all = len(all), append(all, "")
		}
		all[i] = s
	}
	for i, s := range all {
		all[i] = "\n" + strings.Trim(s, "\n") + "\n"
	}
	return strings.Join(all, "")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func modelTable(r *benchResult) string {
	var b strings.Builder
	b.WriteString("| engine | cores | runs | s | CPU s | M states/s | M transitions/s | peak RSS | bytes/state | slower than mcheck: wall | CPU |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range r.rows {
		if len(row.samples) == 0 {
			fmt.Fprintf(&b, "| %s | %d | – | %s | | | | | | | |\n", row.name, row.cores, row.failure)
			continue
		}
		seconds, cpu, memory := row.medianOf(wall), row.medianOf(processor), row.medianOf(peak)
		transitions := "–"
		if r.transitions >= 0 {
			transitions = fmt.Sprintf("%.2f", float64(r.transitions)/seconds/1e6)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %.2f | %.2f | %.2f | %s | %s | %.0f |", row.name, row.cores, len(row.samples), seconds, cpu,
			float64(r.states)/seconds/1e6, transitions, formatBytes(int64(memory)), memory/float64(r.states))
		if ours := r.best("mcheck", row.cores); row.of == "mcheck" || ours == nil {
			b.WriteString(" | |\n")
		} else {
			fmt.Fprintf(&b, " %.1f | %.1f |\n", seconds/ours.medianOf(wall), cpu/ours.medianOf(processor))
		}
	}
	return b.String()
}

// goalLine is a number that mcheck should reach on a model.
type goalLine struct {
	words      string
	floor, aim float64
	less       bool // the number should not be greater
	// of returns the number, with times as measured by the given clock; ok is false where the goal
	// is none of this model, or nothing was measured.
	of func(r *benchResult, clock func(sample) float64) (x float64, ok bool)
	// timed says that it is about time, and differs with the clock.
	timed bool
}

// benchGoals are what the engine was built to reach.
var benchGoals = []goalLine{
	{"times as fast as Spin's best mode on one core", 6, 8, false, faster("spin", 1), true},
	{"times as fast as Spin's best mode on two cores, on two", 6, 8, false, faster("spin", 2), true},
	{"times as fast as TLC with one worker", 100, 150, false, faster("tlc", 1), true},
	{"times as fast as rumur's best mode", 40, 60, false, faster("rumur", 1), true},
	{"M states/s on one core, up to 128 bits", 4, 4, false, rate(func(r *benchResult) bool { return !r.kernel && r.bits <= 128 }), true},
	{"M states/s on one core, kernel scenarios", 2, 2, false, rate(func(r *benchResult) bool { return r.kernel }), true},
	{"bytes a state of the storage, up to 128 bits", 44, 44, true, storage, false},
	{"times as fast on two cores as on one", 1.4, 1.7, false, scaling, false},
}

func faster(than string, cores int) func(*benchResult, func(sample) float64) (float64, bool) {
	return func(r *benchResult, clock func(sample) float64) (float64, bool) {
		ours, theirs := r.best("mcheck", cores), r.best(than, cores)
		if ours == nil || theirs == nil {
			return 0, false
		}
		return theirs.medianOf(clock) / ours.medianOf(clock), true
	}
}

func rate(applies func(*benchResult) bool) func(*benchResult, func(sample) float64) (float64, bool) {
	return func(r *benchResult, clock func(sample) float64) (float64, bool) {
		row := r.best("mcheck", 1)
		if row == nil || !applies(r) {
			return 0, false
		}
		return float64(r.states) / row.medianOf(clock) / 1e6, true
	}
}

func storage(r *benchResult, _ func(sample) float64) (float64, bool) {
	row := r.best("mcheck", 1)
	if row == nil || r.bits > 128 {
		return 0, false
	}
	return row.medianOf(stored), true
}

func scaling(r *benchResult, _ func(sample) float64) (float64, bool) {
	one, two := r.best("mcheck", 1), r.best("mcheck", 2)
	if one == nil || two == nil {
		return 0, false
	}
	return one.medianOf(wall) / two.medianOf(wall), true
}

// goalsTable says for each goal of a model what came out, in bold where it is short of the floor;
// nothing if there are none.
func goalsTable(r *benchResult) string {
	var b strings.Builder
	for _, g := range benchGoals {
		x, ok := g.of(r, wall)
		if !ok {
			continue
		}
		cell := fmt.Sprintf("%.1f", x)
		if g.less && x > g.floor || !g.less && x < g.floor {
			cell = "**" + cell + "**"
		}
		if g.timed {
			cpu, _ := g.of(r, processor)
			cell += fmt.Sprintf(" (%.1f)", cpu)
		}
		fmt.Fprintf(&b, "| %s | %g | %g | %s |\n", g.words, g.floor, g.aim, cell)
	}
	if b.Len() == 0 {
		return ""
	}
	return "| what was wanted | floor | aim | is |\n|---|--:|--:|--:|\n" + b.String()
}
