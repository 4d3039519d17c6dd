// Package spectest generates random models for property tests: small enough to be explored
// exhaustively by the slowest means, and using everything the IR has. They are well-typed: each
// passes spec.Check.
//
// It imports spec, and rapid; only tests import it.
package spectest
