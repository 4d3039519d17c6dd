// Package states stores packed states: how the cells of a state are laid out in words, the sets of
// states that a search has visited ([Store]: three that are exact and one that is not), and an
// append-only log that is the queue of a breadth-first search. All of it lives outside Go's heap,
// within a [Budget], and where that ends on a disk ([Bounded]).
//
// A packed state is a fixed number of uint64 words. The top bit of its first word ([Live]) is
// always set, so that no packed word 0 equals the two marks of an unused and of a half-written slot
// of [Whole].
//
// The package imports nothing of ours.
package states
