// Package kernel holds the kernel model: C files in the modelling language that stand beside the
// kernel's own, and the header of the language. It also applies the patches that make other designs
// of them.
//
// The C files are in the directory model, since the go command takes C beside Go files for cgo.
//
// The package imports nothing of ours.
package kernel

import (
	"embed"
	"io/fs"
	"path"
	"slices"
)

//go:embed model/*.c model/*.h
var files embed.FS

const dir = "model"

// HeaderName is the name of the header of the modelling language.
const HeaderName = "mcheck.h"

// File is a source file of the model.
type File struct {
	Name string // "namespace.c"
	Text []byte
}

// Patch is a unified diff against the files of the model.
type Patch struct {
	Name string // as errors show it: "defer-v4.patch"
	Text []byte
}

// Base returns the model without a patch: its C files and headers, sorted by name, [HeaderName]
// left out.
func Base() []File {
	entries, err := files.ReadDir(dir)
	if err != nil {
		panic("kernel: " + err.Error()) // the embedded directory always exists
	}
	var out []File
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".c" && ext != ".h" || e.Name() == HeaderName {
			continue
		}
		out = append(out, File{e.Name(), read(e.Name())})
	}
	return out
}

// Header returns the text of the header of the modelling language.
func Header() []byte { return read(HeaderName) }

func read(name string) []byte {
	text, err := fs.ReadFile(files, path.Join(dir, name))
	if err != nil {
		panic("kernel: " + err.Error()) // only called with names that are embedded
	}
	return slices.Clone(text)
}

// Sources returns the model with the patches applied in order, sorted by name.
func Sources(patches ...Patch) ([]File, error) { return Apply(Base(), patches...) }
