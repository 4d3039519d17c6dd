package states

// inPlace is from how many bytes on a table grows without moving, where the memory can.
const inPlace = 2 << 20

// resize returns the table slots, of entries of w words, with n slots, more than it had. On an error the table is as it was.
func (b *Budget) resize(slots []uint64, w, n int, home func(entry []uint64, n int) int) ([]uint64, error) {
	if old := len(slots); n*w <= cap(slots) {
		longer, err := b.extend(slots, n*w)
		if err != nil {
			return slots, err
		}
		spread(longer, w, old/w, home)
		return longer, nil
	}
	most := n * w
	if most*8 >= inPlace {
		most = max(most, b.most(parts))
	}
	longer, err := b.reserve(n*w, most)
	if err != nil {
		return slots, err
	}
	for at := 0; at < len(slots); at += w {
		if entry := slots[at : at+w]; entry[0] != empty {
			put(longer, entry, home(entry, n))
		}
	}
	b.release(slots)
	return longer, nil
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

// spread puts the entries in the first old slots of a table, of w words each, where they belong in the whole of it: the table had old slots and has been made
// longer. home is the home slot of an entry in a table of n slots, in the same order for each n.
//
// From the last slot on, each entry is taken out and put in from its new home on, as long as that is behind the slot it came from. All that is behind that slot
// was put there by this loop, so nothing that is still to be moved is passed or met, and what an entry passes stays where it is: a look-up finds it. Since the table has
// grown by a factor and entries are only some slots away from their homes, that goes on nearly to the beginning. What is left there, and what would pass the
// end of the table, is set aside, and put in when all the slots are in their new state.
func spread(slots []uint64, w, old int, home func(entry []uint64, n int) int) {
	n := len(slots) / w
	var aside []uint64
	i := old - 1
	for ; i >= 0; i-- {
		from := slots[i*w : i*w+w]
		if from[0] == empty {
			continue
		}
		to := home(from, n)
		if to <= i {
			break
		}
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
	for ; i >= 0; i-- {
		if from := slots[i*w : i*w+w]; from[0] != empty {
			aside = append(aside, from...)
			from[0] = empty
		}
	}
	for ; len(aside) > 0; aside = aside[w:] {
		put(slots, aside[:w], home(aside[:w], n))
	}
}
