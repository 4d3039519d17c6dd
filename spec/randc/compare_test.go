package randc_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
	"mcheck/spec/randc"
	"mcheck/spec/slice"
)

// maxStates is how many states a raw model may have; programs with more are dropped.
const maxStates = 20_000

// outcome is what one reader says about a program.
type outcome struct {
	reader   string
	refused  string // why it does not take the program
	broken   string // the model can't be evaluated
	tooLarge bool
	states   int64
	verdicts map[string]string // of each property
	lengths  map[string]int    // states of a shortest counterexample
}

func compile(m randc.Model, raw bool) (*spec.Model, error) {
	res, err := cmodel.Compile([]cmodel.Source{{Name: "r.c", Text: []byte(m.Text)}}, cmodel.Options{
		Name: "R", Raw: raw, Defines: m.Defines(), Migrate: m.Migrate,
		Include: func(string) ([]byte, error) { return kernel.Header(), nil },
	})
	if err != nil {
		return nil, err
	}
	return res.Model, nil
}

// refusal is the error of a front end in a few words.
func refusal(err error) string {
	var list cmodel.ErrorList
	if errors.As(err, &list) && len(list) > 0 && !errors.Is(err, spec.ErrInternal) {
		return list[0].Msg
	}
	return "internal: " + err.Error()
}

// explore decides the properties of a compiled model.
func explore(reader string, m *spec.Model, opt explorer.Options) outcome {
	if errs := spec.Check(m); len(errs) > 0 {
		return outcome{reader: reader, refused: "internal: not well-formed: " + errs[0].Error()}
	}
	opt.MaxStates = maxStates
	r, err := explorer.Explore(context.Background(), m, opt)
	if err != nil {
		return outcome{reader: reader, refused: "internal: " + err.Error()}
	}
	o := outcome{reader: reader, verdicts: map[string]string{}, lengths: map[string]int{}, states: r.Distinct}
	if r.Error != nil {
		o.broken = r.Error.Message
		return o
	}
	o.tooLarge = !r.Complete && r.Distinct >= maxStates
	for _, p := range r.Properties {
		o.verdicts[p.Property.Name] = p.Verdict.String()
		o.lengths[p.Property.Name] = len(p.Trace)
	}
	return o
}

var quick = explorer.Options{Workers: 1, Engine: explorer.Closures}

func readRaw(m randc.Model) outcome {
	model, err := compile(m, true)
	if err != nil {
		return outcome{reader: "raw", refused: refusal(err)}
	}
	return explore("raw", model, quick)
}

func readDefault(m randc.Model) outcome {
	model, err := compile(m, false)
	if err != nil {
		return outcome{reader: "default", refused: refusal(err)}
	}
	if errs := spec.Check(model); len(errs) > 0 {
		return outcome{reader: "default", refused: "internal: not well-formed before slicing: " + errs[0].Error()}
	}
	sliced, _ := slice.Slice(model)
	return explore("default", sliced, quick)
}

// differ says what two readers disagree about, "" if nothing.
func differ(a, b outcome, exact bool) string {
	between := a.reader + " and " + b.reader + ": "
	switch {
	case (a.refused == "") != (b.refused == ""):
		return between + "refused: " + a.refused + b.refused
	case a.refused != "":
		return ""
	case a.broken != "" || b.broken != "":
		return between + "can't be evaluated: " + a.broken + b.broken
	}
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(a.verdicts)) {
		v, w := a.verdicts[name], b.verdicts[name]
		switch {
		case w == "":
			bad = append(bad, name+" is missing")
		case v != w:
			bad = append(bad, fmt.Sprintf("%s is %s, and %s", name, v, w))
		case exact && a.lengths[name] != b.lengths[name]:
			bad = append(bad, fmt.Sprintf("%s: shortest of %d, and %d states", name, a.lengths[name], b.lengths[name]))
		}
	}
	if len(a.verdicts) != len(b.verdicts) {
		bad = append(bad, "different properties")
	}
	if exact && a.states != b.states {
		bad = append(bad, fmt.Sprintf("%d and %d states", a.states, b.states))
	}
	if len(bad) == 0 {
		return ""
	}
	return between + strings.Join(bad, "; ")
}

// verdict is the judgement about one program.
type judged struct {
	dropped  string // why it is not compared
	disagree string
	raw      outcome
}

// judge compares what the readers say.
func judge(m randc.Model, thorough bool) judged {
	raw := readRaw(m)
	if raw.tooLarge {
		return judged{dropped: "too large"}
	}
	def := readDefault(m)
	if raw.refused != "" && def.refused != "" {
		if strings.HasPrefix(raw.refused, "internal") || strings.HasPrefix(def.refused, "internal") {
			return judged{disagree: raw.refused + def.refused}
		}
		return judged{dropped: "refused: " + raw.refused}
	}
	return judged{disagree: differ(raw, def, false), raw: raw}
}
