package explorer

import (
	"errors"
	"io/fs"
	"sync"
	"syscall"
	"time"
)

// pauses lets the watcher interrupt the workers between two chunks of a level, and at no other
// time.
type pauses struct {
	mu   sync.Mutex
	open bool
}

// pause interrupts the workers, if they may be.
func (s *search) pause() {
	s.pauses.mu.Lock()
	defer s.pauses.mu.Unlock()
	if s.pauses.open {
		s.abort.CompareAndSwap(notAborted, abortPause)
	}
}

// openPauses says whether the workers may be interrupted from now on. It reports whether they were;
// they are not any more.
func (s *search) openPauses(open bool) (paused bool) {
	s.pauses.mu.Lock()
	defer s.pauses.mu.Unlock()
	s.pauses.open = open
	return s.abort.CompareAndSwap(abortPause, notAborted)
}

// stopFor ends the search, unless it is ended for another reason already.
func (s *search) stopFor(why int32) {
	if !s.abort.CompareAndSwap(notAborted, why) {
		s.abort.CompareAndSwap(abortPause, why)
	}
}

// visitLevel visits the states of a level from a position on, and saves a checkpoint where it is
// time for one. It returns up to where all are visited.
func (s *search) visitLevel(level int, from, end int64) (int64, error) {
	for {
		if s.checkpoints != nil {
			s.mark = s.snapshot(from)
		}
		s.openPauses(true)
		err := s.each(from, end, func(w *worker, at int64, words []uint64) error { return w.visit(level, at, words) })
		paused := s.openPauses(false)
		s.merge(level)
		from = min(s.cursor.Load(), end)
		if !paused || err != nil && err != errAborted {
			return from, err
		}
		if s.full.Load() == notFull && s.errorGoal().level == 0 {
			s.checkpoint(s.snapshot(from))
		}
		if err == nil {
			return from, nil
		}
	}
}

// defaultCheckpointEvery is the time between two checkpoints unless Options say otherwise.
const defaultCheckpointEvery = time.Minute

// openCheckpoints goes on from the checkpoint that the options name, and prepares the directory
// that they name for others.
func (s *search) openCheckpoints() error {
	if s.opt.Checkpoint == "" && s.opt.Resume == "" {
		return nil
	}
	s.id = s.identity()
	same := s.opt.Checkpoint == s.opt.Resume || sameDir(s.opt.Checkpoint, s.opt.Resume)
	if dir := s.opt.Resume; dir != "" {
		lock, err := lockCheckpoints(dir, false)
		readOnly := errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
		if err != nil && (same || !readOnly) {
			return err
		}
		s.locks = append(s.locks, lock)
	}
	if dir := s.opt.Checkpoint; dir != "" && !same {
		lock, err := lockCheckpoints(dir, true)
		if err != nil {
			return err
		}
		s.locks = append(s.locks, lock)
	}
	if dir := s.opt.Resume; dir != "" {
		m, err := s.resume(dir)
		if err != nil {
			return err
		}
		s.resumed, s.before = m, m.Seconds
	}
	if s.opt.Checkpoint == "" {
		return nil
	}
	known := s.resumed
	if !same {
		known = nil
	}
	if s.opt.CheckpointEvery <= 0 {
		s.opt.CheckpointEvery = defaultCheckpointEvery
	}
	var err error
	s.checkpoints, err = openCheckpoints(s.opt.Checkpoint, known)
	if err == nil {
		s.checkpoints.before = s.before
	}
	return err
}

// checkpoint saves m, where checkpoints are wanted. A search goes on without one that can't be
// written.
func (s *search) checkpoint(m *manifest) {
	if s.checkpoints != nil {
		s.res.CheckpointError = s.checkpoints.save(s, m)
	}
}
