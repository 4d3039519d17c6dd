package scenario

// mergeCopies makes one program of the copies of a task that a setting asks for (walkers=3), so
// that nothing tells them apart: TASK(walker, 3) and one job that starts them all in one step. That
// they start together takes no behaviour away: whoever is started may wait before its first step,
// and nobody but the task itself looks at whether it has started.
//
// Copies that somebody waits for, or kills, or that inherit files keep jobs of their own, since
// each of them ends on its own; and so do those that start tasks, and those of several statements
// that would have names of one kind. counts says how many tasks there are of each base name.
func (l *lowerer) mergeCopies(counts map[string]int) {
	for _, group := range l.groups {
		first := group[0]
		if counts[first.base] != len(group) {
			continue
		}
		awaited := false
		for _, t := range group {
			awaited = awaited || t.awaited || t.killable || len(t.inherits) > 0 || t.inheritsCwd
		}
		if awaited {
			continue
		}
		first.copies = group[1:]
		for _, t := range first.copies {
			t.copyOf, t.job = first, first.job
		}
	}
}
