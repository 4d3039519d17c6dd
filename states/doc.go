// Package states stores packed states: how the cells of a state are laid out in words, an exact visited set, and an
// append-only log that is the queue of a breadth-first search. All of it lives outside Go's heap.
//
// A packed state is a fixed number of uint64 words. The top bit of its first word ([Live]) is always set, so that no packed
// word 0 equals the two marks of an unused and of a half-written slot of a [Set].
//
// The package imports nothing of ours.
package states
