package main

import (
	"fmt"
	"io"
	"time"

	"mcheck/explorer"
)

// progress reports a running search: on a terminal one line that is rewritten, else a plain line
// every ten seconds.
type progress struct {
	w     io.Writer
	tty   bool
	name  string
	room  int64         // bytes that there are for states; 0: not known
	last  time.Duration // when a plain line was last written
	width func() int    // how long a line of the terminal may be; nil: widest
	open  bool          // a line of the terminal is to be cleared
}

// plainEvery is the time between two plain lines.
const plainEvery = 10 * time.Second

// newProgress returns what reports the search called name, whose states may take so many bytes (0:
// what the machine has).
func (c *cli) newProgress(name string, limit int64) *progress {
	return &progress{w: c.stderr, tty: c.tty, name: name, room: roomFor(limit), width: func() int { return terminalWidth(c.stderr) }}
}

// report is called about once a second, from one goroutine at a time.
func (p *progress) report(s explorer.Progress) {
	line := p.name + ": " + progressText(s, p.room)
	switch {
	case p.tty:
		width := widest
		if p.width != nil {
			width = p.width()
		}
		// The last column stays free: a terminal may wrap when something is written there.
		fmt.Fprintf(p.w, "\r\x1b[K%s", cutTo(shortProgress(p.name, s), width-1))
		p.open = true
	case s.Elapsed-p.last >= plainEvery:
		fmt.Fprintln(p.w, line)
		p.last = s.Elapsed
	}
}

// progressText says how far a search is: that the level in work is larger or smaller than the one
// before says whether an end is in sight.
func progressText(s explorer.Progress, room int64) string {
	rate := 0.0
	if sec := s.Elapsed.Seconds(); sec > 0 {
		rate = float64(s.Distinct) / sec
	}
	line := fmt.Sprintf("depth=%d states=%d generated=%d queue=%d", s.Depth, s.Distinct, s.Generated, s.Frontier)
	if n := len(s.Levels); n > 0 {
		line += fmt.Sprintf(" level=%d", s.Levels[n-1])
	}
	if n := len(s.Levels); n > 1 {
		switch last, before := s.Levels[n-1], s.Levels[n-2]; {
		case last > before:
			line += " (growing)"
		case last < before:
			line += " (shrinking)"
		}
	}
	line += fmt.Sprintf(" states/s=%.0f mem=%s time=%.0fs", rate, formatBytes(s.Bytes), s.Elapsed.Seconds())
	if e, ok := explorer.EstimateStates(s.Levels); ok {
		line += fmt.Sprintf(" estimate=%s..%s", roughly(e.Low), roughly(e.High))
		if fit := newFit(e, s, room); fit.room > 0 {
			line += " (" + fit.verdict() + ")"
		}
	}
	return line
}

// shortProgress says how far a search is in one line of a terminal: the most important first, as a
// narrow one cuts it.
func shortProgress(name string, s explorer.Progress) string {
	sec := s.Elapsed.Seconds()
	line := fmt.Sprintf("%s: depth %d, %s states", name, s.Depth, thousands(int64(s.Distinct)))
	if sec > 0 {
		line += fmt.Sprintf(", %s/s", thousands(int64(float64(s.Distinct)/sec)))
	}
	line += fmt.Sprintf(", %.0f s", sec)
	if e, ok := explorer.EstimateStates(s.Levels); ok && sec > 0 && s.Distinct > 0 {
		left := max(0, float64(e.High)-float64(s.Distinct)) * sec / float64(s.Distinct)
		line += fmt.Sprintf(", at most some %.0f s left", left)
	}
	return line
}

// cutTo shortens s to n characters.
func cutTo(s string, n int) string {
	if rs := []rune(s); len(rs) > n && n > 0 {
		return string(rs[:n-1]) + "…"
	}
	return s
}

// done clears the line on a terminal.
func (p *progress) done() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.open = false
	}
}

func formatBytes(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1fGiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1fMiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1fKiB", float64(n)/(1<<10))
}
