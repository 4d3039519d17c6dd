package cread

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"modernc.org/cc/v4"
	"modernc.org/token"

	"mcheck/spec/kernel"
)

// Error is a model that the reader does not accept.
type Error struct {
	Pos token.Position
	Msg string
}

func (e *Error) Error() string {
	if !e.Pos.IsValid() {
		return e.Msg
	}
	return fmt.Sprintf("%s: %s", e.Pos, e.Msg)
}

// fail stops the reading of a model; [Check] returns the error.
func fail(at cc.Node, format string, args ...any) {
	e := &Error{Msg: fmt.Sprintf(format, args...)}
	if at != nil {
		e.Pos = at.Position()
	}
	panic(e)
}

// predefined stands before every model. It asks no host compiler for anything.
const predefined = `
#define __STDC__ 1
#define __STDC_VERSION__ 201112L
#define __MCHECK__ 1
int __predefined_declarator;
typedef unsigned long size_t;
typedef long ptrdiff_t;
typedef int wchar_t;
`

// lastLines stands behind every model: a name for what NR_CPUS is.
const lastLines = "enum { __cread_cpus = NR_CPUS };\n"

// parse reads the files as one translation unit. Types are not checked. The parser forgets what
// stands in some places; so it also says how many annotations there are.
func parse(files []File, opt Options) (ast *cc.AST, annotations int, err error) {
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		return nil, 0, err
	}
	cfg := &cc.Config{ABI: abi, FS: includes{opt.Include}, FSOnly: true, ExpansionLimit: 20_000_000,
		IncludePaths: []string{""}, SysIncludePaths: []string{""}, Predefined: predefined}
	text := predefined
	for _, name := range slices.Sorted(maps.Keys(opt.Defines)) {
		text += "#define " + name + " " + opt.Defines[name] + "\n"
	}
	sources := []cc.Source{{Name: "<predefined>", Value: text}}
	for _, f := range files {
		sources = append(sources, cc.Source{Name: f.Name, Value: string(f.Text) + "\n"})
	}
	sources = append(sources, cc.Source{Name: "<end>", Value: lastLines})
	if ast, err = cc.Parse(cfg, sources); err != nil {
		return nil, 0, err
	}
	var preprocessed strings.Builder
	if err := cc.Preprocess(cfg, sources, &preprocessed); err != nil {
		return nil, 0, err
	}
	return ast, strings.Count(strings.ReplaceAll(preprocessed.String(), " ", ""), `((annotate("`), nil
}

// includes is the file system of the files that a model includes.
type includes struct {
	text func(name string) ([]byte, error)
}

func (f includes) Open(name string) (fs.File, error) {
	base := path.Base(name)
	var b []byte
	err := fs.ErrNotExist
	switch {
	case f.text != nil:
		b, err = f.text(base)
	case base == kernel.HeaderName:
		b, err = kernel.Header(), nil
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &included{name: base, size: int64(len(b)), Reader: strings.NewReader(string(b))}, nil
}

type included struct {
	name string
	size int64
	*strings.Reader
}

func (f *included) Close() error               { return nil }
func (f *included) Stat() (fs.FileInfo, error) { return f, nil }
func (f *included) Name() string               { return f.name }
func (f *included) Size() int64                { return f.size }
func (f *included) Mode() fs.FileMode          { return 0o444 }
func (f *included) ModTime() time.Time         { return time.Time{} }
func (f *included) IsDir() bool                { return false }
func (f *included) Sys() any                   { return nil }
