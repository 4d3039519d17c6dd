package kernel

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// RecordedVersion is the kernel whose functions' hashes are recorded: Debian's linux-source-6.12.
const RecordedVersion = "6.12.117"

//go:embed standsfor.txt
var standsFor string

// StandsFor says which function of the kernel a function of the model stands for.
type StandsFor struct {
	File, Func             string // of the model
	KernelFile, KernelFunc string // of v6.15; "" where it stands for no single function
	// Hash is that of the function in [RecordedVersion]; "" where that has no such function.
	Hash string
}

// Counterparts returns the table, in the order of its file.
func Counterparts() ([]StandsFor, error) { return parseStandsFor(standsFor) }

func parseStandsFor(text string) ([]StandsFor, error) {
	var out []StandsFor
	for i, l := range strings.Split(text, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		f := strings.Fields(l)
		bad := fmt.Errorf("standsfor.txt:%d: %q: it is FILE:FUNCTION, FILE:FUNCTION of the kernel or -, and a hash or -", i+1, l)
		if len(f) != 3 {
			return nil, bad
		}
		var s StandsFor
		var ok bool
		if s.File, s.Func, ok = strings.Cut(f[0], ":"); !ok {
			return nil, bad
		}
		if f[1] != "-" {
			if s.KernelFile, s.KernelFunc, ok = strings.Cut(f[1], ":"); !ok {
				return nil, bad
			}
		}
		if f[2] != "-" {
			s.Hash = f[2]
		}
		out = append(out, s)
	}
	return out, nil
}

// FunctionHash returns a hash of a function in a file of the kernel, which changes in comments and
// blanks do not change; ok is false where the file does not define it. It takes the layout of the
// kernel's sources for granted: a definition begins in the first column, and so do the braces of
// its body. Where a file has several definitions, for several configurations, all are in the hash.
func FunctionHash(text []byte, name string) (hash string, ok bool) {
	head := regexp.MustCompile(`^[A-Za-z_][^;={}]*\b` + regexp.QuoteMeta(name) + `\(|^` + regexp.QuoteMeta(name) + `\(`)
	code := bytes.Split(withoutComments(text), []byte("\n"))
	h := sha256.New()
	for i := 0; i < len(code); i++ {
		if !head.Match(code[i]) {
			continue
		}
		body := i
		for body < len(code) && !bytes.HasPrefix(code[body], []byte("{")) && !bytes.Contains(code[body], []byte(";")) &&
			!bytes.HasSuffix(bytes.TrimSpace(code[body]), []byte("}")) {
			body++
		}
		if body == len(code) || !bytes.HasPrefix(code[body], []byte("{")) {
			continue // a declaration, or a call
		}
		end := body
		for end < len(code) && !bytes.HasPrefix(code[end], []byte("}")) && !(end == body && bytes.HasSuffix(bytes.TrimSpace(code[end]), []byte("}"))) {
			end++
		}
		if end == len(code) {
			continue
		}
		for _, l := range code[i : end+1] {
			h.Write(bytes.Join(bytes.Fields(l), []byte(" ")))
			h.Write([]byte("\n"))
		}
		ok = true
		i = end
	}
	if !ok {
		return "", false
	}
	return hex.EncodeToString(h.Sum(nil))[:16], true
}

// withoutComments is a C file line by line without comments; a blank line stays for each line of
// one.
func withoutComments(text []byte) []byte {
	var code []byte
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch c := text[i]; {
		case bytes.HasPrefix(rest, []byte("//")):
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				end = len(rest) - 4
			}
			code = append(code, ' ')
			code = append(code, bytes.Repeat([]byte("\n"), bytes.Count(rest[:end+4], []byte("\n")))...)
			i += end + 3
		case c == '"' || c == '\'':
			from := i
			for i++; i < len(text) && text[i] != c && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			code = append(code, text[from:min(i+1, len(text))]...)
		default:
			code = append(code, c)
		}
	}
	return code
}

// Code returns a C file line by line without comments and without blanks at the ends of a line;
// other blanks are one space.
func Code(text []byte) []byte {
	var out []byte
	for l := range bytes.Lines(withoutComments(text)) {
		out = append(append(out, bytes.Join(bytes.Fields(l), []byte(" "))...), '\n')
	}
	return out
}
