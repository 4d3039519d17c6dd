package explorer

import (
	"math"
	"slices"
)

// StateEstimate is a guess at the number of reachable states. Likely lies between Low and High.
type StateEstimate struct{ Low, Likely, High float64 }

// What an estimate needs, and when it says too little to be one.
const (
	estimateLevels = 10
	estimateStates = 1000
	widestEstimate = 40 // High / Low
)

// EstimateStates guesses from the sizes of the levels up to now how many states a search will have
// visited in the end; ok is false where nothing sensible can be said (too few levels, no end in
// sight).
//
// The sizes of the levels of most models rise and fall in one hump. Two curves that do so are
// fitted to their logarithms, a·i² + b·i + c and a·ln i + b·i + c (i the level), each to all
// levels, to the last three quarters, the last half and the last third, and followed to where they
// come to less than one state. Their median is the likely number, and the spread is theirs without
// the lowest and the highest, widened by what such curves have been found to be wrong by: a state
// graph may have more than one hump, so before the levels have clearly passed their largest one
// there may be several times as many states. With models like the built-in ones the true number
// lies in the spread in about nine of ten cases once a tenth of the states are visited. Before that
// it is often larger.
func EstimateStates(levels []int64) (e StateEstimate, ok bool) {
	visited := int64(0)
	for _, n := range levels {
		visited += n
	}
	k := len(levels)
	if k < estimateLevels || visited < estimateStates {
		return e, false
	}
	var totals []float64
	for _, from := range []int{0, k / 4, k / 2, k * 2 / 3} {
		for _, c := range []curve{parabola, gamma} {
			if t, ok := c.total(levels, from, float64(visited)); ok {
				totals = append(totals, t)
			}
		}
	}
	if len(totals) < 4 {
		return e, false
	}
	slices.Sort(totals)
	n := len(totals)
	e = StateEstimate{Low: totals[0], Likely: (totals[(n-1)/2] + totals[n/2]) / 2, High: totals[n-1]}
	if n > 4 {
		e.Low, e.High = totals[1], totals[n-2]
	}
	largest, last := slices.Max(levels), levels[k-1]
	switch {
	case float64(last) > 0.6*float64(largest): // not past it
		e.Low, e.High = 0.8*e.Low, max(e.High, 6*e.Likely)
	case float64(last) > 0.2*float64(largest):
		e.Low, e.High = 0.7*e.Low, max(e.High, 3*e.Likely)
	default:
		e.Low, e.High = 0.7*e.Low, max(e.High, 2*e.Likely)
	}
	e.Low = max(e.Low, float64(visited))
	e.Likely = max(e.Likely, e.Low)
	return e, e.High <= widestEstimate*e.Low
}

// curve are the functions of the level whose sum, each with a factor, is fitted to the logarithm of
// the size.
type curve func(i float64) [3]float64

func parabola(i float64) [3]float64 { return [3]float64{i * i / 1e4, i / 1e2, 1} }
func gamma(i float64) [3]float64    { return [3]float64{math.Log(i), i / 1e2, 1} }

// at is the value of the curve with these factors.
func (c curve) at(f [3]float64, i int) float64 {
	x := c(float64(i))
	return f[0]*x[0] + f[1]*x[1] + f[2]*x[2]
}

// total fits the curve to the levels after the first from, and returns the visited states and those
// that the curve, moved to go through the last three levels, promises. ok is false if it does not
// come down.
func (c curve) total(levels []int64, from int, visited float64) (total float64, ok bool) {
	k := len(levels)
	if k-from < 6 {
		return 0, false
	}
	f, ok := c.fit(levels, from)
	if !ok {
		return 0, false
	}
	offset := 0.0
	for i := k - 3; i < k; i++ {
		offset += (math.Log(float64(levels[i])) - c.at(f, i+1)) / 3
	}
	total = visited
	for i := k + 1; i < 100*k; i++ {
		y := c.at(f, i) + offset
		if y > 60 { // e^60 states
			return 0, false
		}
		total += math.Exp(y)
		if y < 0 && c.at(f, i+1) < c.at(f, i) {
			return total, true
		}
	}
	return 0, false
}

// fit returns the factors with the least squares.
func (c curve) fit(levels []int64, from int) (f [3]float64, ok bool) {
	var m [3][4]float64 // the normal equations
	for i := from; i < len(levels); i++ {
		x, y := c(float64(i+1)), math.Log(float64(levels[i]))
		for r := range 3 {
			for s := range 3 {
				m[r][s] += x[r] * x[s]
			}
			m[r][3] += x[r] * y
		}
	}
	for i := range 3 {
		p := i
		for r := i; r < 3; r++ {
			if math.Abs(m[r][i]) > math.Abs(m[p][i]) {
				p = r
			}
		}
		m[i], m[p] = m[p], m[i]
		if math.Abs(m[i][i]) < 1e-12 {
			return f, false
		}
		for r := range 3 {
			if r == i {
				continue
			}
			q := m[r][i] / m[i][i]
			for s := range 4 {
				m[r][s] -= q * m[i][s]
			}
		}
	}
	for i := range 3 {
		f[i] = m[i][3] / m[i][i]
	}
	return f, true
}
