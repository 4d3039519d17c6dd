// Package tla prints a [spec.Model] as a TLA+ module that TLC 2.18 reads, and reads TLC's values
// back.
//
// The module is what one would write by hand: a function variable for each field, one operator for
// each atomic step with its guard first and its source line beside it, UNCHANGED last. It is made
// for equality with the explorer: TLC finds the same distinct states, generates the same number and
// reaches the same depth. For that, nothing that TLC splits (a disjunction, an existential
// quantifier, an implication) stands bare in a guard: TLC would count the successor once for each
// true part.
//
// The output depends on the model only, never on map order or time. The package imports spec; it
// runs nothing (see tlc for that).
package tla
