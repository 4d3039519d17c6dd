package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"golang.org/x/tools/txtar"
	"mcheck/spec"
)

// cases groups the files NAME/script.sh, NAME/… of an archive.
func cases(t testing.TB, file string) (order []string, files map[string]map[string]string) {
	ar, err := txtar.ParseFile(file)
	require.NoError(t, err)
	files = map[string]map[string]string{}
	for _, f := range ar.Files {
		name, part, ok := strings.Cut(f.Name, "/")
		require.True(t, ok, f.Name)
		if files[name] == nil {
			files[name] = map[string]string{}
			order = append(order, name)
		}
		files[name][part] = string(f.Data)
	}
	require.NotEmpty(t, order)
	return order, files
}

// The C in testdata/generate.txtar is what the semantics of sh ask for, written by hand.
func TestGenerate(t *testing.T) {
	order, files := cases(t, "testdata/generate.txtar")
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			sc, err := Parse("s.sh", []byte(files[name]["s.sh"]))
			require.NoError(t, err)
			p, err := sc.program(nil)
			require.NoError(t, err)
			g := generate(sc, p, true)
			_, text, ok := strings.Cut(g.text, " */\n") // without the leading comment
			require.True(t, ok)
			require.Equal(t, files[name]["want.c"], text)
			require.Equal(t, strings.Count(g.text, "\n"), len(g.lines), "one place for each line")
		})
	}
}

// Each case of testdata/errors.txtar is a script and the first line of each error, in order.
func TestErrors(t *testing.T) {
	order, files := cases(t, "testdata/errors.txtar")
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("s.sh", []byte(files[name]["s.sh"]))
			require.Error(t, err)
			var got []string
			for _, e := range err.(ErrorList) {
				line, _, _ := strings.Cut(e.Error(), "\n")
				got = append(got, line)
			}
			require.Equal(t, strings.TrimSpace(files[name]["errors"]), strings.Join(got, "\n"))
		})
	}
}

func TestErrorListsWhatIsUnderstood(t *testing.T) {
	_, err := Parse("s.sh", []byte("mount /dev/sda /mnt\nfrobnicate /dev/loop0 f\numount /mnt &\n"))
	for _, u := range commandUsages {
		require.ErrorContains(t, err, u.usage)
	}
}

func TestDirectives(t *testing.T) {
	sc, err := Parse("dir/name.sh", []byte(`#!/bin/sh
# What it is about.
#
# More.
#mcheck designs v6.15 defer-v4+no-grace-period
# not the comment at the top any more, since a directive stands before it

#mcheck quick
#mcheck for NoFail walk_finds_it
#mcheck cpus=1 migrate walkers=2 NR_MOUNTS=3
#mcheck expect v6.15 NoFail holds
  #mcheck expect defer-v4 nothing_leaked violated 17
#mcheck expect v4.18,a+b nothing_leaked,NoDeadlock vacuous
mount /dev/sda /mnt
stat /mnt & # mcheck is not a directive with a blank before it
`))
	require.NoError(t, err)
	require.Equal(t, "name", sc.Name)
	require.Equal(t, "dir/name.sh", sc.Path)
	require.Equal(t, "What it is about.\n\nMore.", sc.Doc)
	require.Equal(t, []string{"v6.15", "defer-v4+no-grace-period"}, sc.Designs)
	require.True(t, sc.Quick)
	require.Equal(t, map[string]string{"cpus": "1", "migrate": "true", "walkers": "2", "NR_MOUNTS": "3"}, sc.Set)
	require.Len(t, sc.Expects, 6)
	require.Equal(t, "NoFail", sc.Expects[0].Property)
	require.Equal(t, 17, sc.Expects[1].Steps)
	require.Equal(t, []Purpose{
		{"NoFail", spec.Pos{File: "dir/name.sh", Line: 9, Col: 13}}, {"walk_finds_it", spec.Pos{File: "dir/name.sh", Line: 9, Col: 20}},
	}, sc.For)
	require.Equal(t, "dir/name.sh:12:3", sc.Expects[1].Pos.String())
	at := spec.Pos{File: "dir/name.sh", Line: 13, Col: 1}
	require.Equal(t, []Expect{
		{"v4.18", "nothing_leaked", "vacuous", 0, at}, {"v4.18", "NoDeadlock", "vacuous", 0, at},
		{"a+b", "nothing_leaked", "vacuous", 0, at}, {"a+b", "NoDeadlock", "vacuous", 0, at},
	}, sc.Expects[2:])
	p, err := sc.program(map[string]string{"walkers": "1"})
	require.NoError(t, err)
	require.Equal(t, []string{"main", "walker"}, taskNames(p))
	p, err = sc.program(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"main", "walker1", "walker2"}, taskNames(p))
	_, err = sc.program(map[string]string{"openers": "2"})
	require.ErrorContains(t, err, `"openers=2": an unknown setting`)
	require.ErrorContains(t, err, "walkers=N")
}

func taskNames(p *program) []string {
	var out []string
	for _, t := range p.tasks {
		out = append(out, t.name)
	}
	return out
}

func TestBuiltInScenarios(t *testing.T) {
	names := Names()
	require.NotEmpty(t, names)
	for _, name := range names {
		sc, err := Load(name)
		require.NoError(t, err)
		require.Equal(t, name, sc.Name)
		require.NotEmpty(t, sc.Doc, name)
		require.NotEmpty(t, sc.Designs, name)
		for _, d := range sc.Designs {
			_, err := Patches(d)
			require.NoError(t, err, name)
		}
	}
	_, err := Load("no-such")
	require.ErrorContains(t, err, "ltp-mkfs-walk")
	_, err = Load("testdata/no-such.sh")
	require.Error(t, err)
}

func TestWithout(t *testing.T) {
	sc, err := Parse("s.sh", []byte("mount /dev/sda /mnt\nstat /mnt &\numount /mnt && mkfs.ext4 /dev/sda\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"mount /dev/sda /mnt", "stat /mnt &", "umount /mnt", "mkfs.ext4 /dev/sda"}, sc.Units())
	gen := func(sc *Scenario) string {
		p, err := sc.program(nil)
		require.NoError(t, err)
		return generate(sc, p, true).text
	}
	require.Contains(t, gen(sc), "sys_stat(0)")
	less := sc.Without(1)
	require.NotContains(t, gen(less), "sys_stat(0)")
	require.NotContains(t, gen(less), "job_start")
	require.Contains(t, gen(less), "sys_umount(0, false)")
	require.NotContains(t, gen(sc.Without(3)), "sys_mkfs")
	// A command that is left out succeeds.
	require.Contains(t, gen(sc.Without(2)), "\tsys_mkfs(0);\n")
	require.NotContains(t, gen(sc.Without(1).Without(3)), "sys_mkfs")
	require.Contains(t, gen(sc), "sys_stat(0)", "the scenario itself stays as it is")
}

// Parsing a script and generating its C never panics, whatever the script; errors have a place.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"testdata/generate.txtar", "testdata/errors.txtar"} {
		_, files := cases(f, file)
		for _, c := range files {
			f.Add(c["s.sh"])
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		sc, err := Parse("s.sh", []byte(text))
		if err != nil {
			list, ok := err.(ErrorList)
			require.True(t, ok)
			require.NotEmpty(t, list)
			for _, e := range list {
				require.Equal(t, "s.sh", e.Pos.File)
				require.NotEmpty(t, e.Msg)
			}
			return
		}
		p, err := sc.program(nil)
		require.NoError(t, err)
		g := generate(sc, p, true)
		require.Equal(t, strings.Count(g.text, "\n"), len(g.lines))
		require.Equal(t, strings.Count(g.text, "{"), strings.Count(g.text, "}"))
	})
}
