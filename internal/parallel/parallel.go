// Package parallel spreads work that consists of independent parts over the processors.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Each calls f(0) … f(n-1), several at a time, and returns when all have returned. The calls must
// have nothing to do with each other. If any of them panic, Each panics with a *Panic of the first
// of these, in the order of their numbers.
func Each(n int, f func(i int)) {
	panics := make([]*Panic, n)
	call := func(i int) {
		defer func() {
			if r := recover(); r != nil {
				panics[i] = &Panic{r, debug.Stack()}
			}
		}()
		f(i)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				call(i)
			}
		})
	}
	wg.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

// Panic is a panic in a call of [Each].
type Panic struct {
	Value any
	Stack []byte // where it was
}

func (p *Panic) String() string { return fmt.Sprintf("%v\n%s", p.Value, p.Stack) }
