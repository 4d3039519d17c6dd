package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// generated returns the file with what is between two lines replaced by part.
func generated(file, begin, end string, part []byte) ([]byte, error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return nil, fail(exitScenario, err)
	}
	updated, err := replaceBetween(old, part, begin, end)
	if err != nil {
		return nil, failf(exitScenario, "%s: %w", file, err)
	}
	return updated, nil
}

// updateGenerated replaces what is between two lines of a file.
func updateGenerated(file, begin, end string, part []byte) error {
	updated, err := generated(file, begin, end, part)
	if err != nil {
		return err
	}
	files, err := newFileSet(filepath.Dir(file))
	if err != nil {
		return fail(exitScenario, err)
	}
	defer files.discard()
	if err := addText(files, filepath.Base(file), string(updated)); err != nil {
		return err
	}
	_, err = files.commit()
	return fail(exitScenario, err)
}

// replaceBetween returns doc with what is between the lines begin and end replaced by part.
func replaceBetween(doc, part []byte, begin, end string) ([]byte, error) {
	before, rest, ok := bytes.Cut(doc, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return nil, errors.New("no place for the generated part: a line " + strings.TrimSpace(begin) + " and after it a line " + strings.TrimSpace(end))
	}
	return slices.Concat(before, []byte(begin), part, []byte(end), after), nil
}
