package scenario

import "mcheck/spec"

// program is a script with its names resolved: the main shell and the tasks it starts.
type program struct {
	devices, places []string // by number; place 0 is on the root file system
	// of places: the place that each is below, -1 if it is on the root file system
	parents []int
	// the device whose file system hangs when it is shut down, -1 if none does
	hung int
	// the device that stands for file systems without one (tmpfs), -1 if there are none
	anon  int
	notes []Note  // what has no effect
	musts []*must // what must succeed
	tasks []*task // main first, others in the order in which they start
}

// task is the main shell or something it put in the background.
type task struct {
	name string
	job  int      // -1 for main
	at   mark     // where it starts, for main where the scenario does
	end  mark     // its last statement
	fds  []string // what its files stand for, by number
	// entry is where it begins, among its blocks.
	entry  *block
	finish *block // where it ends
	blocks []*block
	ends   int    // of its ways
	last   result // of the last one
	// inherits are the files that it has from its parent, by number there and here; inheritsCwd:
	// the working directory too.
	inherits    []inherited
	inheritsCwd bool
	killable    bool // somebody may send it a signal
	statusAsked bool // somebody asks for its status
	// awaited says that some wait waits for the task.
	awaited bool
	// copies are the tasks beside this one that run its program; they start with it, as one job.
	// copyOf is set in them. See mergeCopies.
	copies []*task
	copyOf *task
	base   string // the name without the number that tells copies apart
}

// inherited is a file that a task has from its parent.
type inherited struct{ from, to int }

// mark is a place in the script with the text there, on one line.
type mark struct {
	pos  spec.Pos
	text string
}

func (m mark) where() mark { return m }

// node is something that a task does, or a way to combine some. The set is closed: *call, *status,
// *exit, *start, *wait, *fsstress, *standStill, *bug, *list, *andOr, *ifElse, *redirect; and in
// blocks *setupDone, *setupCheck, *setupFails, *mustCheck.
type node interface {
	where() mark
	isNode()
}

// callKind is a system call.
type callKind uint8

const (
	callMount callKind = iota
	callUmount
	callMkfs
	callStat
	callOpen
	callClose
	callDup
	callUnshare
	callChdir
	callModprobe
	callRmmod
	callRemount
	callMounted
	callMountpoint
	callLoopClear
	callLoopSet
	callKill
	callFuser
	callJobStatus
)

// origin is where a path walk begins.
type origin uint8

const (
	fromRoot origin = iota // the root directory
	fromCwd                // the working directory, on the mount of which the path stays
	fromFile               // a file that is open, by /proc/self/fd
	fromTask               // the root directory of another task, by /proc/PID/root
)

// target is what a path leads to.
type target struct {
	from  origin
	place int // not of fromFile
	via   int // the file or the job, by number
}

type (
	// call is a system call on what it needs of dev, path, fd and to, by number.
	call struct {
		mark
		kind    callKind
		path    target // place -1 of callChdir: away from all places
		dev, fd int
		to      int // the new one of callDup
		lazy    bool
		loop    bool   // of a loop device that some command clears
		unknown string // why its status is not followed; "": it is
		// fatal ends the shell if the call fails (exec).
		fatal bool
		used  bool // its result is asked for
		// redirected: the file is opened for one command.
		redirected bool
		// builtin: the shell does it itself. forked: a command does, for which the shell waits.
		// last: nothing but the end of the task is behind it.
		builtin, forked, last bool
		waits                 *task // of callJobStatus
	}
	// status is true or false. unknown says why it is not known; "": it is.
	status struct {
		mark
		ok      bool
		code    int // if it is not ok; 0: 1
		unknown string
	}
	// exit ends the shell.
	exit struct {
		mark
		code int // -1: the status of the command before
	}
	start struct {
		mark
		task *task
	}
	wait struct {
		mark
		tasks []*task
		// status says that it has the status of what it waits for, which is not followed.
		status bool
	}
	fsstress struct {
		mark
		n, place, fd int
	}
	list struct {
		mark
		nodes []node
	}
	// andOr is x && y, or x || y.
	andOr struct {
		mark
		or   bool
		x, y node
	}
	ifElse struct {
		mark
		cond, then node
		els        node // nil: none
	}
	// standStill is a command that goes on until its time is over, if it has an end, or the task is
	// killed.
	standStill struct {
		mark
		forever bool
		last    bool // nothing but the end of its task is behind it
	}
	// bug says that the scenario has gone wrong.
	bug struct {
		mark
		must *must
	}
	// jobResult is the status of a task at its end: known, or that of a system call.
	jobResult struct {
		mark
		result result
		call   *call
	}
	// setupDone is the end of the set-up.
	setupDone struct{ mark }
	// setupCheck asks for the result of the last system call of the set-up; not: it should have
	// failed.
	setupCheck struct {
		mark
		not bool
	}
	// setupFails is a command of the set-up that fails in any case.
	setupFails struct{ mark }
	// mustCheck notes that a command that must succeed has run, and whether it has.
	mustCheck struct {
		mark
		must   *must
		result result // known, or asked
	}
	// redirect opens a file, runs body if that worked, and closes the file.
	redirect struct {
		mark
		fd   int
		path target
		body node
	}
)

func (*call) isNode()     {}
func (*status) isNode()   {}
func (*exit) isNode()     {}
func (*start) isNode()    {}
func (*wait) isNode()     {}
func (*fsstress) isNode() {}
func (*list) isNode()     {}
func (*andOr) isNode()    {}
func (*ifElse) isNode()   {}
func (*redirect) isNode() {}

func (*standStill) isNode() {}
func (*bug) isNode()        {}
func (*jobResult) isNode()  {}
func (*setupDone) isNode()  {}
func (*setupCheck) isNode() {}
func (*setupFails) isNode() {}
func (*mustCheck) isNode()  {}

// must is a command that must succeed: a property of the scenario.
type must struct {
	mark
	name string
	told bool // somebody else says that it has failed: bug
	// checked: it is noted when it has run.
	checked bool
}

// failure returns the status of the command if the system call fails.
func (c *call) failure() int {
	switch c.kind {
	case callMount, callUmount, callRemount:
		return 32
	}
	return 1
}
