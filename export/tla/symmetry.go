package tla

// permutations is the definition that a configuration names as SYMMETRY.
func (p *printer) permutations() box {
	if len(p.classes) == 0 {
		return nil
	}
	const or = `\cup `
	var union box
	for i, c := range p.classes {
		values := make([]box, len(c.Values))
		for k, v := range c.Values {
			values[k] = box{p.sym.values[c.Type][v]}
		}
		head := ""
		if i > 0 {
			head = or
		}
		union = append(union, list(head+"Permutations({", values, "})", width-len("Symmetry == "), true)...)
	}
	return append(box{`\* Nothing below tells these values apart`}, hang(p.sym.symmetry+" == ", union, "")...)
}
