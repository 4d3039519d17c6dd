package explorer

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec/classic"
)

// Auto compiles when a search has become large enough, once, and the workers go over to the native
// code that they find.
func TestAutoGoesOver(t *testing.T) {
	m := classic.TwoPhase(5)
	want := plain(explore(t, m, Options{Workers: 1, Engine: Closures}))
	s, err := newSearch(compile(m, false), Options{Workers: 1})
	require.NoError(t, err)
	defer s.close()
	worth := worthNative(len(s.c.grounds))
	s.considerNative(worth - 1)
	require.False(t, s.engine.started)
	s.considerNative(worth)
	require.True(t, s.engine.started)
	require.Eventually(t, func() bool { return s.engine.ready.Load() != nil }, time.Minute, time.Millisecond)
	n := s.engine.ready.Load()
	s.considerNative(2 * worth)
	require.Nil(t, s.workers[0].native)
	require.NoError(t, s.run(context.Background()))
	require.NotNil(t, s.workers[0].native)
	require.Same(t, n, s.engine.ready.Load())
	require.NoError(t, s.finish())
	require.Equal(t, want, plain(s.res))
}
