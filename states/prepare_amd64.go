package states

// This file and the assembly beside it do [Scratch.prepare] once more. The compiler's code for it
// takes nearly twice as many instructions, as it checks what can't go wrong and compares and copies
// words one by one; that was a tenth of the time of a search, of narrow states and of wide ones.
//
// It is right if prepareGo and preparePairsGo are: TestPrepare has both ways do the same.
const inAssembly = true

// prepareWords prepares n states of width words, of at least three ([Hash] has other ways for
// fewer), and returns how many are left. known and mask are those of [recent]. new and hash have
// room for n.
//
//go:noescape
func prepareWords(batch *uint64, n, width int, known *uint64, mask uint64, new *int32, hash *uint64) int

// preparePairs prepares n pairs, of which there is at least one.
//
//go:noescape
func preparePairs(batch *pair, n int, known *pair, mask uint64, new *int32, hash *uint64) int
