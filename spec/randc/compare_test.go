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
	"mcheck/spec/cread"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
	"mcheck/spec/randc"
	"mcheck/spec/slice"
	"mcheck/states"
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
	liveness map[string]bool
	// steps of a shortest counterexample, or to what a COVER asks for; -1: there is none
	lengths map[string]int
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
	o.tooLarge = !r.Complete && strings.Contains(r.Reason, "states")
	for _, p := range r.Properties {
		o.verdicts[p.Property.Name] = p.Verdict.String()
		o.lengths[p.Property.Name] = len(p.Trace) - 1
	}
	return o
}

var quick = explorer.Options{Workers: 1, Engine: explorer.Closures}

// readRaw compiles and explores one access a step; the model is nil where it is refused.
func readRaw(m randc.Model) (outcome, *spec.Model) {
	model, err := compile(m, true)
	if err != nil {
		return outcome{reader: "raw", refused: refusal(err)}, nil
	}
	return explore("raw", model, quick), model
}

// readDefault compiles, slices and explores as mcheck does unless it is told otherwise.
func readDefault(m randc.Model) outcome {
	o, _ := readSliced(m)
	return o
}

func readSliced(m randc.Model) (outcome, *spec.Model) {
	model, err := compile(m, false)
	if err != nil {
		return outcome{reader: "default", refused: refusal(err)}, nil
	}
	if errs := spec.Check(model); len(errs) > 0 {
		return outcome{reader: "default", refused: "internal: not well-formed before slicing: " + errs[0].Error()}, nil
	}
	sliced, _ := slice.Slice(model)
	return explore("default", sliced, quick), sliced
}

// readAgain asks the second reader.
func readAgain(m randc.Model) outcome {
	r, err := cread.Check([]cread.File{{Name: "r.c", Text: []byte(m.Text)}},
		cread.Options{Defines: m.Defines(), Migrate: m.Migrate, MaxStates: 2 * maxStates})
	if err != nil {
		return outcome{reader: "reader", refused: err.Error()}
	}
	o := outcome{reader: "reader", verdicts: map[string]string{}, lengths: map[string]int{}, liveness: map[string]bool{},
		states: int64(r.States), tooLarge: r.States > maxStates}
	for _, p := range r.Properties {
		o.verdicts[p.Name], o.lengths[p.Name] = string(p.Verdict), p.Length
		o.liveness[p.Name] = p.Kind == "EVENTUALLY" || p.Kind == "LEADS_TO"
	}
	return o
}

// differ says what two readers disagree about, "" if nothing.
func differ(a, b outcome, exact bool) string {
	between := a.reader + " and " + b.reader + ": "
	switch {
	case a.refused != "" && b.refused == "":
		return between + a.reader + " refused: " + a.refused
	case a.refused == "" && b.refused != "":
		return between + b.reader + " refused: " + b.refused
	case a.refused != "":
		return ""
	case a.broken != "" || b.broken != "":
		return between + "can't be evaluated: " + a.broken + b.broken
	}
	var bad []string
	names := map[string]bool{}
	for name := range a.verdicts {
		names[name] = true
	}
	for name := range b.verdicts {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		v, w := a.verdicts[name], b.verdicts[name]
		switch {
		case v+w == "holds" && (name == "NoUseAfterFree" || name == "WithinBounds"): // made where it can be violated
		case v == "" || w == "":
			bad = append(bad, name+" is missing")
		case b.liveness[name] && (v == "undecided" || w == "undecided"): // one of them does not look
		case v != w:
			bad = append(bad, fmt.Sprintf("%s is %s, and %s", name, v, w))
		case exact && a.lengths[name] != b.lengths[name]:
			bad = append(bad, fmt.Sprintf("%s: shortest of %d, and %d steps", name, a.lengths[name], b.lengths[name]))
		}
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

// judge compares what the readers say; if it is thorough, also everything that explores a compiled
// model.
func judge(m randc.Model, thorough bool) judged {
	if why := excluded(m.Text); why != "" {
		return judged{dropped: why}
	}
	raw, rawModel := readRaw(m)
	if raw.tooLarge {
		return judged{dropped: "too large"}
	}
	def, model := readSliced(m)
	if raw.refused != "" && def.refused != "" {
		if strings.HasPrefix(raw.refused, "internal") || strings.HasPrefix(def.refused, "internal") {
			return judged{disagree: raw.refused + def.refused}
		}
		return judged{dropped: "refused: " + raw.refused}
	}
	if d := differ(raw, def, false); d != "" {
		return judged{disagree: d}
	}
	again := readAgain(m)
	if again.tooLarge {
		return judged{disagree: fmt.Sprintf("raw and reader: %d and %d states", raw.states, again.states)}
	}
	if d := differ(raw, again, true); d != "" || !thorough {
		return judged{disagree: d, raw: raw}
	}
	for of, model := range map[*outcome]*spec.Model{&raw: rawModel, &def: model} {
		if d := compareEngines(*of, model, of == &def); d != "" {
			return judged{disagree: d}
		}
	}
	return judged{raw: raw}
}

// compareEngines explores a model in all ways there are, and says what one of them has otherwise
// than the outcome before.
func compareEngines(was outcome, m *spec.Model, stores bool) string {
	if d := differ(was, evaluate(m), true); d != "" {
		return d
	}
	type way struct {
		name string
		opt  explorer.Options
	}
	ways := []way{{"native", explorer.Options{Workers: 1, Engine: explorer.Native}}}
	if stores {
		ways[0].opt.Workers = 3
		for _, kind := range []states.Kind{states.KindWhole, states.KindIndex, states.KindTree, states.KindHash} {
			for _, workers := range []int{1, 3} {
				ways = append(ways, way{fmt.Sprintf("store %s, %d workers", kind, workers),
					explorer.Options{Workers: workers, Engine: explorer.Closures, Store: kind, Seed: 1}})
			}
		}
	}
	for _, w := range ways {
		got := explore(was.reader+" "+w.name, m, w.opt)
		if w.opt.Store == states.KindHash { // which leaves undecided what is reached from every state
			for name, v := range got.verdicts {
				if v == "undecided" {
					got.verdicts[name], got.lengths[name] = was.verdicts[name], was.lengths[name]
				}
			}
		}
		if d := differ(was, got, true); d != "" {
			return d
		}
	}
	sym := explore(was.reader+" symmetry", m, explorer.Options{Workers: 1, Engine: explorer.Closures, Symmetry: true})
	if sym.states > was.states {
		return fmt.Sprintf("%s and symmetry: %d and %d states", was.reader, was.states, sym.states)
	}
	sym.states = was.states
	return differ(was, sym, true)
}

// evaluate asks the reference evaluator.
func evaluate(m *spec.Model) outcome {
	r, err := eval.Explore(m, eval.Options{Limit: 2 * maxStates})
	o := outcome{reader: "eval", verdicts: map[string]string{}, lengths: map[string]int{}, liveness: map[string]bool{}}
	switch {
	case err != nil:
		o.refused = err.Error()
		return o
	case r.Err != nil:
		o.broken = r.Err.Error()
		return o
	}
	o.states = r.Distinct
	for _, p := range r.Properties {
		name := p.Property.Name
		o.verdicts[name], o.lengths[name] = p.Verdict.String(), p.Length-1
		if p.Property.Kind == spec.Eventually || p.Property.Kind == spec.LeadsTo { // the explorer does not look
			o.liveness[name] = true
		}
	}
	return o
}
