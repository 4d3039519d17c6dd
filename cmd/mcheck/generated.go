package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"mcheck/internal/input"
)

// documentLimit is the size in bytes of the largest file with a generated part.
const documentLimit = 16 << 20

// generatedPart returns what is between two lines of a file.
func generatedPart(file, begin, end string) (string, error) {
	doc, err := input.ReadLimit(file, documentLimit)
	if err != nil {
		return "", fail(exitScenario, err)
	}
	_, part, _, err := partBetween(doc, begin, end)
	if err != nil {
		return "", failf(exitScenario, "%s: %w", file, err)
	}
	return string(part), nil
}

// updateGenerated replaces what is between two lines of a file.
func updateGenerated(file, begin, end string, part []byte) error {
	doc, err := input.ReadLimit(file, documentLimit)
	if err != nil {
		return fail(exitScenario, err)
	}
	updated, err := replaceBetween(doc, part, begin, end)
	if err != nil {
		return failf(exitScenario, "%s: %w", file, err)
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
	before, _, after, err := partBetween(doc, begin, end)
	if err != nil {
		return nil, err
	}
	return slices.Concat(before, []byte(begin), part, []byte(end), after), nil
}

// partBetween returns what is before the line begin, between it and the line end, and behind that.
func partBetween(doc []byte, begin, end string) (before, part, after []byte, err error) {
	before, rest, ok := bytes.Cut(doc, []byte(begin))
	part, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return nil, nil, nil, errors.New("no place for the generated part: a line " + strings.TrimSpace(begin) + " and after it a line " + strings.TrimSpace(end))
	}
	return before, part, after, nil
}
