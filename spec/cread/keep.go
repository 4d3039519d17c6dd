package cread

// What of a frame is part of a state: the locals that are in scope at the task's next access.
// Of those that hold names of objects of a pool (pointers, sets, lists) only the live ones: they
// may be read before they are set again. So a name is not held by what nobody can read any more.

// names says whether the variable holds names of objects of a pool.
func (v *variable) names() bool {
	t := v.typ
	for t.kind == kArray {
		t = t.of
	}
	return (t.kind == kPtr || t.kind == kSet || t.kind == kList) && t.of.pool > taskPool
}

// keepWhat computes keep and keepIn.
func (f *function) keepWhat() {
	live := f.live()
	f.keep, f.keepIn = make([][]bool, len(f.code)), make([][]bool, len(f.code))
	for i := range f.code {
		f.keep[i] = f.kept(i, live[i])
		if i+1 < len(f.code) {
			f.keepIn[i+1] = f.kept(i, live[i+1])
		}
	}
}

// kept returns the cells of the variables in scope at instruction i, of which those that hold names
// must be live.
func (f *function) kept(i int, live []bool) []bool {
	keep := make([]bool, len(f.cells))
	for _, v := range f.code[i].scope {
		if v.names() && !live[v.id] {
			continue
		}
		for c := range v.typ.size() {
			keep[v.base+c] = true
		}
	}
	return keep
}

// live returns for each instruction which variables are live in front of it: on some way through
// the function from there they are read before they are set as a whole. Conditions are not looked
// at, but for constant ones.
func (f *function) live() [][]bool {
	live := make([][]bool, len(f.code)+1)
	for i := range live {
		live[i] = make([]bool, len(f.vars))
	}
	for changed := true; changed; {
		changed = false
		for i := len(f.code) - 1; i >= 0; i-- {
			in := &f.code[i]
			for _, v := range f.vars {
				is := in.reads(v)
				if !is && !in.sets(v) {
					for _, next := range in.successors(i) {
						is = is || live[next][v.id]
					}
				}
				if is && !live[i][v.id] {
					live[i][v.id], changed = true, true
				}
			}
		}
	}
	return live
}

// What is known of a jump whose condition is constant.
const (
	always = 1
	never  = 2
)

func (in *instr) successors(i int) []int {
	switch in.op {
	case opJump:
		return []int{int(in.n)}
	case opJumpIf0, opJumpIf1:
		switch in.m {
		case always:
			return []int{int(in.n)}
		case never:
			return []int{i + 1}
		}
		return []int{i + 1, int(in.n)}
	case opReturn:
		return nil
	}
	return []int{i + 1}
}

// reads says whether the instruction reads the variable or a part of it.
func (in *instr) reads(v *variable) bool {
	switch in.op {
	case opLoadL:
		return in.v == v
	case opSet:
		return in.v == v && in.what != "set_clear" || in.w == v
	}
	return false
}

// sets says whether the instruction sets the whole variable.
func (in *instr) sets(v *variable) bool {
	switch in.op {
	case opZero:
		return in.v == v
	case opStoreL, opSet:
		return in.v == v && v.typ.kind != kArray
	}
	return false
}
