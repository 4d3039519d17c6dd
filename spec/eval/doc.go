// Package eval is the reference evaluator: expressions, initial states, successors and a plain
// breadth-first search, each written in the most obvious way, to be compared with everything that
// is fast or comes from elsewhere. It also runs the set-up of scenarios.
//
// It imports spec only. Models must have passed [spec.Check].
package eval
