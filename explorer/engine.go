package explorer

import (
	"sync"
	"sync/atomic"
)

// Engine is what expands and checks states. Nothing in a Result but times depends on it.
type Engine uint8

// The engines. Auto begins with closures, compiles in the background once a search has shown to be
// more than a small one, and goes over to the native code when it is there; where there can't be
// any it stays with the closures. Native has the code before it begins, and is an error where there
// can't be any.
const (
	Auto Engine = iota
	Native
	Closures
)

func (e Engine) String() string { return [...]string{"auto", "native", "closures"}[e] }

// worthNative is from how many states on a search of the Auto engine compiles. That takes 5 ms for
// models of some dozen ground actions and up to 400 ms for those of the kernel, about as long as
// the closures need for this many states.
func worthNative(grounds int) int64 { return int64(min(200*grounds, 50_000)) }

// engine makes the native code of a search.
type engine struct {
	ready   atomic.Pointer[native] // nil: not yet, or never
	started bool

	mu     sync.Mutex
	closed bool
}

// startEngine prepares what has to be there before the search begins.
func (s *search) startEngine() error {
	if s.opt.Engine != Native {
		return nil
	}
	n, err := newNative(s.c)
	if err != nil {
		return err
	}
	s.engine.ready.Store(n)
	return nil
}

// considerNative is called between levels with the number of states so far, or of all if that is
// known.
func (s *search) considerNative(stored int64) {
	e := &s.engine
	if s.opt.Engine != Auto || e.started || stored < worthNative(len(s.c.grounds)) {
		return
	}
	e.started = true
	go func() {
		n, err := newNative(s.c)
		if err != nil {
			return
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.closed {
			n.close()
			return
		}
		e.ready.Store(n)
	}()
}

// close ends the use of native code; code that is still being compiled is dropped when it is there.
func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if n := e.ready.Load(); n != nil {
		n.close()
	}
}
