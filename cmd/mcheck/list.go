package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

func newList(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the built-in scenarios and designs, or the properties of a scenario",
		Example: examples("mcheck list", "mcheck list properties ltp-mkfs"),
		Args:    onlyCommands,
		RunE: func(*cobra.Command, []string) error {
			return c.print(func(w io.Writer) error {
				fmt.Fprintln(w, "Scenarios (* runs without --all):")
				if err := listScenarios(w); err != nil {
					return err
				}
				fmt.Fprintln(w, "\nDesigns:")
				return listDesigns(w)
			})
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use: "scenarios", Short: "list the built-in scenarios", Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error { return c.print(listScenarios) },
	}, &cobra.Command{
		Use: "designs", Short: "list the designs", Args: atMost(0, ""),
		RunE: func(*cobra.Command, []string) error { return c.print(listDesigns) },
	}, newListProperties(c))
	return cmd
}

// print writes to stdout; a failure to do so is a failure of the program.
func (c *cli) print(f func(io.Writer) error) error {
	w := bufio.NewWriter(c.stdout)
	if err := f(w); err != nil {
		return err
	}
	return fail(exitScenario, w.Flush())
}

func listScenarios(w io.Writer) error {
	for _, n := range scenario.Names() {
		sc, err := scenario.Load(n)
		if err != nil {
			return fail(exitScenario, err)
		}
		mark := " "
		if sc.Quick {
			mark = "*"
		}
		fmt.Fprintf(w, "%s %s\n", mark, n)
		for _, l := range fill(firstSentence(sc.Doc), 71) {
			fmt.Fprintf(w, "    %s\n", l)
		}
		for i, l := range fill("under "+strings.Join((&selection{}).designsOf(sc), ", "), 65) {
			if i > 0 {
				l = "      " + l
			}
			fmt.Fprintf(w, "    %s\n", l)
		}
	}
	return nil
}

// firstSentence returns the first sentence of a text, on one line.
func firstSentence(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.HasSuffix(w, ".") {
			return strings.Join(words[:i+1], " ")
		}
	}
	return strings.Join(words, " ")
}

// fill breaks a text into lines of at most width characters where words allow it.
func fill(s string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) <= width:
			line += " " + w
		default:
			lines = append(lines, line)
			line = w
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

func newListProperties(c *cli) *cobra.Command {
	var sel selection
	var s search
	cmd := &cobra.Command{
		Use:     "properties [SCENARIO]",
		Short:   "list the properties of a scenario, in words",
		Example: examples("mcheck list properties ltp-mkfs", "mcheck list properties --model peterson.c"),
		Args:    atMost(1, "scenario"),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := sel.buildAny(cmd.Context(), c, args, s.options())
			if err != nil {
				return err
			}
			return c.print(func(w io.Writer) error {
				for _, p := range b.Model.Properties {
					fmt.Fprintf(w, "%s (%s)\n    %s\n", p.Name, kindText(p), p.Words)
					if p.Source != "" {
						fmt.Fprintf(w, "    Source: %s\n", p.Source)
					}
				}
				return nil
			})
		},
	}
	sel.flags(cmd.Flags(), false)
	s.timeFlag(cmd.Flags())
	return cmd
}

// kindText is the kind of p, and its class where that is not what is said of most.
func kindText(p *spec.Property) string {
	if p.Class == spec.MustHold {
		return p.Kind.String()
	}
	return p.Kind.String() + ", " + p.Class.String()
}

// buildAny returns the model for a command for which any of a scenario's designs will do: the
// first.
func (s *selection) buildAny(ctx context.Context, c *cli, args []string, opt explorer.Options) (*scenario.Built, error) {
	if len(args) == 0 && s.model == "" {
		t, err := s.one(ctx, c, args, opt)
		if err != nil {
			return nil, err
		}
		return s.build(ctx, t, opt)
	}
	ts, err := s.targets(ctx, c, args, opt)
	if err != nil {
		return nil, err
	}
	return s.build(ctx, ts[0], opt)
}

func newAssumptions(c *cli) *cobra.Command {
	var sel selection
	var s search
	cmd := &cobra.Command{
		Use:     "assumptions [SCENARIO]",
		Short:   "list every atomic block that the model takes as one step without proof",
		Example: examples("mcheck assumptions ltp-mkfs --design v6.15"),
		Args:    atMost(1, "scenario"),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := sel.buildAny(cmd.Context(), c, args, s.options())
			if err != nil {
				return err
			}
			return c.print(func(w io.Writer) error {
				if len(b.Atomics) == 0 {
					fmt.Fprintln(w, "No atomic block: every access to shared memory is a step of its own.")
				}
				for _, a := range b.Atomics {
					fmt.Fprintf(w, "%s:%d: %s\n", safe.Line(a.Pos.File), a.Pos.Line, safe.Text(a.Text))
				}
				return nil
			})
		},
	}
	cmd.Flags().SortFlags = false
	sel.flags(cmd.Flags(), false)
	s.timeFlag(cmd.Flags())
	return cmd
}

// listDesigns lists the designs, each with the first line of its description.
func listDesigns(w io.Writer) error {
	for _, d := range scenario.Designs() {
		fmt.Fprintf(w, "  %-26s %s\n", d.Name, d.Subject)
	}
	return nil
}
