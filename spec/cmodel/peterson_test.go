package cmodel_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// peterson is Peterson's algorithm written down as a transition system by hand: 0 set the flag, 1
// set the turn, 2 wait, 3 critical.
func peterson() (states, transitions int) {
	type state struct {
		pc   [2]int
		flag [2]bool
		turn int
	}
	seen := map[state]bool{{}: true}
	queue := []state{{}}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for me := 0; me < 2; me++ {
			n := s
			switch s.pc[me] {
			case 0:
				n.flag[me], n.pc[me] = true, 1
			case 1:
				n.turn, n.pc[me] = 1-me, 2
			case 2:
				if s.flag[1-me] && s.turn != me {
					continue
				}
				n.pc[me] = 3
			case 3:
				n.flag[me], n.pc[me] = false, 0
			}
			transitions++
			if !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return len(seen), transitions
}

func TestPetersonHasTheShapeOfAHandWrittenModel(t *testing.T) {
	src, err := os.ReadFile("testdata/models/peterson.c")
	require.NoError(t, err)
	r := explore(t, compile(t, "peterson.c", string(src), cmodel.Options{Name: "Peterson"}).Model)
	states, transitions := peterson()
	require.EqualValues(t, states, r.Distinct)
	require.EqualValues(t, transitions, r.Transitions)
	require.Equal(t, eval.Holds, verdict(t, r, "MutualExclusion").Verdict)
	require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
}

// The example of the reference is the model that is tested.
func TestReferenceShowsTheTestedModel(t *testing.T) {
	src, err := os.ReadFile("testdata/models/peterson.c")
	require.NoError(t, err)
	_, program, _ := strings.Cut(string(src), "*/\n")
	doc, err := os.ReadFile("../../docs/modelling-c.md")
	require.NoError(t, err)
	require.Contains(t, string(doc), program)
}
