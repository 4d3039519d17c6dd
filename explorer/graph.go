package explorer

import (
	"cmp"
	"slices"
)

// graph makes the graph of the states that the search has visited, by a search of its own on one
// goroutine: the initial states in the order of their values, the successors of each state in the
// order of the ground actions.
func (s *search) graph() (*Graph, error) {
	g := &Graph{}
	index := map[string]int{}
	var queue []uint64
	width := s.c.layout.Words
	add := func(w []uint64) int {
		i := len(g.States)
		index[key(w)] = i
		g.States = append(g.States, s.c.decode(w))
		queue = append(queue, w...)
		return i
	}
	w := s.workers[0]
	if len(s.res.Levels) > 0 {
		var first [][]uint64
		for at := range s.starts[1] {
			state, err := s.store.Read(at, at+1, 1, nil)
			if err != nil {
				return nil, err
			}
			first = append(first, state)
		}
		slices.SortFunc(first, s.c.compare)
		for _, state := range first {
			g.Init = append(g.Init, add(state))
		}
	}
	end := len(g.States) // of the level
	for i, level := 0, 1; i < len(g.States); i++ {
		if i == end {
			level++
			end = len(g.States)
		}
		w.machine.Expand(queue[i*width:(i+1)*width], &w.succ)
		order := make([]int, len(w.succ.Ground))
		for k := range order {
			order[k] = k
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(w.succ.Ground[a], w.succ.Ground[b]) })
		for _, k := range order {
			next := w.succ.Words[k*width : (k+1)*width]
			to, ok := index[key(next)]
			if !ok {
				switch inside, _ := w.machine.Test(PredConstraint, next); {
				case !inside:
					to = -1
				case level >= len(s.res.Levels):
					continue // not visited
				default:
					to = add(next)
				}
			}
			gr := s.c.grounds[w.succ.Ground[k]]
			g.Edges = append(g.Edges, Edge{From: i, To: to, Action: s.c.model.Actions[gr.action], Args: gr.args})
			if len(g.States) > s.opt.GraphLimit {
				return nil, errGraph(s.opt.GraphLimit)
			}
		}
	}
	return g, nil
}
