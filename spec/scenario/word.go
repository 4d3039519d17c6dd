package scenario

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

var (
	deviceRE = regexp.MustCompile(`^/dev/[A-Za-z0-9._/-]+$`)
	placeRE  = regexp.MustCompile(`^/[A-Za-z0-9._/+:@-]+$`)
)

// nestPlaces says which place is on which, and puts those on the root file system first.
func (l *lowerer) nestPlaces() {
	above := map[string][]string{}
	for _, p := range l.p.places {
		for _, q := range l.p.places {
			if p != q && below(p, q) {
				above[p] = append(above[p], q)
			}
		}
	}
	slices.SortStableFunc(l.p.places, func(p, q string) int { return min(1, len(above[p])) - min(1, len(above[q])) })
	for _, p := range l.p.places {
		parent := -1
		switch qs := above[p]; {
		case len(qs) == 1:
			parent = slices.Index(l.p.places, qs[0])
		case len(qs) > 1:
			l.fail(l.placeAt[p], p, "mount places nest one level deep here: this one is below "+strings.Join(qs, ", "), nil)
		}
		l.p.parents = append(l.p.parents, parent)
	}
}

// below reports whether p is place or something below it.
func below(p, place string) bool { return p == place || strings.HasPrefix(p, place+"/") }

// place resolves a path to the number of the mount place it is at or below, the innermost one.
func (l *lowerer) place(at syntax.Node, p string) (int, bool) {
	if found, ok := l.placeOf(p); ok {
		return found, true
	}
	known := "this script mounts nothing"
	if len(l.p.places) > 0 {
		known = "the mount places of this script are " + strings.Join(l.p.places, ", ")
	}
	l.fail(at.Pos(), p, "an absolute path at or below a mount place is needed; "+known, nil)
	return 0, false
}

// mountPlace resolves the operand of mount and umount.
func (l *lowerer) mountPlace(at syntax.Node, p string) (int, bool) {
	clean := path.Clean(p)
	if i := slices.Index(l.p.places, clean); i >= 0 {
		return i, true
	}
	if l.discovers && placeRE.MatchString(clean) && !strings.HasPrefix(clean, "/dev/") {
		l.p.places, l.p.parents = append(l.p.places, clean), append(l.p.parents, -1)
		l.placeAt[clean] = at.Pos()
		return len(l.p.places) - 1, true
	}
	l.fail(at.Pos(), p, "a mount place is an absolute path of letters, digits and . _ + : @ -, not / and not below /dev", nil)
	return 0, false
}

// device numbers a device.
func (l *lowerer) device(at syntax.Node, p string) (int, bool) {
	if !deviceRE.MatchString(p) {
		l.fail(at.Pos(), p, "a block device is named /dev/NAME; without one only tmpfs and ramfs are mounted here", nil)
		return 0, false
	}
	return l.numberDevice(path.Clean(p)), true
}

func (l *lowerer) numberDevice(name string) int {
	i := slices.Index(l.p.devices, name)
	if i < 0 {
		i = len(l.p.devices)
		l.p.devices = append(l.p.devices, name)
	}
	return i
}
