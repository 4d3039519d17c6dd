package scenario

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mcheck/internal/input"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
	"mcheck/spec/slice"
)

// Options of Build and BuildModel.
type Options struct {
	// Raw leaves out fusion, the reset of dead locals, and slicing: one access to memory, one step.
	Raw bool
	// Set overrides the settings of the scenario.
	Set map[string]string
	// Outline asks for Built.Statements.
	Outline bool
	// Read returns the contents of a file by its path; nil: from the file system, as internal/input
	// does.
	Read func(path string) ([]byte, error)
}

func (o Options) read(path string) ([]byte, error) {
	if o.Read == nil {
		return input.Read(path)
	}
	return o.Read(path)
}

// Built is a model that is ready to be explored.
type Built struct {
	Model *spec.Model
	C     string // the generated C of the scenario; "" for a model of the user's own
	// Explain says what the front end fused, reset and left out.
	Explain string
	Atomics []cmodel.Atomic // the atomic blocks: assumptions
	// Bounds says in one line what the verdicts are about: tasks, CPUs, sizes, memory model, what
	// was optional.
	Bounds string
	// StoreBuffer is the number of stores that the buffer of a CPU holds; 0 where memory is
	// sequentially consistent.
	StoreBuffer int
	// Ignored are the parts of the script that have no effect, in the order of the text.
	Ignored []Note
	// Unreachable are steps that this scenario can't take, Sliced what else was removed since
	// nothing depends on it.
	Unreachable, Sliced []string
	// Statements are those of the kernel model, if Options.Outline asks for them.
	Statements []cmodel.Statement
}

// Build makes the model of a scenario under a design. Errors about the script are an ErrorList or
// an *Error, about a design a *kernel.PatchError, about C those of cmodel; one that wraps
// spec.ErrInternal is about mcheck itself.
func Build(sc *Scenario, design string, opt Options) (*Built, error) {
	patches, err := sc.Patches(design, opt.read)
	if err != nil {
		return nil, err
	}
	return BuildPatched(sc, design, patches, opt)
}

// BuildPatched is Build for a design that is given by its patches, in the order in which they
// apply.
func BuildPatched(sc *Scenario, design string, patches []kernel.Patch, opt Options) (*Built, error) {
	set, err := settings(sc.Set, opt.Set)
	if err != nil {
		return nil, err
	}
	files, err := kernel.Sources(patches...)
	if err != nil {
		return nil, err
	}
	return build(sc, design, files, set, opt)
}

// build is Build over the given files of a kernel model, under these settings.
func build(sc *Scenario, design string, files []kernel.File, set map[string]string, opt Options) (*Built, error) {
	c, err := compile(sc, design, files, set, opt)
	if err != nil {
		return nil, err
	}
	if err := runSetup(sc, c.Result, set["migrate"] == "true"); err != nil {
		return nil, err
	}
	markScript(c.Model, sc.Path, c.program.tasks[0])
	b, err := finish(c.Result, opt.Raw)
	if err != nil {
		return nil, err
	}
	b.C, b.Ignored, b.Statements = c.text, c.program.notes, c.Statements
	var tasks []string
	for _, t := range c.program.tasks {
		tasks = append(tasks, t.name)
	}
	b.Bounds = bounds(b.Model, c.program, tasks, c.defines, set)
	b.StoreBuffer, err = storeBuffer(set)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// compiled is a scenario and a kernel model as one program, before the set-up.
type compiled struct {
	*cmodel.Result
	program *program
	text    string // the generated C of the scenario
	defines map[string]string
}

// compile makes C of the script and compiles it with the kernel model.
func compile(sc *Scenario, design string, files []kernel.File, set map[string]string, opt Options) (*compiled, error) {
	c, sources, to, err := translate(sc, design, files, set, opt)
	if err != nil {
		return nil, err
	}
	if c.Result, err = cmodel.Compile(sources, to); err != nil {
		return nil, err
	}
	if err := checkPurposes(sc, c.Model); err != nil {
		return nil, err
	}
	c.Model.Doc = sc.Doc
	return c, nil
}

// Sources returns the C of a scenario under a design, as Build compiles it: the files of the kernel
// model, and what was made of the script.
func Sources(sc *Scenario, design string, opt Options) ([]cmodel.Source, cmodel.Options, error) {
	patches, err := sc.Patches(design, opt.read)
	if err != nil {
		return nil, cmodel.Options{}, err
	}
	set, err := settings(sc.Set, opt.Set)
	if err != nil {
		return nil, cmodel.Options{}, err
	}
	files, err := kernel.Sources(patches...)
	if err != nil {
		return nil, cmodel.Options{}, err
	}
	_, sources, to, err := translate(sc, design, files, set, opt)
	return sources, to, err
}

// translate makes C of the script, and says how it is to be compiled with the kernel model.
func translate(sc *Scenario, design string, files []kernel.File, set map[string]string, opt Options) (*compiled, []cmodel.Source, cmodel.Options, error) {
	none := cmodel.Options{}
	p, err := sc.program(set)
	if err != nil {
		return nil, nil, none, err
	}
	g := generate(sc, p, !mentions(files, "setup_failed"))
	defines, err := sizes(sc, p, files, set)
	if err != nil {
		return nil, nil, none, err
	}
	var sources []cmodel.Source
	for _, f := range files {
		if path.Ext(f.Name) == ".c" {
			sources = append(sources, cmodel.Source{Name: f.Name, Text: f.Text})
		}
	}
	lines := make([]cmodel.LineInfo, len(g.lines))
	for i, l := range g.lines {
		lines[i] = cmodel.LineInfo{Pos: l.pos, Text: l.text}
	}
	sources = append(sources, cmodel.Source{Name: sc.Name + ".c", Text: []byte(g.text), Lines: lines})
	cpus, _ := strconv.Atoi(defines["NR_CPUS"]) // sizes has written it
	taskCPU := map[string]int{}
	for i, t := range p.tasks {
		taskCPU[t.name] = i % cpus
	}
	buffer, err := storeBuffer(set)
	if err != nil {
		return nil, nil, none, err
	}
	to := cmodel.Options{
		Name:    identifier(sc.Name) + "_" + underscores(design) + memorySuffix(buffer),
		Raw:     opt.Raw,
		Outline: opt.Outline,
		Defines: defines,
		Migrate: set["migrate"] == "true",
		TaskCPU: taskCPU,

		StoreBuffer: buffer,
		Include: func(name string) ([]byte, error) {
			for _, f := range files {
				if f.Name == name {
					return f.Text, nil
				}
			}
			return includeHeader(name)
		},
	}
	return &compiled{program: p, text: g.text, defines: defines}, sources, to, nil
}

// BuildModel makes a model of C of the user's own, in the file at path; other files that it
// includes are looked for beside it.
func BuildModel(file string, text []byte, opt Options) (*Built, error) {
	set, err := settings(nil, opt.Set)
	if err != nil {
		return nil, err
	}
	defines := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		switch {
		case key == "cpus":
			defines["NR_CPUS"] = set[key]
		case key == "migrate", key == KeyMemoryModel, key == KeyStoreBuffer:
		case !sizeRE.MatchString(key):
			return nil, fmt.Errorf("%s: an unknown setting; understood: cpus=N, migrate, memory-model=sc|tso, store-buffer=K, SIZE=N for a macro in capitals", setting(key, set[key]))
		default:
			defines[key] = set[key]
		}
	}
	buffer, err := storeBuffer(set)
	if err != nil {
		return nil, err
	}
	shown := input.Name(file)
	name := strings.TrimSuffix(path.Base(shown), ".c")
	read := []kernel.File{{Name: shown, Text: text}}
	res, err := cmodel.Compile([]cmodel.Source{{Name: shown, Text: text}}, cmodel.Options{
		Name:    identifier(name) + memorySuffix(buffer),
		Raw:     opt.Raw,
		Defines: defines,
		Migrate: set["migrate"] == "true",

		StoreBuffer: buffer,
		Include: func(name string) ([]byte, error) {
			text := kernel.Header()
			if name != kernel.HeaderName {
				var err error
				if text, err = opt.read(filepath.Join(filepath.Dir(file), name)); err != nil {
					return nil, err
				}
			}
			read = append(read, kernel.File{Name: name, Text: text})
			return text, nil
		},
	})
	if err != nil {
		return nil, err
	}
	known := modelSizes(read)
	for _, key := range slices.Sorted(maps.Keys(set)) {
		wrong := ""
		switch {
		case !sizeRE.MatchString(key) || slices.Contains(known, key):
		case !mentions(read, key):
			wrong = "the model has no such size"
		case definedIn(read, key):
			wrong = "the model defines this itself: put the #define into #ifndef " + key + " and #endif"
		}
		if wrong != "" {
			return nil, &Error{Text: key + "=" + set[key], Msg: wrong, Understood: known}
		}
	}
	b, err := finish(res, opt.Raw)
	if err != nil {
		return nil, err
	}
	b.Bounds, b.StoreBuffer = bounds(b.Model, nil, res.Task.Values, defines, set), buffer
	return b, nil
}

func includeHeader(name string) ([]byte, error) {
	if name == kernel.HeaderName {
		return kernel.Header(), nil
	}
	return nil, fmt.Errorf("there is no file %s", name)
}

// finish slices and checks the compiled model.
func finish(res *cmodel.Result, raw bool) (*Built, error) {
	b := &Built{Model: res.Model, Explain: res.Explain, Atomics: res.Atomics}
	if !raw {
		var rep *slice.Report
		b.Model, rep = slice.Slice(res.Model)
		b.Unreachable, b.Sliced = rep.Unreachable, rep.Sliced
	}
	printable(b.Model)
	if errs := spec.Check(b.Model); len(errs) > 0 {
		var all []string
		for _, e := range errs {
			all = append(all, e.Error())
		}
		return nil, fmt.Errorf("%w: the model is not well-formed:\n%s", spec.ErrInternal, strings.Join(all, "\n"))
	}
	return b, nil
}

// checkPurposes reports properties that the scenario says it is for and that the kernel model does
// not have.
func checkPurposes(sc *Scenario, m *spec.Model) error {
	var names []string
	for _, q := range m.Properties {
		names = append(names, q.Name)
	}
	var errs ErrorList
	for _, p := range sc.For {
		if !slices.Contains(names, p.Property) {
			errs = append(errs, &Error{p.Pos, p.Property, "the kernel model has no such property", slices.Sorted(slices.Values(names))})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// runSetup makes the state after the set-up the initial state of the model.
func runSetup(sc *Scenario, res *cmodel.Result, migrate bool) error {
	s := &setup{m: res.Model, file: sc.Path, pc: res.PC, fail: res.Fail, ready: map[string]bool{}}
	for _, l := range res.Labels {
		if l.Func == startFunc {
			s.ready[l.Name] = true
		}
	}
	s.main = int64(slices.Index(res.Task.Values, "main"))
	for _, v := range res.Model.Vars {
		switch v.Name {
		case "scenario_running":
			s.running = v
		case "setup_failed":
			s.failed = v
		}
	}
	if migrate {
		s.cpu = "cpu"
	}
	if s.main < 0 || s.running == nil || len(s.ready) == 0 {
		return fmt.Errorf("the kernel model has no variable scenario_running or no function setup_done() that waits for it")
	}
	st, err := s.run()
	if err != nil {
		return err
	}
	startAt(res.Model, st)
	return nil
}

// settings returns the settings base with over on top.
func settings(base, over map[string]string) (map[string]string, error) {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]string{}
	}
	for _, key := range slices.Sorted(maps.Keys(over)) {
		value := over[key]
		if slices.Contains(flags, key) && value == "" {
			value = "true"
		}
		if !settingOK(key, value) {
			return nil, fmt.Errorf("%s: not a setting; understood: cpus=N, migrate, kmalloc-fails, memory-model=sc|tso, store-buffer=K, workers=N, TASKs=N, SIZE=N", setting(key, over[key]))
		}
		out[key] = value
	}
	return out, nil
}

// setting is a setting as messages show it: quoted where it is not plain text.
func setting(key, value string) string {
	s := key + "=" + value
	if q := safe.Quote(s); q != `"`+s+`"` {
		return q
	}
	return s
}

var macroRE = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*ifndef[ \t]+([A-Z][A-Z0-9_]*)[ \t]*\n[ \t]*#[ \t]*define[ \t]+([A-Z][A-Z0-9_]*)[ \t]+[0-9]`)

// mentions reports whether name is a word in one of the files.
func mentions(files []kernel.File, name string) bool {
	between := func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for _, f := range files {
		for word := range bytes.FieldsFuncSeq(f.Text, between) {
			if string(word) == name {
				return true
			}
		}
	}
	return false
}

// definedIn reports whether a file has a #define of name.
func definedIn(files []kernel.File, name string) bool {
	re := regexp.MustCompile(`(?m)^[ \t]*#[ \t]*define[ \t]+` + name + `\b`)
	return slices.ContainsFunc(files, func(f kernel.File) bool { return re.Match(f.Text) })
}

// modelSizes returns the macros with a number that can be set from outside: what is in #ifndef
// SIZE, #define SIZE 2, #endif.
func modelSizes(files []kernel.File) []string {
	var known []string
	for _, f := range files {
		for _, m := range macroRE.FindAllStringSubmatch(string(f.Text), -1) {
			if m[1] == m[2] {
				known = append(known, m[1])
			}
		}
	}
	return known
}

// sizes returns the macros that give the kernel model its sizes: as the script needs them, or as
// its settings say.
func sizes(sc *Scenario, p *program, files []kernel.File, set map[string]string) (map[string]string, error) {
	n := map[string]int{
		"NR_CPUS": 2, "NR_DEVS": max(1, len(p.devices)), "NR_PLACES": max(1, len(p.places)), "NR_JOBS": max(1, len(p.tasks)-1),
		"NR_NS": 1, "NR_FDS": 1, "NR_FILES": 0, "NR_MOUNTS": 0, "NR_SUPERS": 0,
	}
	needs := map[string]string{} // what is there only if something says so
	for _, t := range p.tasks {
		if len(t.copies) > 0 {
			n["TASK_COPIES"] = 1
		}
		n["NR_FDS"] = max(n["NR_FDS"], len(t.fds))
		// A file has at least one descriptor, and comes from one command.
		n["NR_FILES"] += min(len(t.fds), countNodes(t, opens))
		if countNodes(t, isUnshareCall) > 0 {
			n["NR_NS"]++
			needs["NR_NS"] = "mount namespaces"
		}
		// Each mount makes one mount and at most one superblock.
		mounts := countNodes(t, mounts)
		n["NR_MOUNTS"] += mounts
		n["NR_SUPERS"] += mounts
	}
	counterBits(n, p, set)
	out := map[string]string{}
	for name, v := range n {
		out[name] = strconv.Itoa(max(1, v))
	}
	for _, t := range p.tasks {
		if countNodes(t, modules) > 0 {
			out["KERN_MOUNT"], needs["KERN_MOUNT"] = "1", "mounts of its own"
		}
		if countNodes(t, throughProc) > 0 {
			out["PROC_ROOT"], needs["PROC_ROOT"] = "1", "/proc/PID/root"
		}
	}
	for i, parent := range p.parents {
		if parent >= 0 {
			name := "PARENT_" + strconv.Itoa(i)
			out[name], needs[name] = strconv.Itoa(parent+1), "mount place "+strconv.Itoa(i)+" ("+p.places[i]+") on another mount"
		}
	}
	if p.anon >= 0 {
		out["ANON_DEV"], needs["ANON_DEV"] = strconv.Itoa(p.anon), "file system without a device"
	}
	for _, t := range p.tasks {
		if countNodes(t, loops) > 0 {
			out["LOOP_DEVS"], needs["LOOP_DEVS"] = "1", "loop devices"
		}
	}
	for _, t := range p.tasks {
		if len(t.inherits) > 0 || t.inheritsCwd {
			out["INHERIT"], needs["INHERIT"] = "1", "files and directories that a task inherits"
		}
		if countNodes(t, isFuser) > 0 {
			out["FUSER"], needs["FUSER"] = "1", "fuser"
		}
	}
	if p.signals() {
		out["SIGNALS"], needs["SIGNALS"] = "1", "signals"
	}
	if p.hung >= 0 {
		out["HUNG_DEV"], needs["HUNG_DEV"] = strconv.Itoa(p.hung), "file system that hangs"
	}
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		if !mentions(files, name) {
			return nil, fmt.Errorf("the kernel model has no %s (%s)", needs[name], name)
		}
	}
	// What only some designs have: the others leave it aside.
	if set["kmalloc-fails"] == "true" {
		out["KMALLOC_MAY_FAIL"] = "1"
	}
	if set["migrate"] == "true" {
		out["MIGRATE"] = "1"
	}
	if v, ok := set["workers"]; ok {
		out["NR_KWORKERS"] = v
	}
	if v, ok := set["cpus"]; ok {
		out["NR_CPUS"] = v
	}
	known := modelSizes(files)
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if !sizeRE.MatchString(key) {
			continue
		}
		if !slices.Contains(known, key) {
			return nil, &Error{sc.settingPos(key, set[key]), key + "=" + set[key], "the kernel model has no such size", known}
		}
		out[key] = set[key]
	}
	return out, nil
}

func mounts(n node) int {
	if c, ok := n.(*call); ok && (c.kind == callMount || c.kind == callModprobe) {
		return 1
	}
	return 0
}

// modules counts the commands about modules that mount something for themselves.
func modules(n node) int {
	if c, ok := n.(*call); ok && (c.kind == callModprobe || c.kind == callRmmod) {
		return 1
	}
	return 0
}

// loops counts the commands that set loop devices up, and clear them.
func loops(n node) int {
	if c, ok := n.(*call); ok && (c.kind == callLoopClear || c.kind == callLoopSet) {
		return 1
	}
	return 0
}

func isFuser(n node) int {
	if c, ok := n.(*call); ok && c.kind == callFuser {
		return 1
	}
	return 0
}

func isUnshareCall(n node) int {
	if c, ok := n.(*call); ok && c.kind == callUnshare {
		return 1
	}
	return 0
}

// throughProc counts walks through /proc/PID/root.
func throughProc(n node) int {
	if c, ok := n.(*call); ok && c.path.from == fromTask {
		return 1
	}
	return 0
}

// opens counts the files that a command can have open at a time.
func opens(n node) int {
	switch n := n.(type) {
	case *call:
		if n.kind == callOpen {
			return 1
		}
	case *fsstress:
		return 1
	}
	return 0
}

// identifier turns a name like ltp-mkfs into LtpMkfs.
func identifier(name string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return !isWord(r) }) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	s := b.String()
	if !spec.IsIdentifier(s) || spec.IsReserved(s) {
		s = "Model_" + s
	}
	return s
}

// underscores turns a name like defer-v4 into defer_v4.
func underscores(name string) string {
	return strings.Map(func(r rune) rune {
		if isWord(r) {
			return r
		}
		return '_'
	}, name)
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// bounds says in one line what a verdict about m with these tasks is limited to. p is nil for a
// model of the user's own.
func bounds(m *spec.Model, p *program, tasks []string, defines, set map[string]string) string {
	parts := []string{plural(len(tasks), "task") + " (" + strings.Join(tasks, ", ") + ")"}
	if p != nil {
		for _, s := range []struct{ macro, one string }{
			{"NR_DEVS", "device"}, {"NR_PLACES", "mount place"},
		} {
			n, _ := strconv.Atoi(defines[s.macro]) // sizes has written it
			parts = append(parts, plural(n, s.one))
		}
		for _, s := range []struct{ macro, one string }{
			{"NR_MOUNTS", "mount"}, {"NR_SUPERS", "superblock"}, {"NR_FILES", "open file"},
		} {
			n, _ := strconv.Atoi(defines[s.macro])
			parts = append(parts, "at most "+plural(n, s.one)+" at a time")
		}
	}
	if p != nil {
		if n, ok := defines["NR_NS"]; ok && n != "1" {
			parts = append(parts, n+" mount namespaces")
		}
		if p.hung >= 0 {
			parts = append(parts, "the file system on "+p.devices[p.hung]+" hangs when it is shut down")
		}
		if n := kworkers(m); n > 0 {
			parts = append(parts, plural(n, "kworker"))
		}
	}
	cpus := 2 // as mcheck.h has it
	if v, ok := defines["NR_CPUS"]; ok {
		cpus, _ = strconv.Atoi(v) // a setting that was checked
	}
	where := "each task stays on its CPU"
	if set["migrate"] == "true" {
		where = "tasks migrate at any time"
	}
	parts = append(parts, plural(cpus, "CPU")+", "+where, memoryWords(set))
	var optional []string
	for _, a := range m.Actions {
		if !a.Optional {
			continue
		}
		what := a.Name
		if len(a.Source) > 0 {
			what = a.Source[0].Text
		}
		if !slices.Contains(optional, what) {
			optional = append(optional, what)
		}
	}
	if len(optional) == 0 {
		parts = append(parts, "nothing optional")
	} else {
		parts = append(parts, "optional: "+strings.Join(optional, ", "))
	}
	return strings.Join(parts, "; ")
}

// kworkers counts the kernel threads for work items that m has: none, where nothing is ever queued.
func kworkers(m *spec.Model) int {
	names := map[string]bool{}
	for _, e := range m.Enums {
		for _, v := range e.Values {
			if kworker.MatchString(v) {
				names[v] = true
			}
		}
	}
	return len(names)
}

// kworker is the name of such a thread; what its program counter may be begins alike, and goes on.
var kworker = regexp.MustCompile(`^kworker\d*$`)

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
