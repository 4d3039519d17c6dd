package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// sweepGroup is what a sweep found of one property.
type sweepGroup struct {
	sweepDiffer     // in the smallest script
	script      int // the number of that
	title, text string
	n           int // scripts
}

// groups are what was found, by kind and property, the worst first.
func (s *sweepState) groups() []sweepGroup {
	var out []sweepGroup
	for _, f := range s.Found {
		for _, d := range f.About {
			i := slices.IndexFunc(out, func(g sweepGroup) bool {
				return g.Kind == d.Kind && g.Property == d.Property && (g.Kind != sweepDiffers || g.Base == d.Base && g.Design == d.Design)
			})
			if i < 0 {
				out = append(out, sweepGroup{d, f.Script, f.Title, f.Text, 1})
			} else {
				out[i].n++
			}
		}
	}
	kinds := []string{sweepBreaks, sweepViolates, sweepDiffers}
	slices.SortStableFunc(out, func(a, b sweepGroup) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.script, b.script), cmp.Compare(a.Property, b.Property))
	})
	return out
}

// fileName is the file that the smallest script of a group is kept in.
func (g *sweepGroup) fileName() string {
	if g.Kind == sweepDiffers {
		return fmt.Sprintf("%s-%s-%s.sh", g.Property, g.Base, g.Design)
	}
	return g.Kind + "-" + g.Property + ".sh"
}

// keep writes the smallest scripts to files.
func (s *sweepState) keep(dir string, groups []sweepGroup) error {
	files, err := newFileSet(dir)
	if err != nil {
		return fail(exitScenario, err)
	}
	defer files.discard()
	for _, g := range groups {
		shebang, rest, _ := strings.Cut(g.text, "\n")
		text := shebang + "\n# Found by mcheck sweep: " + g.says(s) + ".\n# " + g.title + "\n" + rest
		if err := addText(files, g.fileName(), text); err != nil {
			return err
		}
	}
	_, err = files.commit()
	return fail(exitScenario, err)
}

// says is what was found, in words.
func (g *sweepGroup) says(s *sweepState) string {
	switch {
	case s.Design == "":
		return fmt.Sprintf("%s violates %s", s.Base, g.Property)
	case g.Kind == sweepViolates:
		return fmt.Sprintf("%s is violated under %s and with the patch", g.Property, s.Base)
	}
	return fmt.Sprintf("%s: %s under %s, %s with the patch", g.Property, g.Base, s.Base, g.Design)
}

// report keeps the smallest scripts in dir and writes what was found. Its error is the exit code.
func (s *sweepState) report(c *cli, dir string) error {
	groups := s.groups()
	if err := s.keep(dir, groups); err != nil {
		return err
	}
	return s.write(c, dir, groups)
}

func (s *sweepState) write(c *cli, dir string, groups []sweepGroup) error {
	out := &strings.Builder{}
	code, breaks := exitOK, 0
	for _, g := range groups {
		if g.Kind == sweepDiffers {
			continue
		}
		word := "BREAKS "
		if g.Kind == sweepViolates {
			word = "VIOLATED "
		} else {
			breaks++
		}
		fmt.Fprintf(out, "\n%s%s in %s, the smallest is %s (%s)\n", c.paint(red, word), g.Property, scripts(g.n), filepath.Join(dir, g.fileName()), stepCount(g.Steps))
		fmt.Fprintf(out, "  %s\n  %s\n", g.title, g.Words)
		if s.Design == "" || g.Kind == sweepBreaks {
			code = worst(code, g.Exit)
		}
	}
	others := false
	for _, g := range groups {
		if g.Kind != sweepDiffers {
			continue
		}
		if !others {
			others = true
			fmt.Fprintf(out, "\nOther verdicts that differ:\n")
		}
		fmt.Fprintf(out, "  %s: %s, now %s, in %s, the smallest is %s\n", g.Property, g.Base, g.Design, scripts(g.n), filepath.Join(dir, g.fileName()))
	}
	fmt.Fprintln(out)
	if s.Refused > 0 {
		fmt.Fprintf(out, "%s can't be run: a command can't stand where it does\n", scripts(s.Refused))
	}
	if s.Given > 0 {
		fmt.Fprintf(out, "%s met --max-states or a bound of the model, and may hide more\n", scripts(s.Given))
		code = worst(code, exitUndecided)
	}
	if s.Done < s.mine() {
		code = worst(code, exitUndecided)
	}
	of := fmt.Sprintf("%s of %s", thousands(int64(s.Done)), scripts(s.mine()))
	switch {
	case s.Design == "":
		fmt.Fprintf(out, "%s: %s violates %d that must hold\n", of, s.Base, len(groups))
	case len(s.Found) == 0:
		fmt.Fprintf(out, "%s: no difference\n", of)
	default:
		fmt.Fprintf(out, "%s: breaks %d\n", of, breaks)
	}
	if _, err := fmt.Fprint(c.stdout, out.String()); err != nil {
		return fail(exitScenario, err)
	}
	return exitWith(code)
}

// scripts is a number of scripts in words.
func scripts(n int) string {
	if n == 1 {
		return "1 script"
	}
	return thousands(int64(n)) + " scripts"
}

func newMerge(c *cli) *cobra.Command {
	out := sweepDir
	cmd := &cobra.Command{
		Use:   "merge DIR…",
		Short: "put the shards of a sweep together",
		Long: `Merge reads the directories of the shards of one sweep (or their files sweep.json), proves that each shard is
there once, complete, and of the same sweep by the same version of mcheck, and reports as the whole sweep would.
The scripts that it keeps and the state of the whole sweep go to --out.`,
		Example: examples("mcheck merge shard1 shard2 shard3 --out sweep"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return failf(exitUsage, "merge needs the directories of all shards: mcheck merge DIR…")
			}
			s, err := merge(args)
			if err != nil {
				return fail(exitScenario, err)
			}
			w := &sweeper{dir: out, state: *s}
			if old, err := readState(out); err == nil && (old.Program != s.Program || old.Identity != s.Identity || old.Shards != 1) {
				return failf(exitScenario, "%s holds another sweep (%s): name another directory with --out", out, old.head())
			}
			if err := w.save(); err != nil {
				return fail(exitScenario, err)
			}
			if _, err := fmt.Fprintln(c.stdout, s.head()); err != nil {
				return fail(exitScenario, err)
			}
			return s.report(c, out)
		},
	}
	pathFlag(cmd.Flags(), &out, "out", "", "the `DIR` for the scripts that were found (default: sweep)")
	return cmd
}

// merge puts the shards of a sweep together.
func merge(paths []string) (*sweepState, error) {
	var whole *sweepState
	from := map[int]string{} // shard → path
	for _, path := range paths {
		s, err := readState(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no sweep here: %s is missing", path, stateFile)
		}
		if err != nil {
			return nil, err
		}
		if whole == nil {
			whole = &sweepState{Program: s.Program, Identity: s.Identity, Base: s.Base, Design: s.Design, Shard: 1, Shards: s.Shards,
				Space: s.Space, Scripts: s.Scripts}
		}
		switch {
		case s.Program != whole.Program:
			return nil, fmt.Errorf("%s is by another version of mcheck than %s", path, paths[0])
		case s.Identity != whole.Identity || s.Scripts != whole.Scripts:
			return nil, fmt.Errorf("%s is of another sweep than %s: its designs, commands or bounds differ", path, paths[0])
		case s.Shards != whole.Shards:
			return nil, fmt.Errorf("%s is one of %d shards, %s one of %d", path, s.Shards, paths[0], whole.Shards)
		case from[s.Shard] != "":
			return nil, fmt.Errorf("shard %d of %d is there twice: %s and %s", s.Shard, s.Shards, from[s.Shard], path)
		case s.Done < s.mine():
			return nil, fmt.Errorf("%s is not complete: %d of %d scripts; the command that began it goes on", path, s.Done, s.mine())
		}
		from[s.Shard] = path
		whole.Done += s.Done
		whole.Refused += s.Refused
		whole.Given += s.Given
		whole.Found = append(whole.Found, s.Found...)
	}
	for i := 1; i <= whole.Shards; i++ {
		if from[i] == "" {
			return nil, fmt.Errorf("shard %d of %d is missing", i, whole.Shards)
		}
	}
	whole.Shards = 1
	slices.SortFunc(whole.Found, func(a, b sweepFinding) int { return cmp.Compare(a.Script, b.Script) })
	return whole, nil
}
