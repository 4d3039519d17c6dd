package main

import (
	"context"

	"github.com/spf13/cobra"

	"mcheck/export/murphi"
	"mcheck/export/promela"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

const promelaHelp = `Promela writes the model for Spin 6.5: one process, one d_step for each step. Of the properties only the
INVARIANTs are in it, as assertions. To search all of it, without reductions, with whole states:

  spin -a -o2 NAME.pml
  gcc -O3 -w -DNOREDUCE -DSAFETY -DNOFAIR -DMEMLIM=16000 -DVECTORSZ=4096 -o pan pan.c
  ./pan -E -m10000000

"states, stored" counts one more than the model has, the state before the first step. For breadth-first search
add -DTEMPORARY= to the first command and -DBFS to the second.`

const murphiHelp = `Murphi writes the model for rumur: one rule for each step. Of the properties only the INVARIANTs are in it.
To search all of it, without reductions:

  rumur --symmetry-reduction off --deadlock-detection off --value-type int32_t --output NAME.c NAME.m
  gcc -std=c11 -O3 -march=native -w -o NAME NAME.c -lpthread -latomic
  ./NAME

It is faster with --pack-state off, and takes less memory with --pack-state on, which is rumur's default.`

func newExportPromela(c *cli) *cobra.Command {
	cmd := newExportKind(c, "promela", "write the model in Promela, for Spin", (*exportFlags).promela)
	cmd.Long = promelaHelp
	return cmd
}

func newExportMurphi(c *cli) *cobra.Command {
	cmd := newExportKind(c, "murphi", "write the model in the language of Murphi, for rumur", (*exportFlags).murphi)
	cmd.Long = murphiHelp
	return cmd
}

func (k *exportFlags) promela(ctx context.Context, _ *cli, t target, b *scenario.Built, files *fileSet) error {
	return addPrinted(ctx, k, files, t, ".pml", b.Model, promela.Model)
}

func (k *exportFlags) murphi(ctx context.Context, _ *cli, t target, b *scenario.Built, files *fileSet) error {
	return addPrinted(ctx, k, files, t, ".m", b.Model, murphi.Model)
}

// addPrinted adds the file of a model in the language that print knows.
func addPrinted(ctx context.Context, k *exportFlags, files *fileSet, t target, suffix string, m *spec.Model, print func(*spec.Model) ([]byte, error)) error {
	text, err := printed(ctx, k, t, func() ([]byte, error) { return print(m) })
	if err != nil {
		return err
	}
	return addText(files, fileName(t)+suffix, string(text))
}
