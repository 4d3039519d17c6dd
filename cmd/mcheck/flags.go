package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mcheck/internal/near"
	"mcheck/internal/safe"
)

// Flags know what they permit, and say so of a value that they refuse: the error of Set is the end
// of a sentence that begins with the flag and the value.

// whole is a whole number from lo to hi.
type whole[T int | int64 | uint64] struct {
	p      *T
	lo, hi T
}

func wholeFlag[T int | int64 | uint64](f *pflag.FlagSet, p *T, name, short string, value, lo, hi T, usage string) {
	*p = value
	f.VarP(&whole[T]{p, lo, hi}, name, short, usage)
}

func (w *whole[T]) String() string {
	if w.p == nil {
		return "0"
	}
	return fmt.Sprint(*w.p)
}

// Type implements pflag.Value.
func (*whole[T]) Type() string { return "int" }

// Set implements pflag.Value.
func (w *whole[T]) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < uint64(w.lo) || n > uint64(w.hi) {
		if uint64(w.hi) >= math.MaxInt64 {
			return fmt.Errorf("it is a whole number, of at least %d", w.lo)
		}
		return fmt.Errorf("it is a whole number from %d to %d", w.lo, w.hi)
	}
	*w.p = T(n)
	return nil
}

// period is a time of at least least.
type period struct {
	p     *time.Duration
	least time.Duration
}

func timeFlag(f *pflag.FlagSet, p *time.Duration, name string, value, least time.Duration, usage string) {
	*p = value
	f.Var(&period{p, least}, name, usage)
}

func (d *period) String() string {
	if d.p == nil {
		return "0s"
	}
	return d.p.String()
}

// Type implements pflag.Value.
func (*period) Type() string { return "duration" }

// Set implements pflag.Value.
func (d *period) Set(text string) error {
	t, err := time.ParseDuration(text)
	switch {
	case (err != nil || t < d.least) && d.least > 0:
		return errors.New("it is a time of more than nothing, as in 90s, 10m or 1h30m")
	case err != nil || t < d.least:
		return errors.New("it is a time, as in 90s, 10m or 1h30m; 0 is none")
	}
	*d.p = t
	return nil
}

// words is a text that is not empty: a path or a name.
type words struct {
	p    *string
	kind string
}

// pathFlag is a flag for the path of a file or a directory.
func pathFlag(f *pflag.FlagSet, p *string, name, short, usage string) {
	f.VarP(&words{p, "a path"}, name, short, usage)
}

// nameFlag is a flag for the name of something.
func nameFlag(f *pflag.FlagSet, p *string, name, short, value, usage string) {
	*p = value
	f.VarP(&words{p, "a name"}, name, short, usage)
}

func (w *words) String() string {
	if w.p == nil {
		return ""
	}
	return *w.p
}

// Type implements pflag.Value.
func (*words) Type() string { return "string" }

// Set implements pflag.Value.
func (w *words) Set(text string) error {
	if text == "" {
		return fmt.Errorf("it is %s, and not empty", w.kind)
	}
	*w.p = text
	return nil
}

// choice is one of several words.
type choice struct {
	p  *string
	of []string
}

// choiceFlag is a flag for one of some words; the first is its default.
func choiceFlag(f *pflag.FlagSet, p *string, name string, of []string, usage string) {
	*p = of[0]
	f.Var(&choice{p, of}, name, usage)
}

func (c *choice) String() string {
	if c.p == nil {
		return ""
	}
	return *c.p
}

// Type implements pflag.Value.
func (c *choice) Type() string { return strings.Join(c.of, "|") }

// Set implements pflag.Value.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.of, text) {
		return fmt.Errorf("it is one of %s%s", strings.Join(c.of, ", "), near.Hint(text, c.of))
	}
	*c.p = text
	return nil
}

// settings is KEY=VALUE, several times or with commas between them.
type settings struct{ p *map[string]string }

func settingsFlag(f *pflag.FlagSet, p *map[string]string, usage string) {
	f.Var(&settings{p}, "set", usage)
}

func (*settings) String() string { return "" }

// Type implements pflag.Value.
func (*settings) Type() string { return "KEY=VALUE" }

// Set implements pflag.Value.
func (s *settings) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || key == "" {
			return errors.New("it is KEY=VALUE, as in --set walkers=2 (several: --set walkers=2,cpus=1)")
		}
		if *s.p == nil {
			*s.p = map[string]string{}
		}
		(*s.p)[key] = value
	}
	return nil
}

// flagError says in our words what pflag found wrong with the flags of cmd.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	said := ""
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		said = fmt.Sprintf("there is no flag -%s", plain(unknown.GetSpecifiedName()))
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		said = "there is no flag --" + plain(unknown.GetSpecifiedName())
		if n := near.Name(unknown.GetSpecifiedName(), names); n != "" {
			said += "; did you mean --" + n + "?"
		}
	case errors.As(err, &missing):
		kind, _ := pflag.UnquoteUsage(missing.GetFlag())
		said = fmt.Sprintf("--%s is followed by a value: %s", missing.GetFlag().Name, kind)
	case errors.As(err, &invalid):
		why := errors.Unwrap(invalid).Error()
		if invalid.GetFlag().Value.Type() == "bool" {
			why = "it is true or false"
		}
		said = fmt.Sprintf("--%s %s: %s", invalid.GetFlag().Name, plain(invalid.GetValue()), why)
	case errors.As(err, &syntax):
		said = safe.Quote(syntax.GetSpecifiedFlag()) + " is no flag"
	default:
		said = safe.Line(err.Error())
	}
	return failf(exitUsage, "%s; '%s --help' lists the flags", said, cmd.CommandPath())
}

// plain is a word of the command line as messages show it: quoted where it would not be understood
// otherwise.
func plain(word string) string {
	q := safe.Quote(word)
	if word == "" || q != `"`+word+`"` || strings.ContainsAny(word, " ;,'") {
		return q
	}
	return word
}

// atMost refuses more than n arguments; of says what one of them is.
func atMost(n int, of string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) <= n:
			return nil
		case n == 0:
			return failf(exitUsage, "%s takes no argument, not %s", cmd.CommandPath(), plain(args[0]))
		}
		return failf(exitUsage, "%s takes one %s, not %d arguments (%s is one too many)", cmd.CommandPath(), of, len(args), plain(args[n]))
	}
}
