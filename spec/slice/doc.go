// Package slice removes from a [spec.Model] what its reachable states can't show: actions that
// can't happen, variables that never change or that nothing reads, and enum values that nothing
// takes.
//
// It decides by the values that each variable can have at most, found without exploring states:
// everything that is removed is provably without effect, and what is left behaves the same. Every
// property keeps its verdict and the length of its shortest counterexample; states are fewer only
// where variables that nothing reads told them apart.
//
// The package imports spec and internal/parallel.
package slice
