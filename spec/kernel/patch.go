package kernel

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"

	"mcheck/internal/safe"
)

// fileNameRE is what the files of the model are named.
var fileNameRE = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+-]*$`)

// PatchError says why a patch can't be applied.
type PatchError struct {
	Patch string // name of the patch
	Line  int    // line of the patch, from 1; 0 if it is the patch as a whole
	Hunk  string // header of the hunk at fault: "@@ -10,6 +10,7 @@"; may be empty
	// File and FileLine are the place in the target where the hunk was expected; FileLine is 0 if
	// no place is meant.
	File     string
	FileLine int
	Msg      string
}

// Error returns "patch:line: hunk: message (file:line)", without what is not known.
func (e *PatchError) Error() string {
	s := e.Patch
	if e.Line > 0 {
		s += ":" + strconv.Itoa(e.Line)
	}
	if e.Hunk != "" {
		s += ": " + e.Hunk
	}
	s += ": " + e.Msg
	if e.File != "" && e.FileLine > 0 {
		s += fmt.Sprintf(" (at %s:%d)", e.File, e.FileLine)
	}
	return s
}

// Description returns the text before the first file of the patch, without blanks at its ends. Its
// first line is the subject.
func (p Patch) Description() string {
	var out []string
	for _, l := range strings.Split(string(p.Text), "\n") {
		if strings.HasPrefix(l, "diff ") || strings.HasPrefix(l, "--- ") || l == "---" || strings.HasPrefix(l, "Index: ") {
			break
		}
		out = append(out, strings.TrimRight(l, " \t\r"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// Apply returns files with the patches applied in order, sorted by name; files itself is left as it
// is.
//
// A hunk goes where its header says if the file was not patched before and all its context and
// removed lines stand there; else where they stand if that is one place only. Nothing is ever
// applied with less than its full context. The error is a *PatchError.
func Apply(files []File, patches ...Patch) ([]File, error) {
	out := slices.Clone(files)
	patched := map[string]bool{}
	for _, p := range patches {
		var err error
		if out, err = applyPatch(out, p, patched); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func applyPatch(files []File, p Patch, patched map[string]bool) ([]File, error) {
	diffs, _, err := gitdiff.Parse(bytes.NewReader(p.Text))
	if err != nil {
		return nil, parseError(p, err)
	}
	hunks := hunkHeaders(p.Text)
	if len(diffs) == 0 {
		return nil, &PatchError{Patch: p.Name, Msg: "no file is changed: a patch needs ---, +++ and @@ lines"}
	}
	next := 0
	for _, d := range diffs {
		place := patchPlace{patch: p.Name, file: targetName(d)}
		if next < len(hunks) {
			place.hunk = hunks[next]
		}
		switch {
		case !fileNameRE.MatchString(place.file):
			return nil, place.fail(0, "%s is no name of a file of the model: letters, digits and _ . - +", safe.Quote(place.file))
		case d.IsBinary:
			return nil, place.fail(0, "a binary patch cannot change a C file")
		case d.IsDelete, d.IsRename, d.IsCopy:
			return nil, place.fail(0, "%s: files may be changed and added, not deleted, renamed or copied", place.file)
		case len(d.TextFragments) == 0:
			return nil, place.fail(0, "%s: no hunk changes it", place.file)
		}
		if next+len(d.TextFragments) > len(hunks) {
			return nil, &PatchError{Patch: p.Name, Msg: "its @@ lines do not match its hunks"}
		}
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == place.file })
		var old []byte
		switch {
		case d.IsNew && i >= 0:
			return nil, place.fail(0, "%s exists already", place.file)
		case d.IsNew:
			files, i = append(files, File{Name: place.file}), len(files)
		case i < 0:
			return nil, place.fail(0, "there is no file %s; the model has %s", place.file, names(files))
		default:
			old = files[i].Text
		}
		text, err := applyFile(old, d, hunks[next:], place, patched[place.file])
		if err != nil {
			return nil, err
		}
		files[i].Text = text
		next += len(d.TextFragments)
	}
	for _, d := range diffs {
		patched[targetName(d)] = true
	}
	return files, nil
}

// applyFile moves each hunk of d to where its lines stand in old, and applies them.
func applyFile(old []byte, d *gitdiff.File, hunks []hunkHeader, place patchPlace, moved bool) ([]byte, error) {
	lines := bytes.SplitAfter(old, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	from := 0 // the next hunk begins here or later
	for k, h := range d.TextFragments {
		place.hunk = hunks[k]
		if h.LinesAdded == 0 && h.LinesDeleted == 0 {
			return nil, place.fail(0, "the hunk changes nothing")
		}
		if d.IsNew {
			continue
		}
		var want [][]byte
		for _, l := range h.Lines {
			if l.Old() {
				want = append(want, []byte(l.Line))
			}
		}
		if len(want) == 0 {
			return nil, place.fail(0, "the hunk has no context, so its place cannot be checked")
		}
		at, err := locate(lines, want, from, int(h.OldPosition)-1, moved, place)
		if err != nil {
			return nil, err
		}
		h.OldPosition = int64(at) + 1
		from = at + len(want)
	}
	var buf bytes.Buffer
	if err := gitdiff.Apply(&buf, bytes.NewReader(old), d); err != nil {
		return nil, place.fail(0, "the hunk can't be applied to %s", place.file)
	}
	return buf.Bytes(), nil
}

// locate returns the index in lines, at or after from, where want stands. stated is where the hunk
// says it does.
func locate(lines, want [][]byte, from, stated int, moved bool, place patchPlace) (int, error) {
	if !moved && stated >= from && matches(lines, want, stated) == len(want) {
		return stated, nil
	}
	var found []int
	for i := from; i+len(want) <= len(lines); i++ {
		if matches(lines, want, i) == len(want) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		// Show the first line that differs where the hunk was meant to go, or where it comes
		// closest.
		best := max(stated, 0)
		for i := from; i < len(lines); i++ {
			if matches(lines, want, i) > matches(lines, want, best) {
				best = i
			}
		}
		n := matches(lines, want, best)
		have := "the end of the file"
		if best+n < len(lines) {
			have = quote(lines[best+n])
		}
		return 0, place.fail(best+n+1, "the hunk does not apply: it has %s where the file has %s", quote(want[n]), have)
	}
	var at []string
	for _, i := range found {
		at = append(at, strconv.Itoa(i+1))
	}
	return 0, place.fail(found[0]+1, "the hunk is ambiguous: its lines stand at lines %s of %s; give it more context", strings.Join(at, ", "), place.file)
}

// matches returns how many of want's first lines stand in lines from i on.
func matches(lines, want [][]byte, i int) int {
	n := 0
	for n < len(want) && i >= 0 && i+n < len(lines) && bytes.Equal(lines[i+n], want[n]) {
		n++
	}
	return n
}

func quote(line []byte) string { return safe.Quote(string(bytes.TrimRight(line, "\r\n"))) }

// targetName is the file that d changes, without directories: the files of the model stand in one.
func targetName(d *gitdiff.File) string {
	if d.NewName != "" {
		return path.Base(d.NewName)
	}
	return path.Base(d.OldName)
}

func names(files []File) string {
	if len(files) == 0 {
		return "none"
	}
	var ns []string
	for _, f := range files {
		ns = append(ns, f.Name)
	}
	return strings.Join(ns, ", ")
}

// hunkHeader is an @@ line of a patch.
type hunkHeader struct {
	line int // of the patch, from 1
	text string
}

// hunkHeaders finds the @@ lines of a patch. Inside a hunk every line begins with a blank, +, - or
// \, so they can't be mistaken.
func hunkHeaders(text []byte) []hunkHeader {
	var hs []hunkHeader
	inFile := false
	for i, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(l, "--- ") {
			inFile = true
		}
		if inFile && strings.HasPrefix(l, "@@ -") {
			if end := strings.Index(l[2:], "@@"); end >= 0 {
				l = l[:end+4]
			}
			hs = append(hs, hunkHeader{i + 1, strings.TrimSpace(l)})
		}
	}
	return hs
}

// patchPlace is where in a patch an error is.
type patchPlace struct {
	patch, file string
	hunk        hunkHeader
}

func (p patchPlace) fail(fileLine int, format string, args ...any) *PatchError {
	return &PatchError{p.patch, p.hunk.line, p.hunk.text, p.file, fileLine, fmt.Sprintf(format, args...)}
}

// parseError turns gitdiff's "gitdiff: line N: text" into a PatchError.
func parseError(p Patch, err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	msg := strings.TrimPrefix(err.Error(), "gitdiff: ")
	e := &PatchError{Patch: p.Name, Msg: "it is no unified diff, as git diff and diff -u write it"}
	var n int
	if _, scan := fmt.Sscanf(msg, "line %d:", &n); scan == nil {
		lines := strings.Split(string(p.Text), "\n")
		what := "the patch ends where its diff does not"
		if n = max(1, n); n <= len(lines) && lines[n-1] != "" {
			what = quote([]byte(lines[n-1])) + " can't stand here"
		}
		e.Line = n
		e.Msg = what + ": a file begins with --- and +++, a hunk with @@ -LINE,COUNT +LINE,COUNT @@, its lines with a blank, - or +"
		if strings.Contains(msg, "miscounts lines") {
			for _, h := range hunkHeaders(p.Text) {
				if h.line <= n {
					e.Line, e.Hunk = h.line, h.text
				}
			}
			e.Msg = "the hunk does not have the number of lines that its header says"
		}
	}
	return e
}
