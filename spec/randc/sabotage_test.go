package randc_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sabotage is a deliberate fault of the front end: old, which stands in file once, becomes fault.
type sabotage struct {
	name, file, old, fault string
}

// Each is a fault that a change of the front end could bring by mistake. TestSabotage shows that
// TestPrograms catches each of them.
var sabotages = []sabotage{
	{"argument kept at re-entry", "spec/cmodel/path.go",
		"	if old := p.base(f); old != nil {\n		b.live = old.live\n	}\n", ""},
	{"dead local not reset", "spec/cmodel/build.go",
		"				if !wasZero {\n", "				if !wasZero && lv.v == nil {\n"},
	{"a release of an interrupted task fused", "spec/cmodel/exec.go",
		"	if s.c.stops && (isRelease(n) || len(s.start.marks()) > 0) {",
		"	if s.c.stops && len(s.start.marks()) > 0 {"},
	{"the last access of an interrupted task fused", "spec/cmodel/exec.go",
		"	for _, n := range p.last {\n		s.begins(n)\n	}\n}\n\n// wroteVisible", "}\n\n// wroteVisible"},
	{"return point not reset", "spec/cmodel/step.go",
		"	if len(fr.f.returnSites()) > 1 {\n		p.env.put(fr.f.rv,",
		"	if len(fr.f.returnSites()) > 2 {\n		p.env.put(fr.f.rv,"},
	{"a branch lost where paths meet", "spec/cmodel/step.go",
		"	return mkIf(t.cond, a, b)\n}\n\n// merge", "	return mkIf(t.cond, a, a)\n}\n\n// merge"},
	{"release fused with its acquire", "spec/cmodel/exec.go",
		"		return p.released || p.acquired ||", "		return p.released ||"},
	{"release of a lock that others try fused", "spec/cmodel/exec.go", "|| g.tried || s.visible", "|| s.visible"},
	{"wrong mover: a write under the lock for reading", "spec/cmodel/analyse.go",
		"		if g.guardAny {\n			return false\n		}\n		need = heldWrite",
		"		need = heldRead"},
	{"wrong mover: data that is written", "spec/cmodel/analyse.go",
		"pl.gv.once && !write || !pl.gv.written && !write &&", "pl.gv.once && !write || !write &&"},
	{"guard evaluated late: it does not block", "spec/cmodel/exec.go",
		"	*exits = append(*exits, exit{mkNot(ok), &tree{leaf: lf}})\n", ""},
	{"range of a store unchecked", "spec/cmodel/exec.go",
		"			cs = append(cs, *rc)\n		}\n		cs = append(cs, s.roomFor(p, n.pl.gv)...)",
		"			_ = rc\n		}\n		cs = append(cs, s.roomFor(p, n.pl.gv)...)"},
	{"index unchecked", "spec/cmodel/exec.go",
		"mkBin(spec.Ge, i, spec.Int(d.Lo)), mkBin(spec.Le, i, spec.Int(d.Hi))",
		"mkBin(spec.Ge, i, spec.Int(d.Lo)), mkBin(spec.Ge, i, spec.Int(d.Lo))"},
	{"annotation GUARDED_BY ignored", "spec/cmodel/exec.go",
		"		if !s.lockProved(n, g, write) {", "		if g == nil {"},
	{"SET_ONCE unchecked in the default mode", "spec/cmodel/exec.go",
		"	if !ck.once || p.nacc == 0 || p.reg != nil || s.inGhost(p) {",
		"	if ck.once || p.nacc == 0 || p.reg != nil || s.inGhost(p) {"},
	{"SET_ONCE set twice", "spec/cmodel/exec.go",
		"		case write:\n			out = append(out, condCheck{ok: unset,",
		"		case write:\n			out = append(out, condCheck{ok: spec.T,"},
	{"an object reused while a name of it is held", "spec/cmodel/exec.go",
		"			free = mkBin(spec.And, free, mkNot(s.holds(p, pool, slot)))\n", ""},
	{"fields not cleared by release", "spec/cmodel/exec.go",
		"				put(v, idx, s.c.zero(elemType(v.Type, len(idx))))", "				_ = put"},
	{"a writer that does not wait for readers", "spec/cmodel/exec.go",
		"		if t := acquire(mkBin(spec.And, free, mkBin(spec.Eq, readers, " +
			"&spec.Lit{N: 0, T: readers.Type()}))); t != nil {",
		"		if t := acquire(free); t != nil {"},
	{"sequence count: a write section unseen by a reader", "spec/cmodel/exec.go",
		"		p.stale = pushNew(p.stale, g)\n", ""},
	{"rest depends on fusion: a back edge is no step", "spec/cmodel/step.go",
		"	if n != s.start || s.mode != modeStep ||", "	if n == s.start || s.mode != modeStep ||"},
	{"what a property reads is fused away", "spec/cmodel/exec.go",
		"			if s.visible[pl.gv.v] {\n				return true\n			}",
		"			if s.visible[pl.gv.v] && s.c.opt.Raw {\n				return true\n			}"},
	{"ghost code that fails ends the run", "spec/cmodel/exec.go",
		"		if s.inGhost(p) && (p.ghostDep ||", "		if s.inGhost(p) && s.mode == modeProperty && (p.ghostDep ||"},
	{"locks that a caller holds taken from one caller only", "spec/cmodel/analyse.go",
		"					entry[n.callee] = meet(e, n.held)", "					_ = e"},
	{"the situation of CAN_REST simplified into its condition", "spec/cmodel/exec.go",
		"		if !s.later {\n			p.facts = p.facts.with(c, true)",
		"		if s.later || !s.later {\n			p.facts = p.facts.with(c, true)"},
	{"a result that is dead at the end of its function", "spec/cmodel/analyse.go",
		"		if n.fn.retv != nil {\n			f(n.fn.retv)\n		}", ""},
}

// root is the top of the tree.
const root = "../.."

// with is the text of the file with the fault.
func (s sabotage) with(t *testing.T) (path string, text string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, s.file))
	require.NoError(t, err)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(b), s.old), "%s: the text of %q is to stand in %s once",
		s.name, s.old, s.file)
	return path, strings.Replace(string(b), s.old, s.fault, 1)
}

// TestSabotagesApply keeps the list true: the text of each fault still stands in its file.
func TestSabotagesApply(t *testing.T) {
	require.GreaterOrEqual(t, len(sabotages), 15)
	for _, s := range sabotages {
		s.with(t)
	}
}

// TestSabotage has TestPrograms find each deliberate fault within its budget of make test: one of
// its 2,000 programs at least is read in two ways. make sabotage runs this test.
func TestSabotage(t *testing.T) {
	if os.Getenv("MCHECK_SABOTAGE") == "" {
		t.Skip("make sabotage runs it: half an hour")
	}
	only := regexp.MustCompile(os.Getenv("MCHECK_SABOTAGE"))
	for _, s := range sabotages {
		if !only.MatchString(s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			path, text := s.with(t)
			dir := t.TempDir()
			faulty := filepath.Join(dir, "faulty.go")
			require.NoError(t, os.WriteFile(faulty, []byte(text), 0o666))
			overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{path: faulty}})
			require.NoError(t, err)
			file := filepath.Join(dir, "overlay.json")
			require.NoError(t, os.WriteFile(file, overlay, 0o666))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-vet=off", "-overlay", file,
				"-run", "^TestPrograms$", "./spec/randc")
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "MCHECK_STOP=1", "MCHECK_PROGRAMS=2000", "MCHECK_SHRINK=0")
			begin := time.Now()
			out, err := cmd.CombinedOutput()
			require.NotContains(t, string(out), "[build failed]", "%s", out)
			require.Error(t, err, "2,000 programs do not tell\n%s", out)
			require.Regexp(t, `seed \d+: `, string(out))
			t.Logf("caught in %.0f s: %s", time.Since(begin).Seconds(),
				regexp.MustCompile(`seed \d+: [^\n]*`).FindString(string(out)))
		})
	}
}
