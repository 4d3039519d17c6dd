package randc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
				if mu.Lock(); i >= n || os.Getenv("MCHECK_STOP") != "" && len(found) > 0 {
					mu.Unlock()
					return
				}
				mu.Unlock()
				m := programs.Example(seed + i)
				j := judgeInTime(m, i%10 == 0)
				mu.Lock()
				switch why := isKnown(j.disagree); {
				case why != "":
					stats["known: "+why]++
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
	if n >= 1000 && len(found) == 0 {
		// Most programs are compared, and what they show is not always the same.
		all := stats["properties holds"] + stats["properties violated"] + stats["properties vacuous"]
		require.Greater(t, stats["compared"], n/2)
		for _, v := range []string{"holds", "violated", "vacuous"} {
			require.Greater(t, stats["properties "+v], all/10, v)
		}
		for _, p := range []string{"NoFail", "NoDeadlock", "WithinBounds"} {
			require.Greater(t, stats[p+" holds"], n/20, p)
			require.Greater(t, stats[p+" violated"], n/50, p)
		}
		require.Positive(t, stats["NoUseAfterFree holds"])
	}
	var seeds []int
	for s := range found {
		seeds = append(seeds, s)
	}
	slices.Sort(seeds)
	kinds := map[string]int{}
	for _, s := range seeds {
		kind := kindOf(found[s])
		kinds[kind]++
		if kinds[kind] <= env("MCHECK_SHRINK", 1) && !strings.HasPrefix(kind, "hangs") {
			m := programs.Example(s)
			small := reduce(m, time.Duration(env("MCHECK_SHRINK_SECONDS", 20))*time.Second, func(c randc.Model) bool { return kindOf(judge(c, true).disagree) == kind })
			file := filepath.Join("testdata", "cases", fmt.Sprintf("seed-%d.c", s))
			head, rest, _ := strings.Cut(small.Text, "\n")
			text := head + "\n/* " + strings.ReplaceAll(found[s], "*/", "") + " */\n" + rest
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Error(err)
			}
			t.Errorf("seed %d: %s\nreduced (%s):\n%s", s, found[s], judge(small, true).disagree, small.Text)
			continue
		}
		t.Errorf("seed %d: %s", s, found[s])
	}
}

// judgeInTime is judge for programs that a reader may need too long for.
func judgeInTime(m randc.Model, thorough bool) judged {
	done := make(chan judged, 1)
	go func() { done <- judge(m, thorough) }()
	select {
	case j := <-done:
		return j
	case <-time.After(3 * time.Minute):
		return judged{disagree: "hangs: no answer in three minutes"}
	}
}

var (
	pairRE   = regexp.MustCompile(`(\w+) is (\w+), and (\w+)`)
	codeRE   = regexp.MustCompile(`MC\d+`)
	missRE   = regexp.MustCompile(`(\w+) is missing`)
	digitsRE = regexp.MustCompile(`[a-z]*\d+(\.\.\d+)?|'[^']*'|"[^"]*"`)
)

// kindOf is a disagreement without what a smaller program may have otherwise.
func kindOf(s string) string {
	if s == "" {
		return ""
	}
	of, _, _ := strings.Cut(s, ":")
	if code := codeRE.FindString(s); code != "" {
		return "internal " + code
	}
	if m := pairRE.FindStringSubmatch(s); m != nil {
		if !strings.HasPrefix(m[1], "No") && m[1] != "WithinBounds" {
			m[1] = "a property"
		}
		return of + " " + m[1] + " " + m[2] + "/" + m[3]
	}
	if m := missRE.FindString(s); m != "" {
		return m
	}
	if strings.Contains(s, "shortest of") {
		return of + " lengths"
	}
	if strings.HasSuffix(s, "states") {
		return of + " counts"
	}
	s = digitsRE.ReplaceAllString(s, "")
	return s[:min(len(s), 90)]
}
