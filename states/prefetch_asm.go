//go:build amd64 || arm64

package states

// prefetch asks for the cache line at p and does not wait for it. A load that nobody uses would do
// the same, but the processor looks only so far ahead of a load that has not come, and a line that
// is asked for lies behind a hundred instructions or more of the next states.
//
//go:noescape
func prefetch(p *uint64)
