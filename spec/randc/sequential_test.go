package randc_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec/randc"
)

// sequential is a program of one task, and what is to be looked at when it has ended.
type sequential struct {
	model randc.Model
	seen  []string
}

var sequentials = rapid.Custom(func(t *rapid.T) sequential {
	m, seen := randc.Sequential(t)
	return sequential{m, seen}
})

var (
	localArrayRE = regexp.MustCompile(`(?m)^(\t+(?:bool|enum \w+) \w+\[2\]);`)
	recursionRE  = regexp.MustCompile(`(?m)^RECURSION\((\d)\) static .*\n\{\n`)
)

// cxx returns the program as a namespace of a C++ program with the runtime.
func (s sequential) cxx(i int) string {
	text := s.model.Text[strings.Index(s.model.Text, "#include"):]
	text = strings.Replace(text, "#include \"mcheck.h\"\n", "", 1)
	text = localArrayRE.ReplaceAllString(text, "$1 = {};")
	text = recursionRE.ReplaceAllString(text, "$0\tstatic int mc_n;\n\tmc_nest mc_here(mc_n, $1);\n")
	var b strings.Builder
	fmt.Fprintf(&b, "#undef NR_CPUS\n#define NR_CPUS %d\nnamespace p%d {\nstruct task_struct;\nextern task_struct *const current;\n%s", s.model.CPUs, i, text)
	if !strings.Contains(text, "struct task_struct {") {
		b.WriteString("struct task_struct { };\n")
	}
	b.WriteString("static task_struct mc_self;\ntask_struct *const current = &mc_self;\n")
	if !strings.Contains(text, "\nINIT\n") {
		b.WriteString("INIT { }\n")
	}
	b.WriteString("static void mc_observe()\n{\n")
	for _, e := range s.seen {
		fmt.Fprintf(&b, "\tprintf(\" %%ld\", (long)(%s));\n", e)
	}
	b.WriteString("}\n}\n")
	return b.String()
}

// outcomes of the runtime.
const (
	finished = iota
	fails
	usedAfterFree
	boundReached
	waitsForEver
	endless
)

type ran struct {
	outcome int
	values  []string
}

// runCompiled compiles the programs with g++ and runs them.
func runCompiled(dir string, ps []sequential) ([]ran, error) {
	runtime, err := filepath.Abs("testdata/runtime.hpp")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#include %q\n", runtime)
	for i, p := range ps {
		b.WriteString(p.cxx(i))
	}
	b.WriteString("int main()\n{\n")
	for i := range ps {
		fmt.Fprintf(&b, "\tmc_run(%d, p%d::mc_init, p%d::mc_task, p%d::mc_observe);\n", i, i, i, i)
	}
	b.WriteString("}\n")
	src, bin := filepath.Join(dir, "programs.cpp"), filepath.Join(dir, "programs")
	if err := os.WriteFile(src, []byte(b.String()), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("g++", "-std=gnu++17", "-w", "-fpermissive", "-fnon-call-exceptions", "-fsanitize=bounds", "-fsanitize-undefined-trap-on-error", "-o", bin, src)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("g++: %w\n%s", err, out[:min(len(out), 3000)])
	}
	out, err := exec.Command(bin).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", bin, err)
	}
	all := make([]ran, len(ps))
	for _, l := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		f := strings.Fields(string(l))
		var i, o int
		if _, err := fmt.Sscan(f[0]+" "+f[1], &i, &o); err != nil {
			return nil, err
		}
		all[i] = ran{o, f[2:]}
	}
	return all, nil
}

// TestSequentialPrograms runs programs of one task as C++ too: they end in the same values, or fail
// in the same way.
func TestSequentialPrograms(t *testing.T) {
	n, seed := env("MCHECK_SEQUENTIAL", 300), env("MCHECK_SEED", baseSeed)
	if testing.Short() {
		n = 20
	}
	t.Logf("%d programs, the first of seed %d", n, seed)
	const batches = 2
	var wg sync.WaitGroup
	var mu sync.Mutex
	stats := map[string]int{}
	for batch := range batches {
		var ps []sequential
		for i := batch; i < n; i += batches {
			ps = append(ps, sequentials.Example(seed+i))
		}
		dir := t.TempDir()
		wg.Go(func() {
			all, err := runCompiled(dir, ps)
			if err != nil {
				t.Error(err)
				return
			}
			for i, p := range ps {
				kind, wrong := sameEnd(p, all[i])
				mu.Lock()
				stats[kind]++
				if wrong != "" {
					t.Errorf("seed %d: %s\n%s", seed+batch+i*batches, wrong, p.model.Text)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Log(stats)
	if n >= 300 {
		require.Greater(t, stats["finished"], n/3)
		require.Greater(t, stats["fails"], n/50)
	}
}

// sameEnd compares the end of a compiled program with what the readers of the model say.
func sameEnd(p sequential, r ran) (kind, wrong string) {
	want := map[string]string{"NoFail": "holds", "NoDeadlock": "holds", "NoUseAfterFree": "holds", "WithinBounds": "holds"}
	m := p.model
	if excluded(m.Text) != "" {
		return "excluded", ""
	}
	switch r.outcome {
	case endless:
		return "endless", ""
	case fails:
		kind = "fails"
		want["NoFail"] = "violated"
	case usedAfterFree:
		kind = "used after free"
		want["NoUseAfterFree"] = "violated"
	case boundReached:
		kind = "bound"
		want = map[string]string{"WithinBounds": "violated"}
	case waitsForEver:
		kind = "waits for ever"
		want["NoDeadlock"] = "violated"
	default:
		kind = "finished"
	}
	if len(r.values) > 0 {
		var b strings.Builder
		b.WriteString("AT_REST(SameValues, \"\", \"\")\n{\n")
		for i, v := range r.values {
			fmt.Fprintf(&b, "\tif (%s != %s)\n\t\treturn false;\n", p.seen[i], v)
		}
		b.WriteString("\treturn true;\n}\n")
		m.Text += b.String()
		want["SameValues"] = "holds"
	}
	raw, _ := readRaw(m)
	def := readDefault(m)
	again := readAgain(m)
	for _, o := range []outcome{raw, def, again} {
		if o.refused != "" {
			if isKnown(o.refused) != "" {
				return "known", ""
			}
			if raw.refused != "" && def.refused != "" && !strings.HasPrefix(raw.refused, "internal") {
				return "refused", "" // the other tests compare this
			}
			return kind, o.reader + " refuses it: " + o.refused
		}
		for name, v := range want {
			if got, ok := o.verdicts[name]; ok && got != v {
				return kind, fmt.Sprintf("the program %s when it is compiled with g++, with %v, and %s says that %s is %s", kind, r.values, o.reader, name, got)
			}
		}
	}
	return kind, ""
}
