package classic

import "mcheck/spec"

// DieHard is the puzzle of measuring 4 gallons with jugs of 5 and 3; its invariant fails with a
// solution of 6 steps.
func DieHard() *spec.Model {
	big := &spec.Var{Name: "big", Type: upTo(0, 5), Init: num(0)}
	small := &spec.Var{Name: "small", Type: upTo(0, 3), Init: num(0)}
	sum := add(v(big), v(small))
	fits := func(size int) expr { return spec.Bin(spec.Min, sum, num(size)) }
	return &spec.Model{
		Name: "DieHard", Doc: "Two jugs, of 5 and 3 gallons, and a tap.", Vars: []*spec.Var{big, small},
		Actions: []*spec.Action{
			action("FillSmall", nil, nil, set(small, num(3))),
			action("FillBig", nil, nil, set(big, num(5))),
			action("EmptySmall", nil, nil, set(small, num(0))),
			action("EmptyBig", nil, nil, set(big, num(0))),
			action("SmallToBig", nil, nil, set(big, fits(5)), set(small, sub(sum, fits(5)))),
			action("BigToSmall", nil, nil, set(small, fits(3)), set(big, sub(sum, fits(3)))),
		},
		Properties: []*spec.Property{invariant("NotFour", "the big jug never holds 4 gallons", ne(v(big), num(4)))},
	}
}
