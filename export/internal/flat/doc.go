// Package flat lowers the expressions and bodies of a [spec.Model] to what languages with integers,
// arrays and assignments can say.
//
// What comes out is still made of spec.Expr, but of a small part of it:
//
//   - Every expression is a scalar. Arrays, records and sequences appear only inside a place: a
//     variable followed by indices and fields. Equality of two of them has become a conjunction
//     over their parts, and an assignment one for each part.
//   - The length of a sequence is Len of its place, its slots are Index of its place with a
//     position up to the capacity, and slots beyond the length hold the least value of the element
//     type, so that equal sequences are stored equally.
//   - Forall and Exists are unrolled (or kept, if the language has them); Count, Sum, SetOf, MapOf,
//     Min and Max are gone; Div and Mod have dividends that are not negative, so that rounding is
//     the same everywhere.
//   - A set is a bit mask, of which the operators Union, Intersect, Minus, SubsetEq, In,
//     Cardinality, literals and Composite with one element are left; or, if the language has no bit
//     operations, an array of booleans over the element type, whose element i is written "i in set"
//     and of which nothing else is left.
//
// Expressions are assumed to have a value where they are evaluated: of the errors of evaluation
// only stores out of range are kept.
//
// The package imports spec only.
package flat
