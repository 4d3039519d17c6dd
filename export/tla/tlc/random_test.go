package tlc_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/explorer"
	"mcheck/export/tla/internal/tlatest"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
	"mcheck/spec/randc"
	"mcheck/spec/slice"
	"mcheck/spec/spectest"
)

// randomModel is a model, and what it was made from.
type randomModel struct {
	name, text string
	model      *spec.Model
}

// tooMany is more states than a random model is to have: TLC writes each of them, and each edge.
const tooMany = 3000

// randomModels returns n models: of each four two random models of the IR, of which one has
// temporal properties only, and two random programs, of which one is raw. Those in which little
// happens are left out.
func randomModels(t *testing.T, n, seed int) []randomModel {
	t.Helper()
	plain, live, programs := rapid.Custom(spectest.Model), rapid.Custom(spectest.LiveModel), rapid.Custom(randc.Program)
	var out []randomModel
	for ; len(out) < n; seed++ {
		r := randomModel{name: fmt.Sprintf("seed %d", seed)}
		switch len(out) % 4 {
		case 0:
			r.model = plain.Example(seed)
			r.text = r.model.String()
		case 1:
			r.model = live.Example(seed)
			r.text = r.model.String()
		default:
			p := programs.Example(seed)
			res, err := cmodel.Compile([]cmodel.Source{{Name: "r.c", Text: []byte(p.Text)}}, cmodel.Options{
				Name: "R", Raw: len(out)%4 == 3, Defines: p.Defines(), Migrate: p.Migrate,
				Include: func(string) ([]byte, error) { return kernel.Header(), nil },
			})
			if err != nil {
				continue // that none is refused for nothing is another test's business
			}
			r.model, r.text = res.Model, p.Text
			if len(out)%4 == 2 {
				r.model, _ = slice.Slice(r.model)
			}
		}
		if len(spec.Check(r.model)) > 0 {
			continue
		}
		if e, err := eval.Explore(r.model, eval.Options{Limit: tooMany}); err == nil && e.Err == nil && e.Complete && e.Transitions >= 10 {
			out = append(out, r)
		}
	}
	return out
}

// TLC, the explorer and the reference evaluator agree on random models and programs: verdicts,
// counts, state graphs, how many states are in the situation of each property and how many break
// it, and what each property is in states where it is true and where it is not. MCHECK_TLC is the
// number of models, MCHECK_SEED the first seed.
func TestRandom(t *testing.T) {
	n, seed := 50, 1
	if testing.Short() {
		n = 4
	}
	for name, to := range map[string]*int{"MCHECK_TLC": &n, "MCHECK_SEED": &seed} {
		if s := os.Getenv(name); s != "" {
			var err error
			*to, err = strconv.Atoi(s)
			require.NoError(t, err, name)
		}
	}
	jar := jar(t)
	models := randomModels(t, n, seed)
	var mu sync.Mutex
	seen := map[string]int{}
	runs, gaveUp := 0, 0
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				m := models[i]
				want := tlatest.Expect(t, m.model)
				explored, err := explorer.Explore(t.Context(), m.model, explorer.Options{Workers: 1, Tally: true, Graph: true})
				if err != nil {
					t.Errorf("%s: %v", m.name, err)
					continue
				}
				different := unlike(want, explored)
				// The counterexamples take a run, or several, more.
				r, err := tlc.Compare(t.Context(), jar, m.model, want, tlc.CompareOptions{HeapMB: 256, NoTraces: i%4 != 0})
				if err != nil {
					t.Errorf("%s: %v", m.name, err)
					continue
				}
				if len(r.Disagreements) > 0 && !slices.ContainsFunc(r.Disagreements, func(l string) bool { return !cannotEvaluate(l) }) {
					t.Logf("%s: TLC can't evaluate a temporal property", m.name)
					r.Disagreements = nil
					mu.Lock()
					gaveUp++
					mu.Unlock()
				}
				if different = append(different, r.Disagreements...); len(different) > 0 {
					t.Errorf("%s:\n%s\n%s", m.name, strings.Join(different, "\n"), m.text)
				}
				mu.Lock()
				runs += r.Runs
				for _, p := range want.Properties {
					seen[fmt.Sprint(p.Property.Kind, " ", p.Verdict)]++
				}
				mu.Unlock()
			}
		})
	}
	for i := range models {
		next <- i
	}
	close(next)
	wg.Wait()
	t.Logf("%d models, %d runs of TLC: %v", len(models), runs, seen)
	require.LessOrEqual(t, gaveUp, 1+n/25, "TLC gave up on too many models")
	if n < 50 {
		return
	}
	for _, k := range []spec.PropertyKind{spec.Invariant, spec.AtRest, spec.Deadlock, spec.CanRest, spec.Cover, spec.Eventually, spec.LeadsTo} {
		for _, v := range []explorer.Verdict{explorer.Holds, explorer.Violated} {
			if k == spec.LeadsTo && v == explorer.Violated {
				continue // too rare here; TestTemporalCorners has them
			}
			require.Positive(t, seen[fmt.Sprint(k, " ", v)], "no %v is %v", k, v)
		}
	}
}

// cannotEvaluate reports whether TLC 2.18 has given up on a temporal formula: it then calls a
// variable an unknown identifier, though the module declares it.
func cannotEvaluate(line string) bool {
	return strings.Contains(line, "TLC reports an error: In evaluation, the identifier") && strings.Contains(line, "(TLC message 2280)")
}

// unlike says where the explorer finds something else than the reference evaluator.
func unlike(want, got *explorer.Result) []string {
	var out []string
	for i, p := range got.Properties {
		w := want.Properties[i]
		if p.Situations != w.Situations || p.Hits != w.Hits || p.Verdict != w.Verdict && p.Verdict != explorer.Undecided {
			out = append(out, fmt.Sprintf("%s: the explorer finds %v, %d states in its situation, %d that break it; the evaluator %v, %d, %d",
				w.Property.Name, p.Verdict, p.Situations, p.Hits, w.Verdict, w.Situations, w.Hits))
		}
	}
	return out
}
