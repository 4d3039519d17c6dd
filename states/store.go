package states

import "math"

// MaxBatch is the largest number of states in one call of Insert.
const MaxBatch = 256

// Store is a set of packed states and the order in which they came: the visited set of a
// breadth-first search and its queue.
//
// Insert and Read may be called by several goroutines at once; the other methods only while nobody
// inserts.
type Store interface {
	// Insert adds a batch of at most MaxBatch states, their words one after another. A state that
	// is not there yet gets the next position. The order of positions among several callers is not
	// defined. On ErrFull, which says that there is no memory left, some of the states may have
	// been added; the call may be repeated.
	Insert(batch []uint64, t *Scratch) error
	// Len returns the number of states.
	Len() int64
	// Read returns the words of the states from position at on: at least one, at most n, and none
	// beyond end. It may use buf for them, and what it returns is good until buf is used again.
	// Positions must have been learned of from the goroutine that inserted, in a way that the
	// memory model knows.
	Read(at, end int64, n int, buf []uint64) ([]uint64, error)
	// Truncate drops the positions from n on. The set still holds their states.
	Truncate(n int64)
	// Find returns a number below Cap for a state that is in the set, or -1. It stays the same as
	// long as nothing is inserted. Different states have different numbers, except where the store
	// confuses states ([Compaction]).
	Find(state []uint64) int64
	// Cap is one more than the largest number that Find may return.
	Cap() int64
	// Touch asks for what Find will need first of some states, so that several calls do not wait
	// for memory one after another.
	Touch(states []uint64)
	// Forget gives back the memory of the set, but not the states with their positions. Only Len,
	// Read and Close may be called after it.
	Forget()
	// Bytes returns the memory in use: of the set, and of the states in the order of their
	// positions as far as it is not on a disk.
	Bytes() (set, log int64)
	// Close gives the memory back.
	Close()
}

// Scratch is the memory that one caller of Insert keeps between calls, for one Store.
type Scratch struct {
	new    [MaxBatch]int32  // positions in the batch of the states that are looked up
	hash   [MaxBatch]uint64 // their hashes
	at     [MaxBatch]int    // their home slots
	open   [MaxBatch]int32  // those of them that are still to be looked up
	fresh  [MaxBatch]uint8  // 1: it was not there
	out    []uint64         // the states that are new
	recent recent
	tree   *treeScratch
}

// prepare hashes the states of a batch and leaves out those that were inserted a short time ago. It
// returns how many are left.
func (t *Scratch) prepare(batch []uint64, width int) int {
	t.recent.init(width)
	if n := len(batch) / width; inAssembly && width > 2 && n > 0 {
		return prepareWords(&batch[0], n, width, &t.recent.words[0], t.recent.mask, &t.new[0], &t.hash[0])
	}
	return t.prepareGo(batch, width)
}

// prepareGo says what prepare does.
func (t *Scratch) prepareGo(batch []uint64, width int) int {
	k := 0
	for i := range len(batch) / width {
		key := batch[i*width : i*width+width]
		h := Hash(key)
		t.new[k&(MaxBatch-1)], t.hash[k&(MaxBatch-1)] = int32(i), h
		k += t.recent.add(h, key)
	}
	return k
}

// failed is called where a batch was not inserted as a whole: the states may come again, and must
// not be taken for known.
func (t *Scratch) failed() { clear(t.recent.words) }

// A table is made of parts, by the first bits of the hash. Each part grows on its own: the pause is
// short, and the memory that is needed twice meanwhile is small.
const (
	partBits = 4
	parts    = 1 << partBits
)

// grown returns how large a part of n slots becomes. It doubles, as growing takes time for each
// slot, as long as the table then takes no more than an eighth of the memory of the machine. Larger
// ones, and those above 256 KiB a part where memory is limited, keep closer to what is needed, and
// grow by a quarter.
func (b *Budget) grown(n, wordsPerSlot int) int {
	small := max(4<<20, physical()/16/parts)
	if b.Limit() > 0 {
		small = 1 << 18
	}
	if int64(n)*int64(wordsPerSlot)*8 < small {
		return 2 * n
	}
	return n + n/4
}

// first returns how many slots part i of an empty table has, of at least n. As hashes are spread
// evenly, parts of one size would all double at the same time. So each is larger than the one
// before by the same factor: they double one after another, and the table as a whole is never
// emptier than it is now. Where memory is limited parts do not double for long, and begin as small
// as they may.
func (b *Budget) first(n, i int) int {
	if b.Limit() > 0 {
		return n
	}
	return int(float64(n) * math.Exp2(float64(i)/parts))
}

func equal(a, b []uint64) bool {
	for i, x := range b {
		if a[i] != x {
			return false
		}
	}
	return true
}
