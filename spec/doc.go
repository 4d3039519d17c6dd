// Package spec is the intermediate representation that every part of mcheck shares: a [Model] of typed
// variables over finite domains, guarded actions and properties.
//
// The front end produces a Model; the reference evaluator, the explorer and the exports consume it and
// know nothing else. A Model is plain data: building one never fails; [Check] finds everything that is
// wrong with it at once, and nothing downstream accepts a Model that has not passed it.
//
// # Meaning
//
// A state gives each variable a value of its type. An [Action] with a binding of its parameters is
// enabled in a state when Model.Running, and its Guard, hold there. Its Body then selects one list of updates;
// all right-hand sides and all indices are read in the old state, and the updates are applied in order, so
// that of two writes to one place the later wins (TLA+'s EXCEPT with several paths). What no update names
// stays as it was.
//
// The package imports nothing of ours.
package spec
