package scenario

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/spec"
)

// Note is a part of a script that has no effect here, and why.
type Note struct {
	Pos       spec.Pos
	Text, Why string
}

// String returns "file:line:col: text: why".
func (n Note) String() string { return fmt.Sprintf("%s: %s: %s", n.Pos, strconv.Quote(n.Text), n.Why) }

// note says that something about n has no effect.
func (l *lowerer) note(n syntax.Node, why string) {
	note := Note{l.pos(n.Pos()), l.source(n), why}
	if !slices.Contains(l.p.notes, note) {
		l.p.notes = append(l.p.notes, note)
	}
}

// pathUse says what a command does with the paths among its operands that are below a mount place.
type pathUse uint8

const (
	noPaths   pathUse = iota // its words are no paths
	looksUp                  // a path walk
	opensFile                // open(2), and close(2)
)

// harmless is a command without an effect on mounts but for the paths that it uses.
type harmless struct {
	use pathUse
	// script: its first operand is a pattern or a program, and no path.
	script bool
	// unknown says why its status is not known; "": it succeeds.
	unknown string
}

// harmlessCommands are the commands of the kind that reports hold beside what matters. Their
// options are left aside.
var harmlessCommands = func() map[string]harmless {
	m := map[string]harmless{}
	add := func(h harmless, names string) {
		for _, n := range strings.Fields(names) {
			m[n] = h
		}
	}
	add(harmless{use: noPaths}, `echo printf sync date logger dmesg uname hostname whoami id umask ulimit alias hash type tput clear nproc getconf sysctl
		udevadm lsblk blkid blockdev lsmod free uptime ps jobs disown chrt renice ionice tune2fs modinfo unalias read_ahead mesg`)
	add(harmless{use: looksUp, unknown: "whether something is mounted there"}, "rmdir")
	add(harmless{use: looksUp}, "mkdir chmod chown chgrp ln mv rm readlink realpath setfattr getfattr namei statfs df truncate unlink mknod mkfifo getfacl setfacl")
	add(harmless{use: opensFile}, `touch cp dd tee head tail wc od xxd hexdump md5sum sha1sum sha256sum find du tar fallocate sort uniq cut
		file strings cat less more install rsync filefrag`)
	add(harmless{use: opensFile, script: true}, "sed awk tr xargs")
	add(harmless{opensFile, true, "whether grep finds something"}, "grep egrep fgrep")
	add(harmless{opensFile, false, "whether files differ"}, "cmp diff")
	return m
}()

// harmless resolves a command of harmlessCommands.
func (l *lowerer) harmless(o *operands, h harmless) node {
	var paths []node
	script := h.script
	for i, w := range o.words {
		if script && !strings.HasPrefix(w, "-") {
			script = false
			continue
		}
		if o.name == "dd" {
			_, w, _ = strings.Cut(w, "=")
		}
		if h.use == noPaths || strings.HasPrefix(w, "-") || !l.reaches(o.sh, w) {
			continue
		}
		if o.name == "rmdir" && slices.Contains(l.p.places, path.Clean(w)) {
			if l.script.unshares() {
				l.fail(o.nodes[i].Pos(), w, "to remove a mount place detaches what other namespaces have mounted there, which is not followed", nil)
				return nil
			}
			l.note(o.nodes[i], "a mount place stays in the model")
			continue
		}
		p, ok := l.path(o.sh, o.nodes[i], w)
		if !ok {
			return nil
		}
		if h.use == looksUp {
			paths = append(paths, &call{mark: o.at, kind: callStat, path: p})
		} else {
			paths = append(paths, &redirect{o.at, o.sh.task.fd(fmt.Sprintf("a file of %s", o.name)), p, &status{mark: o.at, ok: true}})
		}
	}
	if len(paths) == 0 {
		l.note(o.call, "no effect on mounts")
	}
	if len(paths) == 0 || h.unknown != "" {
		paths = append(paths, &status{mark: o.at, ok: true, unknown: h.unknown})
	}
	if len(paths) == 1 {
		return paths[0]
	}
	return &list{o.at, paths}
}

// reaches reports whether p is at or below a mount place, or through a file or a task to what may
// be.
func (l *lowerer) reaches(sh *shell, p string) bool {
	if fdPathRE.MatchString(p) {
		m := fdPathRE.FindStringSubmatch(p)
		return sh.open[int(m[1][0]-'0')]
	}
	if rootPathRE.MatchString(p) {
		return true
	}
	if !strings.HasPrefix(p, "/") {
		if sh.cwd == "" {
			return false
		}
		p = path.Join(sh.cwd, p)
	}
	_, ok := l.placeOf(p)
	return ok
}

// placeOf returns the number of the innermost mount place that p is at or below.
func (l *lowerer) placeOf(p string) (int, bool) {
	clean := path.Clean(p)
	found := -1
	for i, place := range l.p.places {
		if strings.HasPrefix(p, "/") && below(clean, place) && (found < 0 || len(place) > len(l.p.places[found])) {
			found = i
		}
	}
	return found, found >= 0
}

// systemDirs are never what a mistyped mount place was meant to be.
var systemDirs = []string{"/proc", "/sys", "/dev", "/etc", "/usr", "/bin", "/sbin", "/lib", "/run", "/var", "/root", "/home", "/tmp"}

// elsewhere reports whether p is on the root file system, as the script means it.
func (l *lowerer) elsewhere(sh *shell, p string) bool {
	return !l.reaches(sh, p) && !fdPathRE.MatchString(p) && slices.ContainsFunc(systemDirs, func(d string) bool { return below(path.Clean(p), d) })
}
