package cmodel_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
)

func include(name string) ([]byte, error) { return os.ReadFile(filepath.Join("../kernel/model", name)) }

func compile(t *testing.T, name, src string, opt cmodel.Options) *cmodel.Result {
	t.Helper()
	opt.Include = include
	res, err := cmodel.Compile([]cmodel.Source{{Name: name, Text: []byte(src)}}, opt)
	require.NoError(t, err)
	require.Empty(t, spec.Check(res.Model))
	return res
}
func TestTry(t *testing.T) {
	b, _ := os.ReadFile(os.Getenv("TRY"))
	res := compile(t, "x.c", string(b), cmodel.Options{Raw: os.Getenv("RAW") != ""})
	println(res.Model.String())
}
