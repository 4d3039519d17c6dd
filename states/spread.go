package states

// inPlace is beyond how many bytes a table grows without moving, where the memory can.
const inPlace = 1 << 20

// homes sets at to the home slots of some entries in a table of n slots, in the same order for each
// n. What it sets for slots that are empty is of no account. There is one call for many entries, as
// each takes a few cycles.
type homes func(entries []uint64, n int, at []int)

// homesRun is how many entries homes is asked for at a time.
const homesRun = 64

// resize returns the table slots, of entries of w words, with n slots, more than it had. On an
// error the table is as it was.
func (b *Budget) resize(slots []uint64, w, n int, home homes) ([]uint64, error) {
	if old := len(slots); n*w <= cap(slots) {
		longer, err := b.extend(slots, n*w)
		if err != nil {
			return slots, err
		}
		spread(longer, w, old/w, home)
		return longer, nil
	}
	most := n * w
	if most*8 > inPlace {
		most = max(most, b.most(parts))
	}
	longer, err := b.reserve(n*w, most)
	if err != nil {
		return slots, err
	}
	putAll(longer, slots, w, n, home)
	b.release(slots)
	return longer, nil
}

// putAll stores the entries among others of w words in a table of n slots.
func putAll(slots, others []uint64, w, n int, home homes) {
	var at [homesRun]int
	for len(others) > 0 {
		run := others[:min(homesRun*w, len(others))]
		others = others[len(run):]
		home(run, n, at[:len(run)/w])
		for i, h := range at[:len(run)/w] {
			if entry := run[i*w : i*w+w]; entry[0] != empty {
				put(slots, entry, h)
			}
		}
	}
}

// put stores an entry in the first free slot from its home on, of a table of linear probing.
func put(slots, entry []uint64, home int) {
	w := len(entry)
	at := home * w
	for slots[at] != empty {
		if at += w; at == len(slots) {
			at = 0
		}
	}
	set(slots[at:at+w], entry)
}

// set is copy of a few words, at least one: a call of copy would take longer than they do.
func set(to, from []uint64) {
	to[0] = from[0]
	for i := 1; i < len(from); i++ {
		to[i] = from[i]
	}
}

// spread puts the entries in the first old slots of a table, of w words each, where they belong in
// the whole of it: the table had old slots and has been made longer.
//
// From the last slot on, each entry is taken out and put in from its new home on, as long as that
// is behind the slot it came from. All that is behind that slot was put there by this loop, so
// nothing that is still to be moved is passed or met, and what an entry passes stays where it is: a
// look-up finds it. Since the table has grown by a factor and entries are only some slots away from
// their homes, that goes on nearly to the beginning. What is left there, and what would pass the
// end of the table, is set aside, and put in when all the slots are in their new state.
func spread(slots []uint64, w, old int, home homes) {
	n := len(slots) / w
	var aside []uint64
	var at [homesRun]int
	for left := old; left > 0; {
		first := max(0, left-homesRun)
		home(slots[first*w:left*w], n, at[:left-first])
		for left > first {
			from := slots[(left-1)*w : left*w]
			if from[0] == empty {
				left--
				continue
			}
			to := at[left-1-first]
			if to < left {
				aside = takeAside(slots[:left*w], w, aside)
				left = 0
				break
			}
			left--
			for to < n && slots[to*w] != empty {
				to++
			}
			if to == n {
				aside = append(aside, from...)
			} else {
				set(slots[to*w:to*w+w], from)
			}
			from[0] = empty
		}
	}
	putAll(slots, aside, w, n, home)
}

// takeAside takes the entries, of w words, out of slots and appends them to aside.
func takeAside(slots []uint64, w int, aside []uint64) []uint64 {
	for ; len(slots) > 0; slots = slots[w:] {
		if slots[0] != empty {
			aside = append(aside, slots[:w]...)
			slots[0] = empty
		}
	}
	return aside
}
