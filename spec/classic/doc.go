// Package classic holds published models whose numbers of states are known, written in the IR: what
// every evaluator, explorer and export is measured against. The counts are those of the TLA+
// examples collection (github.com/tlaplus/Examples) and of TLC 2.18 on them; the models are
// re-modelled here.
//
// It imports spec only.
package classic
