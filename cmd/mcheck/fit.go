package main

import (
	"fmt"
	"math"

	"mcheck/explorer"
)

// fit compares what an estimated number of states will take with what there is for them.
type fit struct {
	low, high float64 // bytes
	room      int64   // bytes; 0: not known
}

// newFit takes the bytes a state from what the search has used up to now.
func newFit(e explorer.StateEstimate, s explorer.Progress, room int64) fit {
	return fit{s.Each * e.Low, s.Each * e.High, room}
}

// verdict says whether the states fit. Tables double, so that a search may need twice the room for
// a moment: what takes more than half may not fit.
func (f fit) verdict() string {
	switch room := float64(f.room); {
	case f.low > room:
		return "does not fit"
	case 2*f.high > room:
		return "may not fit"
	}
	return "fits"
}

// roomFor returns how many bytes there are for states: the limit if there is one, else what the
// machine has available; 0 if that is not known.
func roomFor(limit int64) int64 {
	if limit > 0 {
		return limit
	}
	var kib int64
	if _, err := fmt.Sscanf(fileField("/proc/meminfo", "MemAvailable"), "%d kB", &kib); err != nil {
		return 0
	}
	return kib << 10
}

// roughly writes an estimate with two digits: 1,200,000 is 1.2M.
func roughly(x float64) string {
	if x < 1 {
		return "0"
	}
	digit := math.Pow(10, math.Floor(math.Log10(x))-1)
	x = math.Round(x/digit) * digit
	for _, u := range []struct {
		unit float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if x >= u.unit {
			return fmt.Sprintf("%.3g%s", x/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%.0f", x)
}
