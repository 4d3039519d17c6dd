package flat

import (
	"strconv"
	"strings"
)

// Names gives things identifiers that are not reserved and not taken.
type Names struct {
	reserved map[string]bool
	taken    map[string]bool
}

// NewNames returns Names that avoid the words of the list, in upper and lower case.
func NewNames(reserved string) *Names {
	n := &Names{map[string]bool{}, map[string]bool{}}
	for w := range strings.FieldsSeq(reserved) {
		n.reserved[strings.ToLower(w)] = true
	}
	return n
}

// Pick returns the identifier that is most like want, and takes it.
func (n *Names) Pick(want string) string {
	s := n.Free(want)
	n.taken[s] = true
	return s
}

// Free is Pick without taking the name.
func (n *Names) Free(want string) string {
	base := Identifier(want)
	for i := 1; ; i++ {
		s := base
		if i > 1 {
			s += "_" + strconv.Itoa(i)
		}
		if !n.reserved[strings.ToLower(s)] && !n.taken[s] {
			return s
		}
	}
}

// Take takes s if it is free; release gives it back.
func (n *Names) Take(s string) (release func()) {
	n.taken[s] = true
	return func() { delete(n.taken, s) }
}

// Identifier returns s with everything that can't be in an identifier replaced by _.
func Identifier(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			b.WriteByte(c)
		case c >= '0' && c <= '9':
			if i == 0 {
				b.WriteString("n")
			}
			b.WriteByte(c)
		case i == 0:
			b.WriteString("x_")
		default:
			b.WriteByte('_')
		}
	}
	return b.String()
}

// Drop gives back a name that was picked.
func (n *Names) Drop(s string) { delete(n.taken, s) }
