package kernel

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// PatchEndings are the endings of the names of files that hold patches.
var PatchEndings = []string{".patch", ".diff", ".mbox", ".mbx", ".eml"}

// IsPatchFile reports whether a file of that name holds patches.
func IsPatchFile(name string) bool { return slices.Contains(PatchEndings, path.Ext(name)) }

// separator is the line before each message of a mailbox, as git format-patch and b4 write it.
var separator = regexp.MustCompile(`^From \S+ .*\d\d:\d\d:\d\d.* \d{4}\s*$`)

// number is the place of a patch in a series: "[PATCH v4 2/3]".
var number = regexp.MustCompile(`\[[^]]*\b(\d+)/(\d+)[^]]*\]`)

// Series returns the patches in text, which is a unified diff or a mailbox of patches as
// git format-patch --stdout and b4 write it. A message without a diff, a cover letter or a reply,
// is left out. Numbered patches come in the order of their numbers. Where there are several, each
// is called name#n, n being its place in the mailbox from 1.
func Series(name string, text []byte) ([]Patch, error) {
	messages := split(text)
	type numbered struct {
		Patch
		n int
	}
	var found []numbered
	all := true
	for i, m := range messages {
		body, subject, err := decode(m)
		if err != nil {
			return nil, &PatchError{Patch: name, Line: m.line, Msg: err.Error()}
		}
		if !hasDiff(body) {
			continue
		}
		p := numbered{Patch: Patch{Name: name, Text: body}}
		if len(messages) > 1 {
			p.Name = fmt.Sprintf("%s#%d", name, i+1)
		}
		if at := number.FindStringSubmatch(subject); at != nil {
			p.n, _ = strconv.Atoi(at[1]) // digits
		} else {
			all = false
		}
		found = append(found, p)
	}
	if len(found) == 0 {
		return nil, &PatchError{Patch: name, Msg: "no file is changed: a patch needs ---, +++ and @@ lines"}
	}
	if all {
		slices.SortStableFunc(found, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
	}
	var out []Patch
	for _, p := range found {
		out = append(out, p.Patch)
	}
	return out, nil
}

// message is one message of a mailbox; line is where it begins, from 1.
type message struct {
	text []byte
	mail bool // its first line was a separator
	line int
}

// split returns the messages of a mailbox; a text that is none is one message.
func split(text []byte) []message {
	var out []message
	line := 0
	for l := range bytes.Lines(text) {
		line++
		if separator.Match(bytes.TrimRight(l, "\r\n")) {
			out = append(out, message{mail: true, line: line})
			continue
		}
		if len(out) == 0 {
			out = append(out, message{line: 1})
		}
		m := &out[len(out)-1]
		m.text = append(m.text, l...)
	}
	return slices.DeleteFunc(out, func(m message) bool { return len(bytes.TrimSpace(m.text)) == 0 })
}

// header is a line that a message begins with.
var header = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*:`)

// decode returns the text of a message as git am would see it, its subject in front, and the
// subject alone.
func decode(m message) (text []byte, subject string, err error) {
	first, _, _ := bytes.Cut(m.text, []byte("\n"))
	if !m.mail && !header.Match(first) {
		return m.text, "", nil
	}
	msg, err := mail.ReadMessage(bufio.NewReader(bytes.NewReader(m.text)))
	if err != nil {
		if m.mail {
			return nil, "", fmt.Errorf("this message has no header that can be read")
		}
		return m.text, "", nil // the text in front of a diff, which happens to look like a header
	}
	if !m.mail && msg.Header.Get("From") == "" {
		return m.text, "", nil // words in front of a diff, no header of a mail
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		subject = msg.Header.Get("Subject")
	}
	body := msg.Body
	kind, _, _ := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		return nil, "", fmt.Errorf("the patch is an attachment of a message: save the attachment, and give that")
	}
	switch encoding := strings.ToLower(msg.Header.Get("Content-Transfer-Encoding")); encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "", "7bit", "8bit", "binary":
	default:
		return nil, "", fmt.Errorf("the transfer encoding is not one of quoted-printable, base64, 7bit and 8bit")
	}
	text, err = io.ReadAll(body)
	if err != nil {
		return nil, "", fmt.Errorf("the message does not keep to its Content-Transfer-Encoding")
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	if subject != "" {
		subject = strings.Join(strings.Fields(subject), " ")
		text = append([]byte("Subject: "+subject+"\n\n"), text...)
	}
	return text, subject, nil
}

// hasDiff reports whether a message changes a file.
func hasDiff(text []byte) bool {
	old := false
	for l := range bytes.Lines(text) {
		if old && bytes.HasPrefix(l, []byte("+++ ")) {
			return true
		}
		old = bytes.HasPrefix(l, []byte("--- "))
	}
	return bytes.Contains(text, []byte("\ndiff --git ")) || bytes.HasPrefix(text, []byte("diff --git "))
}

// Trailer returns the value of a line "key: value" of the patch outside of its diff, as
// git format-patch --base writes base-commit; "" if there is none.
func (p Patch) Trailer(key string) string {
	for l := range strings.Lines(string(p.Text)) {
		if k, v, ok := strings.Cut(l, ":"); ok && k == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
