package tla

// permutations is the definition that a configuration names as SYMMETRY.
func (p *printer) permutations() box {
	if len(p.classes) == 0 {
		return nil
	}
	var items []box
	for _, c := range p.classes {
		values := make([]box, len(c.Values))
		for i, v := range c.Values {
			values[i] = box{p.sym.values[c.Type][v]}
		}
		items = append(items, list("Permutations({", values, "})", width-len("Symmetry == "), true))
	}
	out := box{`\* Nothing below tells these values apart`}
	return append(out, hang(p.sym.symmetry+" == ", bullets(`\cup`, items), "")...)
}
