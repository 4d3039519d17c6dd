package main

import (
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec/scenario"
)

const rootHelp = `mcheck explores every interleaving of a mount scenario under a kernel design, and says for each
property whether it holds, with the shortest counterexample where it does not.

A scenario is a shell script: a built-in name (see 'mcheck list') or a path. A design is a kernel version
or a patch to its model; designs stack with '+'.

Exit codes: 0 all hold (several runs: every expectation of the scenarios is met), 2 usage, 3 not decided
(stopped or bounded), 4 TLC disagrees, 11 deadlock, 12 safety violated, 13 liveness violated, 141 nobody reads
the output, 150 the model does not parse, 151 bad scenario or configuration (or an output that can't be
written), 153 a bug in mcheck.`

// newRoot returns the command tree.
func newRoot(c *cli) *cobra.Command {
	root := &cobra.Command{
		Use:           "mcheck",
		Short:         "check models of mount teardown in the Linux VFS",
		Long:          rootHelp,
		Example:       examples("mcheck check", "mcheck check ltp-mkfs --design defer-v4", "mcheck list"),
		Args:          onlyCommands,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagError)
	root.Version = versionText(debug.ReadBuildInfo())
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpCommand(newHelp())
	root.AddCommand(newCheck(c), newDiff(c), newSweep(c), newMerge(c), newModel(c), newDrift(c), newList(c), newExport(c), newTLC(c), newAssumptions(c), newClaims(c), newMutants(c), newBench(c), newEstimate(c), newProfile(c), newVersion(c))
	complete(root)
	root.SetOut(c.stdout) // before the commands that cobra adds ask for it
	root.InitDefaultCompletionCmd("completion")
	for _, sub := range root.Commands() {
		if sub.Name() == "completion" {
			sub.Args, sub.RunE = onlyCommands, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range sub.Commands() {
				shell.Args = atMost(0, "")
			}
		}
	}
	return root
}

// onlyCommands refuses an argument of a command that has others below it, and lists these.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return failf(exitUsage, "unknown command %s for %q%s; there are %s", safe.Quote(args[0]), cmd.CommandPath(), near.Hint(args[0], names), strings.Join(names, ", "))
}

// newHelp returns the command that shows the help of the others.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "help about a command",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range cmd.Root().Commands() {
				names = append(names, sub.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about := cmd.Root()
			for _, a := range args {
				i := slices.IndexFunc(about.Commands(), func(sub *cobra.Command) bool { return sub.Name() == a })
				if i < 0 {
					return onlyCommands(about, []string{a})
				}
				about = about.Commands()[i]
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// complete gives the commands below cmd the names that a shell can complete.
func complete(cmd *cobra.Command) {
	if cmd.Flags().Lookup("design") != nil {
		cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return scenario.Names(), cobra.ShellCompDirectiveDefault
		}
		err := cmd.RegisterFlagCompletionFunc("design", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, d := range scenario.Designs() {
				names = append(names, d.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		})
		if err != nil {
			panic(err) // the flag is there
		}
	}
	for _, sub := range cmd.Commands() {
		complete(sub)
	}
}

// examples formats the lines of a command's examples.
func examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
