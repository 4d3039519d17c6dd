package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"mcheck/explorer"
	"mcheck/internal/parallel"
)

// timeLimit is the cause of a context that --max-time has ended.
type timeLimit struct{ time.Duration }

func (l timeLimit) Error() string { return fmt.Sprintf("time limit of %v", l.Duration) }

// untilSignal returns a context that the first Ctrl-C, SIGTERM or SIGHUP ends. The second one ends
// the process as if nobody had asked for it. A SIGHUP that the process was started to ignore, as by
// nohup, stays ignored.
func untilSignal() (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	first := make(chan os.Signal, 1)
	signal.Notify(first, signals...)
	done := make(chan struct{})
	go func() {
		select {
		case <-first:
			signal.Reset(signals...)
			cancel()
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(first)
		close(done)
		cancel()
	}
}

// limit returns ctx with the time limit of opt, which counts from opt.Started.
func limit(ctx context.Context, opt explorer.Options) (context.Context, context.CancelFunc) {
	if opt.MaxTime <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, opt.Started.Add(opt.MaxTime), timeLimit{opt.MaxTime})
}

// stopped is the error of a command that ctx has ended while it was doing something.
func stopped(ctx context.Context, doing string) error {
	if why := whyStopped(ctx); why != "stopped" {
		return failf(exitUndecided, "%s: it passed while %s; nothing is decided", why, doing)
	}
	return failf(exitUndecided, "stopped while %s; nothing is decided", doing)
}

// whyStopped says what has ended ctx.
func whyStopped(ctx context.Context) string {
	var limit timeLimit
	if errors.As(context.Cause(ctx), &limit) {
		return limit.Error()
	}
	return "stopped"
}

// patience is how long what heeds a context, but not everywhere, has to end when that has ended.
const patience = 300 * time.Millisecond

// await returns what f returns, or the error of [stopped] when ctx has ended. What f does may then
// go on for as long as the process, and comes to nothing: so f writes nothing before it closes
// heeds, which says that from then on f ends by itself when ctx does. With heeds nil f has no time
// left when ctx has ended, else [patience].
func await[T any](ctx context.Context, doing string, heeds <-chan struct{}, f func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil && heeds == nil {
		return none, stopped(ctx, doing)
	}
	type result struct {
		value T
		err   error
		panic *parallel.Panic
	}
	ended := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.panic = &parallel.Panic{Value: p, Stack: debug.Stack()}
			}
			ended <- r
		}()
		r.value, r.err = f()
	}()
	finished := func(r result) (T, error) {
		if r.panic != nil {
			panic(r.panic)
		}
		return r.value, r.err
	}
	select {
	case r := <-ended:
		return finished(r)
	case <-heeds:
		return finished(<-ended)
	case <-ctx.Done():
		if heeds == nil {
			return none, stopped(ctx, doing)
		}
	}
	select {
	case r := <-ended:
		return finished(r)
	case <-heeds:
		return finished(<-ended)
	case <-time.After(patience):
		return none, stopped(ctx, doing)
	}
}
