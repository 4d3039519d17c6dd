package cmodel_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
)

func TestKernelTry(t *testing.T) {
	var srcs []cmodel.Source
	heads := map[string][]byte{"mcheck.h": kernel.Header()}
	for _, f := range kernel.Base() {
		if f.Name[len(f.Name)-1] == 'h' {
			heads[f.Name] = f.Text
			continue
		}
		srcs = append(srcs, cmodel.Source{Name: f.Name, Text: f.Text})
	}
	b, err := os.ReadFile(os.Getenv("SC"))
	require.NoError(t, err)
	srcs = append(srcs, cmodel.Source{Name: "scenario.c", Text: b})
	start := time.Now()
	res, err := cmodel.Compile(srcs, cmodel.Options{Raw: os.Getenv("RAW") != "", Include: func(n string) ([]byte, error) {
		if b, ok := heads[n]; ok {
			return b, nil
		}
		return nil, os.ErrNotExist
	}})
	println("compile", time.Since(start).String())
	require.NoError(t, err)
	os.WriteFile("/tmp/model.txt", []byte(res.Model.String()), 0o644)
	require.Empty(t, spec.Check(res.Model))
	println("actions", len(res.Model.Actions), "vars", len(res.Model.Vars))
}
