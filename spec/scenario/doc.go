// Package scenario turns a shell script, a reproducer as a bug report holds it, into a
// [spec.Model]: who does what, beside whom, over the kernel model of spec/kernel.
//
// [Parse] reads the script and its directives, and runs it: what it does becomes blocks, one task
// after the other. [Build] generates C for its tasks, compiles it with the kernel model and a
// design's patches, runs the set-up part to find the initial state, and removes what the scenario
// can't reach.
//
// The package imports spec, spec/eval, spec/cmodel, spec/slice, and the embedded files of
// spec/kernel, spec/designs and spec/scenarios.
package scenario
