package cmodel

import (
	"io"
	"io/fs"
	pathpkg "path"
	"regexp"
	"sort"
	"strings"
	"time"

	"modernc.org/cc/v4"
	"modernc.org/token"

	"mcheck/spec"
)

// predefined is the front end's own predefined source: no host compiler is asked. The integer types
// are those of amd64.
const predefined = `
#define __STDC__ 1
#define __STDC_VERSION__ 201112L
#define __STDC_HOSTED__ 0
#define __MCHECK__ 1
#define __SIZE_TYPE__ unsigned long
#define __PTRDIFF_TYPE__ long
#define __WCHAR_TYPE__ int
int __predefined_declarator;
typedef unsigned long size_t;
typedef long ptrdiff_t;
typedef int wchar_t;
`

// unit is a parsed translation unit with its source text.
type unit struct {
	ast   *cc.AST
	lines map[string][]string // file → its lines
	last  string              // the last of the sources
	// annotated holds the places of the header's annotations, in order, those included that the C
	// parser drops.
	annotated []string
	over      map[string][]LineInfo // file → what its lines stand for
	// unread says why a file that is included could not be read.
	unread map[string]error
	parsed func() (*cc.AST, error) // the syntax tree alone, after an error
	errs   *errs
}

// memFS serves the includes; each is read once.
type memFS struct {
	include func(string) ([]byte, error)
	texts   map[string][]byte // by their base names
	got     map[string][]byte // those that were included, by their paths
}

func (f *memFS) read(base string) ([]byte, error) {
	if b, ok := f.texts[base]; ok {
		return b, nil
	}
	if f.include == nil {
		return nil, &fs.PathError{Op: "open", Path: base, Err: fs.ErrNotExist}
	}
	b, err := f.include(base)
	if err == nil {
		f.texts[base] = b
	}
	return b, err
}

func (f *memFS) Open(name string) (fs.File, error) {
	b, err := f.read(pathpkg.Base(name))
	if err != nil {
		return nil, err
	}
	f.got[name] = b
	return &memFile{name: name, Reader: strings.NewReader(string(b)), size: int64(len(b))}, nil
}

type memFile struct {
	name string
	*strings.Reader
	size int64
}

func (f *memFile) Close() error               { return nil }
func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Size() int64                { return f.size }
func (f *memFile) Mode() fs.FileMode          { return 0o444 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }

var _ io.Reader = (*memFile)(nil)

// parse preprocesses, parses and type-checks the sources as one translation unit.
func parse(sources []Source, opt Options) (*unit, error) {
	u := &unit{lines: map[string][]string{}, over: map[string][]LineInfo{}, unread: map[string]error{}, errs: &errs{}}
	u.errs.line = u.lineOf
	abi, err := cc.NewABI("linux", "amd64")
	if err != nil {
		return nil, err
	}
	fsys := &memFS{include: opt.Include, texts: map[string][]byte{}, got: map[string][]byte{}}
	cfg := &cc.Config{ABI: abi, FS: fsys, FSOnly: true, IncludePaths: []string{""}, SysIncludePaths: []string{""},
		ExpansionLimit: 2_000_000, Predefined: predefined}
	var defs strings.Builder
	defs.WriteString(predefined)
	names := make([]string, 0, len(opt.Defines))
	for n := range opt.Defines {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		defs.WriteString("#define " + n + " " + opt.Defines[n] + "\n")
	}
	if opt.StoreBuffer > 0 {
		defs.WriteString("#define MCHECK_TSO 1\n")
	}
	srcs := []cc.Source{{Name: "<predefined>", Value: defs.String()}}
	for _, s := range sources {
		text := s.Text
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(append([]byte{}, text...), '\n')
		}
		u.last = s.Name
		u.lines[s.Name] = strings.Split(string(text), "\n")
		if s.Lines != nil {
			u.over[s.Name] = s.Lines
		}
		srcs = append(srcs, cc.Source{Name: s.Name, Value: string(text)})
	}
	u.look(sources, fsys.read)
	if err := u.errs.err(); err != nil {
		return nil, err
	}
	// The parser does not always stop at the end of a source that ends too early; something it can
	// resume at follows.
	srcs = append(srcs, cc.Source{Name: "<end>", Value: strings.Repeat("void __mcheck_end(void);\n", 16)})
	// The parser preprocesses once more, but may wait for ever for what an error there cuts off.
	var text capped
	err = preprocess(cfg, srcs, &text)
	var ast *cc.AST
	if err == nil {
		u.scan(strings.Split(text.String(), "\n"), expandedLimits, func(int, int) spec.Pos { return spec.Pos{File: u.last, Line: 1, Col: 1} })
		if err := u.errs.err(); err != nil {
			return nil, err
		}
		ast, err = translate(cfg, srcs)
	}
	for n, b := range fsys.got {
		if _, ok := u.lines[n]; !ok {
			u.lines[n] = strings.Split(string(b), "\n")
		}
	}
	if err != nil {
		u.parsed = func() (ast *cc.AST, err error) {
			defer func() {
				if recover() != nil {
					err = gaveUp
				}
			}()
			return cc.Parse(cfg, srcs)
		}
		u.syntaxErrors(err)
		return nil, u.errs.err()
	}
	u.ast = ast
	u.annotated = annotatedAt.FindAllString(text.String(), -1)
	return u, nil
}

func preprocess(cfg *cc.Config, srcs []cc.Source, text io.Writer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = gaveUp
		}
	}()
	return cc.Preprocess(cfg, srcs, text)
}

// gaveUp says that the C parser has panicked, and knows no place.
var gaveUp = &Error{Msg: "the C parser can't read this program", Advice: "leave parts of it out, to find the one that it can't read"}

// translate calls the C front end and turns its panics into errors.
func translate(cfg *cc.Config, srcs []cc.Source) (ast *cc.AST, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = gaveUp
		}
	}()
	return cc.Translate(cfg, srcs)
}

// place maps a place in a source given to the front end to what it stands for.
func (u *unit) place(file string, line, col int) spec.Pos {
	if o := u.over[file]; line >= 1 && line <= len(o) && o[line-1].Pos.File != "" {
		return o[line-1].Pos
	}
	return spec.Pos{File: file, Line: line, Col: col}
}

func (u *unit) pos(p token.Position) spec.Pos { return u.place(p.Filename, p.Line, p.Column) }

// lineOf returns the text of a source line.
func (u *unit) lineOf(p spec.Pos) string {
	if ls := u.lines[p.File]; p.Line >= 1 && p.Line <= len(ls) {
		return strings.TrimRight(ls[p.Line-1], " \t\r")
	}
	return ""
}

var spaces = regexp.MustCompile(`[\s\v]+`)

// statement cuts the C statement that begins at p from the source: up to its semicolon or brace, on
// one line.
func (u *unit) statement(p token.Position) string {
	if o := u.over[p.Filename]; p.Line >= 1 && p.Line <= len(o) && o[p.Line-1].Text != "" {
		return o[p.Line-1].Text
	}
	ls := u.lines[p.Filename]
	if p.Line < 1 || p.Line > len(ls) || p.Column < 1 || p.Column-1 > len(ls[p.Line-1]) {
		return ""
	}
	text := ls[p.Line-1][p.Column-1:]
	for i := p.Line; i < len(ls) && i < p.Line+8; i++ {
		text += "\n" + ls[i]
	}
	depth := 0
	var out strings.Builder
scan:
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case strings.HasPrefix(text[i:], "//"):
			for i < len(text) && text[i] != '\n' {
				i++
			}
			out.WriteByte(' ')
			continue
		case strings.HasPrefix(text[i:], "/*"):
			j := strings.Index(text[i:], "*/")
			if j < 0 {
				break scan
			}
			i += j + 1
			out.WriteByte(' ')
			continue
		case c == '"':
			j := i + 1
			for j < len(text) && text[j] != '"' {
				if text[j] == '\\' {
					j++
				}
				j++
			}
			j = min(j, len(text)-1)
			out.WriteString(text[i : j+1])
			i = j
			continue
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			if depth--; depth < 0 {
				break scan
			}
			if depth == 0 && headed(out.String()) {
				out.WriteByte(c)
				break scan
			}
		case depth == 0 && (c == ';' || c == '}'):
			if c == ';' {
				out.WriteByte(c)
			}
			break scan
		case depth == 0 && c == '{':
			if s := strings.TrimSpace(out.String()); s == "" || isWord(s) {
				out.WriteByte(c) // atomic { a; b; } on one line is one statement
				continue
			}
			break scan
		}
		out.WriteByte(c)
	}
	return strings.TrimSpace(spaces.ReplaceAllString(out.String(), " "))
}

// headed reports whether s begins with a keyword that has a condition in parentheses: its text ends
// with them.
func headed(s string) bool {
	for _, k := range []string{"if", "while", "for", "switch"} {
		if rest, ok := strings.CutPrefix(s, k); ok && rest != "" && (rest[0] == ' ' || rest[0] == '(') {
			return true
		}
	}
	return false
}

func isWord(s string) bool {
	for _, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') {
			return false
		}
	}
	return true
}
