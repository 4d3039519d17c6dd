// Package spec is the intermediate representation that every part of mcheck shares: a [Model] of
// typed variables over finite domains, guarded actions and properties.
//
// The front end produces a Model; the reference evaluator, the explorer and the exports consume it
// and know nothing else. A Model is plain data: building one never fails; [Check] finds everything
// that is wrong with it at once, and nothing downstream accepts a Model that has not passed it.
//
// # Meaning
//
// A state gives each variable a value of its type. An [Action] with a binding of its parameters is
// enabled in a state when Model.Running, and its Guard, hold there. Its Body then selects one list
// of updates; all right-hand sides and all indices are read in the old state, and the updates are
// applied in order, so that of two writes to one place the later wins (TLA+'s EXCEPT with several
// paths). What no update names stays as it was.
//
// # Evaluation
//
// What every evaluator (the reference one, the explorer, TLC) must agree on beyond the comments of
// the operators:
//
//   - And, Or, Implies and If evaluate left to right and only what they need. Forall and Exists go
//     through their domain in ascending order and stop at the first value that decides.
//   - In is false for an element that the element type of the set does not contain (NULL, an
//     integer out of range). Eq and Ne compare integers as numbers, whatever their ranges.
//   - A value outside the type of the place it is stored in is an error, where the place is a
//     variable or a part of one, an element of a Composite or the element that Append adds. So is
//     an index outside an array or sequence, NULL as an index, Head and Tail of an empty sequence,
//     Append to a full one, RemoveAt of a position that is not there, and a divisor below 1.
//   - A path of an Update selects in the value that the updates before it have left: after q :=
//     tail(q), q[1] is what was q[2]. Its indices themselves are evaluated in the old state, like
//     all right-hand sides.
//   - An error in a Guard, a Running or a Constraint is an error of the model too.
//
// The package imports nothing of ours.
package spec
