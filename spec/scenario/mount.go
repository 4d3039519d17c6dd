package scenario

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// What mount(8) can do and the kernel model can't, and why.
const (
	noBind        = "a bind mount can't be modelled: a mount is all of the file system of a device here, and at its root; the nearest is a second mount of the device (mount /dev/X PLACE)"
	noMove        = "moving a mount can't be modelled: a mount stays where it was put"
	noPropagation = "mount propagation can't be modelled: all mounts are private here, so nothing that is mounted or unmounted is copied to peers"
	noOverlay     = "overlayfs can't be modelled: a file system here has no mounts of its own below it, which it would hold"
	noBacking     = "a loop device with its backing file on a mount can't be modelled: the file would hold that mount"
)

// anonymous are the types of file systems without a device, of which each mount makes a new one.
var anonymous = []string{"tmpfs", "ramfs"}

const mountOptions = "t,types: o,options: v,verbose n,no-mtab i,internal-only s r,read-only,ro w,rw,read-write m,mkdir f,fake a,all L,label: U,uuid: " +
	"B,bind R,rbind M,move make-private make-rprivate make-slave make-rslave make-shared make-rshared make-unbindable make-runbindable"

// mount resolves mount(8).
func (l *lowerer) mount(o *operands) node {
	opts, ok := l.getopt(o, mountOptions)
	if !ok {
		return nil
	}
	var words []string // of -o
	loop := false
	for w := range strings.SplitSeq(opts["o"], ",") {
		switch key, _, _ := strings.Cut(w, "="); key {
		case "":
		case "bind", "rbind", "move", "private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable", "remount":
			words = append(words, key)
		case "loop":
			loop = true
		default:
			l.note(o.call, "-o "+w+": no effect on when a mount goes away")
		}
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool {
			_, flag := opts[n]
			return flag || slices.Contains(words, n)
		})
	}
	fail := func(msg string) node {
		if l.discovers && len(o.words) == 2 {
			l.mountPlace(o.nodes[1], o.words[1]) // for what comes after it
		}
		l.fail(o.call.Pos(), o.at.text, msg, nil)
		return nil
	}
	for _, flag := range []string{"v", "n", "i", "s", "r", "w", "m"} {
		if has(flag) {
			l.note(o.call, "-"+flag+": no effect on when a mount goes away")
		}
	}
	propagation := false
	for _, kind := range []string{"shared", "rshared", "slave", "rslave", "unbindable", "runbindable", "private", "rprivate"} {
		if !has(kind, "make-"+kind) {
			continue
		}
		if kind != "private" && kind != "rprivate" {
			return fail(noPropagation)
		}
		propagation = true
	}
	switch {
	case has("f"):
		l.note(o.call, "-f: mounts nothing")
		return &status{mark: o.at, ok: true}
	case has("a", "L", "U"):
		return fail("which devices this mounts is not in the script: mount each by its name (mount /dev/X PLACE)")
	case has("remount"):
		return l.remount(o)
	case propagation && len(o.words) == 1:
		l.note(o.call, "all mounts are private here")
		return &status{mark: o.at, ok: true}
	case has("B", "bind", "R", "rbind"):
		return fail(noBind)
	case has("M", "move"):
		return fail(noMove)
	case len(o.words) == 0:
		l.note(o.call, "lists what is mounted")
		return &status{mark: o.at, ok: true}
	case len(o.words) != 2:
		return l.usage(o)
	}
	return l.newMount(o, opts["t"], loop)
}

// newMount resolves the mount of a file system.
func (l *lowerer) newMount(o *operands, fsType string, loop bool) node {
	place, ok := l.mountPlace(o.nodes[1], o.words[1])
	if !ok {
		return nil
	}
	if fsType == "overlay" || fsType == "overlayfs" {
		l.fail(o.call.Pos(), o.at.text, noOverlay, nil)
		return nil
	}
	dev, source := 0, o.words[0]
	switch _, inPlace := l.placeOf(source); {
	case slices.Contains(anonymous, fsType):
		dev = l.numberDevice("none (each mount has a file system of its own)")
		l.p.anon = dev
	case (loop || !strings.HasPrefix(source, "/dev/")) && inPlace:
		l.fail(o.nodes[0].Pos(), source, noBacking, nil)
		return nil
	case loop:
		dev = l.numberDevice("a loop device of " + path.Clean(source))
	default:
		if dev, ok = l.device(o.nodes[0], source); !ok {
			return nil
		}
	}
	if !o.sh.namespace && o.sh.mounted != nil {
		o.sh.mounted[place] = true
		l.mountAt[place] = o.call.Pos()
	}
	l.mounts = append(l.mounts, mountedAt{dev, place})
	return &call{mark: o.at, kind: callMount, dev: dev, path: target{place: place}}
}

// mountedAt is a mount that the script may make.
type mountedAt struct{ dev, place int }

// remount resolves mount -o remount,... PLACE.
func (l *lowerer) remount(o *operands) node {
	if len(o.words) == 0 || len(o.words) > 2 {
		return l.usage(o)
	}
	last := len(o.words) - 1
	place, ok := l.mountPlace(o.nodes[last], o.words[last])
	if !ok {
		return nil
	}
	l.note(o.call, "the options that it sets have no effect on when a mount goes away; that a file is open for writing does not make it fail here")
	return &call{mark: o.at, kind: callRemount, path: target{place: place}, unknown: "whether a file is open for writing is not followed"}
}

const umountOptions = "l,lazy f,force d,detach-loop n,no-mtab v,verbose q,quiet c,no-canonicalize i,internal-only R,recursive r,read-only a,all A,all-targets O: t,types: N: fake"

// umount resolves umount(8).
func (l *lowerer) umount(o *operands) node {
	opts, ok := l.getopt(o, umountOptions)
	if !ok {
		return nil
	}
	for _, flag := range []string{"a", "A", "O", "t", "N", "r", "fake"} {
		if _, ok := opts[flag]; ok {
			l.fail(o.call.Pos(), o.at.text, "which mounts this takes depends on what is mounted when it runs: name each place (umount PLACE)", nil)
			return nil
		}
	}
	if len(o.words) == 0 {
		return l.usage(o)
	}
	for _, flag := range []string{"f", "n", "v", "q", "c", "i"} {
		if _, ok := opts[flag]; ok {
			l.note(o.call, "-"+flag+": no effect on a file system that needs no server")
		}
	}
	_, lazy := opts["l"]
	_, recursive := opts["R"]
	_, detach := opts["d"]
	var all []node
	for i, w := range o.words {
		place, dev, ok := l.umountOperand(o.nodes[i], w)
		if !ok {
			return nil
		}
		var n node = l.umountAt(o, place, lazy)
		if recursive {
			n = l.umountTree(o, place, lazy)
		}
		if detach {
			n = l.umountDetach(o, n, place, dev)
		}
		all = append(all, n)
	}
	if len(all) > 1 {
		// umount(8) goes on behind one that fails; its status is not 0 then.
		l.note(o.call, "several places: one umount after the other")
		return &list{o.at, append(all, &status{mark: o.at, unknown: "of several places"})}
	}
	return all[0]
}

func (l *lowerer) umountAt(o *operands, place int, lazy bool) *call {
	if !o.sh.namespace {
		delete(o.sh.mounted, place)
		for child, parent := range l.p.parents {
			if parent == place {
				delete(o.sh.mounted, child)
			}
		}
	}
	return &call{mark: o.at, kind: callUmount, path: target{place: place}, lazy: lazy}
}

// umountTree unmounts what is on place first, as umount -R does, if anything is mounted there by
// /proc/self/mountinfo, and stops at a failure. Of two mounts on one, the later comes first.
func (l *lowerer) umountTree(o *operands, place int, lazy bool) node {
	var n node
	then := func(next node) {
		if n == nil {
			n = next
		} else {
			n = &andOr{o.at, false, n, next}
		}
	}
	for child := len(l.p.parents) - 1; child >= 0; child-- {
		if l.p.parents[child] != place {
			continue
		}
		then(&ifElse{
			mark: o.at,
			cond: &call{mark: o.at, kind: callMounted, path: target{place: child}},
			then: l.umountAt(o, child, lazy), els: &status{mark: o.at, ok: true},
		})
	}
	then(l.umountAt(o, place, lazy))
	return n
}

// umountOperand resolves an operand of umount: a mount place, or a device that the script mounts at
// one place. dev is -1 if it is a place.
func (l *lowerer) umountOperand(at syntax.Node, w string) (place, dev int, ok bool) {
	if !strings.HasPrefix(w, "/dev/") || slices.Contains(l.p.places, path.Clean(w)) {
		place, ok = l.mountPlace(at, w)
		return place, -1, ok
	}
	dev = slices.Index(l.p.devices, path.Clean(w))
	var places []int
	for _, m := range l.mounts {
		if m.dev == dev && !slices.Contains(places, m.place) {
			places = append(places, m.place)
		}
	}
	msg := ""
	switch {
	case dev < 0 || len(places) == 0:
		msg = "the script has not mounted this device by here"
	case len(places) > 1:
		msg = "mounted at more than one place: name the place"
	case slices.ContainsFunc(l.mounts, func(m mountedAt) bool { return m.place == places[0] && m.dev != dev }):
		msg = l.p.places[places[0]] + ", where it is mounted, may have another device by now: name the place"
	default:
		return places[0], dev, true
	}
	l.fail(at.Pos(), w, msg, nil)
	return 0, 0, false
}

// umountDetach resolves umount -d, which clears the loop device behind a umount that has succeeded.
func (l *lowerer) umountDetach(o *operands, n node, place, dev int) node {
	var devices []int
	for _, m := range l.mounts {
		if m.place == place && !slices.Contains(devices, m.dev) {
			devices = append(devices, m.dev)
		}
	}
	if dev < 0 && len(devices) == 1 {
		dev = devices[0]
	}
	switch {
	case dev >= 0 && !loopRE.MatchString(l.p.devices[dev]), len(devices) == 0:
		l.note(o.call, "-d: no loop device")
		return n
	case dev < 0:
		l.fail(o.call.Pos(), o.at.text, "which loop device -d clears is not clear: several devices may be mounted there; use losetup -d", nil)
		return nil
	}
	return &andOr{o.at, false, n, &list{o.at, []node{&call{mark: o.at, kind: callLoopClear, dev: dev}, &status{mark: o.at, ok: true}}}}
}

var loopRE = regexp.MustCompile(`^/dev/loop[0-9]+$`)

// losetup resolves losetup(8), of a device that has a number, and lists.
func (l *lowerer) losetup(o *operands) node {
	opts, ok := l.getopt(o, "d,detach D,detach-all f,find show a,all l,list j,associated: P,partscan r,read-only o,offset: sizelimit: b,sector-size: v,verbose n,noheadings O,output: direct-io: c,set-capacity:")
	if !ok {
		return nil
	}
	has := func(name string) bool { _, ok := opts[name]; return ok }
	switch {
	case has("D"):
		l.fail(o.call.Pos(), o.at.text, "which devices this clears is not in the script: losetup -d /dev/loopN", nil)
		return nil
	case has("d") && len(o.words) == 1:
		if dev, ok := l.loopDevice(o.nodes[0], o.words[0]); ok {
			return &call{mark: o.at, kind: callLoopClear, dev: dev}
		}
		return nil
	case has("d"):
		l.fail(o.call.Pos(), o.at.text, "one loop device is needed: losetup -d /dev/loopN", nil)
		return nil
	case has("f") && len(o.words) == 1:
		if l.reaches(o.sh, o.words[0]) {
			l.fail(o.nodes[0].Pos(), o.words[0], noBacking, nil)
			return nil
		}
		l.numberDevice(l.freeLoop())
		l.note(o.call, "the loop device is there from the beginning")
		return &status{mark: o.at, ok: true}
	case len(o.words) == 2:
		first := !slices.Contains(l.p.devices, o.words[0])
		dev, ok := l.loopDevice(o.nodes[0], o.words[0])
		if !ok {
			return nil
		}
		if l.reaches(o.sh, o.words[1]) {
			l.fail(o.nodes[1].Pos(), o.words[1], noBacking, nil)
			return nil
		}
		if first {
			l.note(o.call, "the loop device is there from the beginning")
			return &status{mark: o.at, ok: true}
		}
		return &call{mark: o.at, kind: callLoopSet, dev: dev}
	}
	l.note(o.call, "lists loop devices")
	return &status{mark: o.at, ok: true}
}

// freeLoop returns the first loop device that the script has not used by here.
func (l *lowerer) freeLoop() string {
	for n := 0; ; n++ {
		if d := "/dev/loop" + strconv.Itoa(n); !slices.Contains(l.p.devices, d) {
			return d
		}
	}
}

func (l *lowerer) loopDevice(at syntax.Node, p string) (int, bool) {
	if !loopRE.MatchString(p) {
		l.fail(at.Pos(), p, "a loop device is named /dev/loopN", nil)
		return 0, false
	}
	return l.numberDevice(p), true
}

// mkfs resolves mkfs(8): open(O_EXCL) of the device.
func (l *lowerer) mkfs(o *operands) node {
	var devices []int
	for i, w := range o.words {
		if strings.HasPrefix(w, "/dev/") {
			devices = append(devices, i)
		} else if strings.HasPrefix(w, "-") {
			l.note(o.call, w+": no effect on who has the device")
		}
	}
	if n := len(o.words); len(devices) == 0 && n > 0 && strings.Contains(o.words[n-1], "/") {
		return l.harmless(o, harmless{use: opensFile}) // of a file
	}
	if len(devices) != 1 {
		l.fail(o.call.Pos(), o.at.text, "one device is needed, /dev/NAME", usageOf(o.name))
		return nil
	}
	dev, ok := l.device(o.nodes[devices[0]], o.words[devices[0]])
	if !ok {
		return nil
	}
	return &call{mark: o.at, kind: callMkfs, dev: dev}
}
