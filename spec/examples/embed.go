// Package examples holds models in the modelling C that need no kernel, to be read, changed and
// measured with.
//
// The package imports nothing of ours; spec/scenario builds the models.
package examples

import "embed"

// files holds models/NAME.c for each example NAME. (Go takes C files beside its own for cgo.)
//
//go:embed models/*.c
var files embed.FS

// PerCPU is a reference count over the CPUs, taken without a lock. WALKERS and READERS, both
// macros, make it as large as one likes.
const PerCPU = "percpu.c"

// Names returns the file names of the examples.
func Names() []string { return []string{PerCPU} }

// Text returns the text of the example in that file; it panics if there is none.
func Text(name string) []byte {
	text, err := files.ReadFile("models/" + name)
	if err != nil {
		panic(err)
	}
	return text
}
