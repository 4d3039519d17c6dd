package main

import (
	"fmt"
	"io"
	"time"

	"mcheck/explorer"
)

// progress reports a running search: on a terminal one line that is rewritten, else a plain line every ten seconds.
type progress struct {
	w    io.Writer
	tty  bool
	name string
	last time.Duration // when a plain line was last written
	open bool          // a line of the terminal is to be cleared
}

// plainEvery is the time between two plain lines.
const plainEvery = 10 * time.Second

func (c *cli) newProgress(name string) *progress {
	return &progress{w: c.stderr, tty: c.tty, name: name}
}

// report is called about once a second, from one goroutine at a time.
func (p *progress) report(s explorer.Progress) {
	rate := 0.0
	if sec := s.Elapsed.Seconds(); sec > 0 {
		rate = float64(s.Distinct) / sec
	}
	line := fmt.Sprintf("%s: depth=%d states=%d generated=%d queue=%d states/s=%.0f mem=%s time=%.0fs",
		p.name, s.Depth, s.Distinct, s.Generated, s.Frontier, rate, formatBytes(s.Bytes), s.Elapsed.Seconds())
	switch {
	case p.tty:
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.open = true
	case s.Elapsed-p.last >= plainEvery:
		fmt.Fprintln(p.w, line)
		p.last = s.Elapsed
	}
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
