// Package promela prints a [spec.Model] in Promela, for Spin 6.5.2.
//
// There is one process. Its first step chooses the initial state; then, in a loop, each step is one
// d_step, which stands for one action with one binding of its parameters and so takes the model
// from one state to the next. Made with spin -a -o2 (without it Spin drops variables that are never
// read) and compiled with -DNOREDUCE, pan stores the states of the model and one more, that before
// the first step, and makes their transitions and one for each initial state; [Initial] reads from
// the text how many those are. What differs:
//
//   - A step out of the model's constraint is not enabled; it is neither counted nor are invariants
//     checked after it.
//   - Of the properties only the invariants are there: each is asserted after each step that writes
//     what it reads, together with its number, by which [Invariant] finds its name. Deadlocks are
//     no errors: the loop is a valid end state.
//   - Of the errors of evaluation, a value out of range is an assertion and an index outside an
//     array is found by pan.
//
// Where the updates of a step can't be ordered so that each reads the old state, temporaries keep
// it. They are hidden, which pan's breadth-first modes refuse: for those give spin the option
// -DTEMPORARY= to make them ordinary variables. Both find the same states, since a step leaves them
// 0.
//
// Values of enum types are integers with names for the preprocessor; NULL is 255, so that a place
// that may be NULL takes one byte. A set is a bit mask, a sequence a length and its elements.
//
// The package imports spec only.
package promela
