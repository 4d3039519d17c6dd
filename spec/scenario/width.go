package scenario

import "math/bits"

// Widths of the kernel model's counters: as small as they were for few references, and as large as
// its types go.
const (
	minCountBits, minRefBits = 4, 3
	maxBits                  = 8
)

// counterBits puts into n how many bits the kernel model needs for the counter of a mount on one
// CPU, which has a sign; for one that only grows (of a design); and for a number of references. It
// adds up what the commands of the script can hold at a time and all that they get, which matters
// where a reference can be got on one CPU and put on another. What comes more often than that (a
// walk that starts again and again, a loop) meets a bound of the model.
func counterBits(n map[string]int, p *program, set map[string]string) {
	held, moved, got := 1, 1, 1 // the mount's own reference, put where its umount is
	wander := set["migrate"] == "true"
	for _, t := range p.tasks {
		held += 2 + len(t.fds) // of a walk and the working directory
		// a child holds its parent, and a superblock has its mounts and their makers
		mounted := countNodes(t, mounts)
		held += mounted
		moved += mounted
		got += mounted + countNodes(t, gets)
		if set["CLONE_FS"] == "1" {
			moved += countNodes(t, chdirs)
		}
		if len(t.inherits) > 0 || t.inheritsCwd {
			got += len(t.inherits) + 1
			wander = true // what one task has got another one puts
		}
	}
	if wander {
		moved = got
	}
	signed := func(most int) int { return min(max(bits.Len(uint(most))+1, minCountBits), maxBits) }
	n["COUNT_BITS"], n["GETS_BITS"] = signed(max(held, moved)), signed(got)
	n["REF_BITS"] = min(max(bits.Len(uint(held)), minRefBits), maxBits)
}

// chdirs counts changes of the working directory.
func chdirs(n node) int {
	if c, ok := n.(*call); ok && c.kind == callChdir {
		return 1
	}
	return 0
}

// gets counts the references that a command gets: of its walk, and of the file or the directory
// that it leaves open.
func gets(n node) int {
	switch n := n.(type) {
	case *call:
		switch n.kind {
		case callUmount, callMount, callStat:
			return 1
		case callOpen, callChdir:
			return 2
		}
	case *fsstress:
		return 3 * n.n
	}
	return 0
}
