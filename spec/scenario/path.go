package scenario

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

var (
	fdPathRE   = regexp.MustCompile(`^(?:/proc/self|/dev)/fd/([0-9])(?:/.*)?$`)
	pidRE      = regexp.MustCompile(`^PID([0-9]+)$`)
	rootPathRE = regexp.MustCompile(`^/proc/PID([0-9]+)/root(/.*)$`)
)

// pid is what $! stands for once a job has started.
func pid(job int) string { return "PID" + strconv.Itoa(job) }

// path resolves what a command walks to or opens.
func (l *lowerer) path(sh *shell, at syntax.Node, p string) (target, bool) {
	switch {
	case fdPathRE.MatchString(p):
		return l.filePath(sh, at, p)
	case rootPathRE.MatchString(p):
		return l.rootPath(at, p)
	case !strings.HasPrefix(p, "/") && sh.cwd != "":
		place, ok := l.place(at, path.Join(sh.cwd, p))
		if !ok {
			return target{}, false
		}
		if on, _ := l.place(at, sh.cwd); place != on {
			l.fail(at.Pos(), p, "leaves the mount that the working directory is on: walks from there cross no mount point here", nil)
			return target{}, false
		}
		return target{from: fromCwd, place: place}, true
	}
	place, ok := l.place(at, p)
	return target{place: place}, ok
}

// filePath resolves /proc/self/fd/N and what is below it.
func (l *lowerer) filePath(sh *shell, at syntax.Node, p string) (target, bool) {
	fd, _ := strconv.Atoi(fdPathRE.FindStringSubmatch(p)[1])
	if !sh.open[fd] {
		l.fail(at.Pos(), p, "nothing opened this file", nil)
		return target{}, false
	}
	return target{from: fromFile, via: sh.task.fd(fdKey(fd, false))}, true
}

// rootPath resolves /proc/$!/root/PLACE.
func (l *lowerer) rootPath(at syntax.Node, p string) (target, bool) {
	m := rootPathRE.FindStringSubmatch(p)
	job, _ := strconv.Atoi(m[1])
	place, ok := l.place(at, m[2])
	if ok && l.p.parents[place] >= 0 {
		l.fail(at.Pos(), m[2], "below /proc/PID/root a path crosses one mount point here, not two", nil)
		return target{}, false
	}
	return target{from: fromTask, place: place, via: job}, ok
}

// cd resolves cd, pushd and popd. What is not on a mount of the script is all one directory.
func (l *lowerer) cd(o *operands) node {
	sh := o.sh
	dir := "/"
	at := syntax.Node(o.call)
	switch {
	case o.name == "popd" && len(o.words) == 0, o.name == "cd" && len(o.words) == 1 && o.words[0] == "-":
		if len(sh.dirs) > 0 {
			dir = sh.dirs[len(sh.dirs)-1]
		}
	case o.name == "cd" && len(o.words) == 0:
	case len(o.words) == 1 && !strings.HasPrefix(o.words[0], "-"):
		at, dir = o.nodes[0], o.words[0]
	default:
		return l.usage(o)
	}
	switch {
	case strings.HasPrefix(dir, "/"):
		dir = path.Clean(dir)
	case sh.cwd != "":
		dir = path.Join(sh.cwd, dir)
	default:
		return l.usage(o)
	}
	old := cmp.Or(sh.cwd, "/")
	if o.name == "popd" {
		sh.dirs = sh.dirs[:max(0, len(sh.dirs)-1)]
	} else if o.name == "cd" {
		sh.dirs = []string{old}
	} else {
		sh.dirs = append(slices.Clone(sh.dirs), old)
	}
	if dir == "/" || l.elsewhere(sh, dir) || l.above(dir) {
		if sh.cwd == "" && dir != "/" {
			l.note(o.call, "not on a mount of this script")
			return &status{mark: o.at, ok: true}
		}
		sh.cwd = ""
		return &call{mark: o.at, kind: callChdir, path: target{place: -1}}
	}
	place, ok := l.place(at, dir)
	if !ok {
		return nil
	}
	sh.cwd = dir
	return &call{mark: o.at, kind: callChdir, path: target{place: place}}
}

// above reports whether a mount place is below dir, and dir is below none.
func (l *lowerer) above(dir string) bool {
	_, on := l.placeOf(dir)
	return !on && slices.ContainsFunc(l.p.places, func(p string) bool { return below(p, dir) })
}
