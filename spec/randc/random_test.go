package randc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mcheck/spec/randc"
)

// baseSeed is that of the first of the programs of make test; program i has baseSeed + i.
const baseSeed = 1_000_000

var programs = rapid.Custom(randc.Program)

func env(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestPrograms compares the readers on random programs.
func TestPrograms(t *testing.T) {
	if os.Getenv("MCHECK_PROGRAMS") == "" {
		t.Skip("until the known faults are mended; MCHECK_PROGRAMS=N compares N programs")
	}
	n, seed := env("MCHECK_PROGRAMS", 2000), env("MCHECK_SEED", baseSeed)
	if testing.Short() {
		n /= 20
	}
	t.Logf("%d programs, the first of seed %d", n, seed)
	start := time.Now()
	var next atomic.Int64
	var mu sync.Mutex
	stats := map[string]int{}
	found := map[int]string{}
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				m := programs.Example(seed + i)
				j := judge(m, i%10 == 0)
				mu.Lock()
				switch {
				case j.disagree != "":
					stats["disagree"]++
					found[seed+i] = j.disagree
				case j.dropped != "":
					stats["dropped: "+j.dropped]++
				default:
					stats["compared"]++
					for p, v := range j.raw.verdicts {
						if !strings.HasPrefix(p, "No") && !strings.HasPrefix(p, "Within") {
							p = "properties"
						}
						stats[p+" "+v]++
					}
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	t.Logf("%.1f programs a second", float64(n)/time.Since(start).Seconds())
	var keys []string
	for k := range stats {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		t.Logf("%6d %s", stats[k], k)
	}
	var seeds []int
	for s := range found {
		seeds = append(seeds, s)
	}
	slices.Sort(seeds)
	for i, s := range seeds {
		if i < env("MCHECK_SHRINK", 3) {
			m := programs.Example(s)
			kind := kindOf(found[s])
			small := reduce(m, time.Duration(env("MCHECK_SHRINK_SECONDS", 20))*time.Second, func(c randc.Model) bool { return kindOf(judge(c, true).disagree) == kind })
			file := filepath.Join(os.TempDir(), fmt.Sprintf("randc-%d.c", s))
			_ = os.WriteFile(file, []byte(small.Text), 0o644)
			t.Errorf("seed %d: %s\nreduced (%s):\n%s", s, found[s], judge(small, true).disagree, small.Text)
			continue
		}
		t.Errorf("seed %d: %s", s, found[s])
	}
}

// kindOf is a disagreement without what a smaller program may have otherwise.
func kindOf(s string) string {
	if s == "" {
		return ""
	}
	var out []string
	for _, w := range strings.Fields(s) {
		w = strings.Trim(w, ";,:")
		if slices.Contains([]string{"holds", "violated", "vacuous", "undecided", "refused", "evaluated", "missing", "internal"}, w) {
			out = append(out, w)
		}
	}
	if len(out) > 2 {
		out = out[:2]
	}
	return strings.Join(out, " ")
}
