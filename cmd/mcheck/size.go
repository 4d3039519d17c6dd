package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is a number of bytes, as a flag: 4GiB, 500M, 1073741824. Units are powers of 1024.
type size int64

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Type implements pflag.Value.
func (*size) Type() string { return "SIZE" }

// Set implements pflag.Value.
func (s *size) Set(text string) error {
	digits := strings.TrimRightFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	shift, ok := map[string]uint{"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30,
		"t": 40, "tb": 40, "tib": 40}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !ok || n <= 0 || n > (1<<62)>>shift {
		return fmt.Errorf("it is a size: a whole number of at least 1 with a unit (KiB, MiB, GiB, TiB), as in 500MiB or 4GiB")
	}
	*s = size(n << shift)
	return nil
}
