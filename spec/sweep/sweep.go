// Package sweep enumerates scenarios: the scripts over an alphabet of commands, up to the order of
// their tasks, without those in which a command can have no effect.
//
// It knows the commands by their text only, builds no model, and imports no other package of ours.
package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// task is what one task has, as far as it decides which commands have an effect.
type task uint8

const (
	hasFile   task = 1 << iota // descriptor 3 is open
	hasDup                     // descriptor 4 is open
	hasCwd                     // the working directory is on the mount
	standsNow                  // the task stands still for ever
)

// Command is a letter of the alphabet.
type Command struct {
	Name  string
	Shell string // as a script has it
	needs task   // without any of these it has no effect; 0: it needs nothing
	lacks task   // with one of these it has none
	gives task
	takes task
	// System are the functions of the kernel model that it calls.
	System []string
	mounts bool
}

// commands is the whole alphabet, in its order.
var commands = []Command{
	{Name: "umount", Shell: "umount /mnt", System: []string{"sys_umount"}},
	{Name: "umount -l", Shell: "umount -l /mnt", System: []string{"sys_umount"}},
	{Name: "stat", Shell: "stat /mnt/f", System: []string{"sys_stat"}},
	{Name: "open", Shell: "exec 3</mnt/f", lacks: hasFile, gives: hasFile, System: []string{"sys_open"}},
	{Name: "close", Shell: "exec 3<&-", needs: hasFile, takes: hasFile, System: []string{"sys_close"}},
	{Name: "dup", Shell: "exec 4<&3", needs: hasFile, lacks: hasDup, gives: hasDup, System: []string{"sys_dup"}},
	{Name: "cd", Shell: "cd /mnt", lacks: hasCwd, gives: hasCwd, System: []string{"sys_chdir"}},
	{Name: "cd /", Shell: "cd /", needs: hasCwd, takes: hasCwd, System: []string{"sys_chdir_root"}},
	{Name: "mkfs", Shell: "mkfs.ext4 /dev/sda", System: []string{"sys_mkfs"}},
	{Name: "mount", Shell: "mount /dev/sda /mnt", mounts: true, System: []string{"sys_mount"}},
	{Name: "remount", Shell: "mount -o remount,ro /mnt", System: []string{"sys_remount"}},
	{Name: "fsstress", Shell: "fsstress -n 1 -d /mnt", System: []string{"sys_stat", "sys_open", "sys_close"}},
	{Name: "hold", Shell: "sleep infinity", needs: hasFile | hasDup | hasCwd, gives: standsNow},
}

// Setup is what has happened before the tasks start. They have its files and its directory too.
type Setup struct {
	Name  string
	Lines []string
	has   task
	empty bool // nothing is mounted
}

// setups is the fixed list of set-ups, in its order.
var setups = []Setup{
	{Name: "mounted", Lines: []string{"mount /dev/sda /mnt"}},
	{Name: "open file", Lines: []string{"mount /dev/sda /mnt", "exec 3</mnt/f"}, has: hasFile},
	{Name: "directory", Lines: []string{"mount /dev/sda /mnt", "cd /mnt"}, has: hasCwd},
	{Name: "two places", Lines: []string{"mount /dev/sda /mnt", "mount /dev/sda /srv"}},
	{Name: "mount below", Lines: []string{"mount /dev/sda /mnt", "mount /dev/sdb /mnt/b"}},
	{Name: "nothing", empty: true},
}

// Commands are the names of the alphabet.
func Commands() []string {
	var out []string
	for _, c := range commands {
		out = append(out, c.Name)
	}
	return out
}

// Setups are the names of the set-ups.
func Setups() []string {
	var out []string
	for _, s := range setups {
		out = append(out, s.Name)
	}
	return out
}

// Space is all scripts within bounds.
type Space struct {
	commands []Command
	setups   []Setup
	tasks    int // that a script has at most
	length   int // commands that a task has at most
}

// Script is one of a space: a set-up and, for each task, its commands, by their numbers in the
// space.
type Script struct {
	setup int
	tasks [][]uint8
}

// Limits of a space. What is beyond them can't be enumerated in any time.
const (
	MaxTasks  = 4
	MaxLength = 8
)

// New returns the scripts of up to so many tasks with up to so many commands each. The names of
// commands and of set-ups must be those of [Commands] and [Setups]; the caller says what there is
// where one is not.
func New(names, setupNames []string, tasks, length int) (*Space, error) {
	if tasks < 1 || tasks > MaxTasks || length < 1 || length > MaxLength {
		return nil, fmt.Errorf("a sweep has from 1 to %d tasks of 1 to %d commands", MaxTasks, MaxLength)
	}
	s := &Space{tasks: tasks, length: length}
	for _, c := range commands {
		if slices.Contains(names, c.Name) {
			s.commands = append(s.commands, c)
		}
	}
	for _, u := range setups {
		if slices.Contains(setupNames, u.Name) {
			s.setups = append(s.setups, u)
		}
	}
	return s, nil
}

// after is what a task has after a command, and whether the command has an effect.
func (c *Command) after(has task) (task, bool) {
	switch {
	case has&standsNow != 0, c.needs != 0 && has&c.needs == 0, has&c.lacks != 0:
		return has, false
	}
	return has&^c.takes | c.gives, true
}

// Size is the number of scripts; [math.MaxInt64] stands for that and more. It enumerates nothing.
func (s *Space) Size() int64 {
	var n int64
	for i := range s.setups {
		k := s.choices(s.programs(i, true))
		if s.setups[i].empty && k < math.MaxInt64 { // a script without a mount does nothing
			k -= s.choices(s.programs(i, false))
		}
		n = add(n, k)
	}
	return n
}

// programs is the number of programs that a task can have after a set-up.
func (s *Space) programs(setup int, mounts bool) int64 {
	now := map[task]int64{s.setups[setup].has: 1}
	var n int64
	for range s.length {
		next := map[task]int64{}
		for has, k := range now {
			for i := range s.commands {
				c := &s.commands[i]
				if to, ok := c.after(has); ok && (mounts || !c.mounts) {
					next[to] = add(next[to], k)
				}
			}
		}
		for _, k := range next {
			n = add(n, k)
		}
		now = next
	}
	return n
}

// choices is the number of ways to give up to s.tasks tasks one of p programs each, where it makes
// no difference which task has which.
func (s *Space) choices(p int64) int64 {
	var n int64
	for k := 1; k <= s.tasks; k++ {
		// C(p+k-1, k), where each product of i factors can be divided by i!.
		c := int64(1)
		for i := range int64(k) {
			if c > math.MaxInt64/(p+i+1) {
				return math.MaxInt64
			}
			c = c * (p + i) / (i + 1)
		}
		n = add(n, c)
	}
	return n
}

func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Scripts returns all scripts, those with the fewest commands first. Among these stand those first
// whose commands may all reach a change, as reaches says of the functions that a command calls.
// Scripts none of whose commands may reach it are left out. A nil function takes all.
func (s *Space) Scripts(reaches func(system string) bool) []Script {
	near := make([]bool, len(s.commands))
	for i, c := range s.commands {
		near[i] = reaches == nil || slices.ContainsFunc(c.System, reaches)
	}
	var out []Script
	for i := range s.setups {
		programs := s.allPrograms(i)
		chosen := make([]int, 0, s.tasks)
		var choose func(from int)
		choose = func(from int) {
			if len(chosen) > 0 {
				x := Script{setup: i}
				for _, p := range chosen {
					x.tasks = append(x.tasks, programs[p])
				}
				if s.eligible(x, near) {
					out = append(out, x)
				}
			}
			if len(chosen) == s.tasks {
				return
			}
			for p := from; p < len(programs); p++ {
				chosen = append(chosen, p)
				choose(p)
				chosen = chosen[:len(chosen)-1]
			}
		}
		choose(0)
	}
	slices.SortStableFunc(out, func(a, b Script) int {
		return cmp.Or(cmp.Compare(a.Len(), b.Len()), cmp.Compare(far(a, near), far(b, near)),
			cmp.Compare(len(a.tasks), len(b.tasks)))
	})
	return out
}

// far is the number of commands that can't reach the change.
func far(x Script, near []bool) int {
	n := 0
	for _, t := range x.tasks {
		for _, c := range t {
			if !near[c] {
				n++
			}
		}
	}
	return n
}

// eligible reports whether something can happen in a script.
func (s *Space) eligible(x Script, near []bool) bool {
	mounted, reaches := !s.setups[x.setup].empty, false
	for _, t := range x.tasks {
		for _, c := range t {
			mounted = mounted || s.commands[c].mounts
			reaches = reaches || near[c]
		}
	}
	return mounted && reaches
}

// allPrograms are those of a task after a set-up, the shortest first.
func (s *Space) allPrograms(setup int) [][]uint8 {
	type program struct {
		commands []uint8
		has      task
	}
	var out [][]uint8
	now := []program{{nil, s.setups[setup].has}}
	for range s.length {
		var next []program
		for _, p := range now {
			for i := range s.commands {
				if to, ok := s.commands[i].after(p.has); ok {
					next = append(next, program{append(slices.Clone(p.commands), uint8(i)), to})
				}
			}
		}
		for _, p := range next {
			out = append(out, p.commands)
		}
		now = next
	}
	return out
}

// Len is the number of commands after the set-up.
func (x Script) Len() int {
	n := 0
	for _, t := range x.tasks {
		n += len(t)
	}
	return n
}

// Title is the script in one line.
func (s *Space) Title(x Script) string {
	var tasks []string
	for _, t := range x.tasks {
		var names []string
		for _, c := range t {
			names = append(names, s.commands[c].Name)
		}
		tasks = append(tasks, strings.Join(names, "; "))
	}
	return s.setups[x.setup].Name + ": " + strings.Join(tasks, " || ")
}

// Text is the script as a file; head are lines that stand before it. All tasks but the last one are
// started with &.
func (s *Space) Text(x Script, head ...string) []byte {
	lines := append([]string{"#!/bin/sh"}, head...)
	lines = append(lines, s.setups[x.setup].Lines...)
	lines = append(lines, "#mcheck run")
	for i, t := range x.tasks {
		last := i == len(x.tasks)-1
		indent := ""
		if !last {
			lines = append(lines, "{")
			indent = "\t"
		}
		for _, c := range t {
			lines = append(lines, indent+s.commands[c].Shell)
		}
		if !last {
			lines = append(lines, "} &")
		}
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

// Identity is all that decides which scripts a space has, and what they look like.
func (s *Space) Identity() string {
	return fmt.Sprintf("%v %v %d %d", s.commands, s.setups, s.tasks, s.length)
}
