// Package murphi prints a [spec.Model] in the language of Murphi, for rumur (2022.08.20) and, as
// far as it can be told from its manual, CMurphi.
//
// The model checker finds as many states as the explorer and fires as many rules as there are
// transitions. What differs:
//
//   - A step out of the model's constraint is not enabled; it is neither counted nor are invariants
//     checked after it.
//   - Of the properties only the invariants are there, under their names. Deadlock detection must
//     be off.
//   - Of the errors of evaluation, a value or an index out of range is one here too; the element of
//     a sequence beyond its length is not.
//
// Values of enum types are integers with named constants, and NULL is -1, because a place that may
// be NULL and one that may not must be comparable. A set is an array of booleans, a sequence a
// record of a length and elements.
//
// The package imports spec only.
package murphi
