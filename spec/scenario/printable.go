package scenario

import (
	"mcheck/internal/safe"
	"mcheck/spec"
)

// printable makes all text of m that is no name of the language safe to print: what it shows comes
// from files, and goes to terminals, into comments of exported modules and into labels of graphs.
func printable(m *spec.Model) {
	m.Doc = safe.Text(m.Doc)
	for _, t := range m.Enums {
		for i, v := range t.Values { // what went wrong, with its text, is one
			if s := safe.Line(v); s != v {
				t.Values[i] = s
			}
		}
	}
	for _, v := range m.Vars {
		v.Doc, v.Group = safe.Text(v.Doc), safe.Line(v.Group)
	}
	for _, a := range m.Actions {
		a.Never, a.To = safe.Text(a.Never), safe.Text(a.To)
		for i := range a.Source {
			l := &a.Source[i]
			l.Pos.File, l.Text = safe.Line(l.Pos.File), safe.Text(l.Text)
		}
	}
	for _, p := range m.Properties {
		p.Words, p.Source = safe.Text(p.Words), safe.Text(p.Source)
	}
}
