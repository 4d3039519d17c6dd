package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The findings are what the claims and the model give today. 'make docs' writes them.
func TestFindingsAreFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "findings.md"))
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run([]string{"claims", "--format", "markdown"}, nil, &stdout, &stderr), stderr.String())
	want, err := replaceBetween(doc, stdout.Bytes(), generatedBegin, generatedEnd)
	require.NoError(t, err)
	require.Equal(t, string(want), string(doc), "docs/findings.md is stale: make docs")
}

func TestReplaceGenerated(t *testing.T) {
	got, err := replaceBetween([]byte("a\n"+generatedBegin+"old\n"+generatedEnd+"b\n"), []byte("new\n"), generatedBegin, generatedEnd)
	require.NoError(t, err)
	require.Equal(t, "a\n"+generatedBegin+"new\n"+generatedEnd+"b\n", string(got))
	for _, doc := range []string{"", generatedBegin, generatedEnd + generatedBegin} {
		_, err := replaceBetween([]byte(doc), nil, generatedBegin, generatedEnd)
		require.ErrorContains(t, err, "no place for the generated part", doc)
	}
}

func TestCell(t *testing.T) {
	require.Equal(t, `a \| b`, cell("a | b"))
}
