package classic

import "mcheck/spec"

// Entry is a model in one configuration with what is known of its state graph.
type Entry struct {
	Name  string
	Build func() *spec.Model
	// Distinct and Generated count states as TLC does, one generated state for each enabled action
	// and binding; Depth is the number of states on the longest shortest path. Initial counts the
	// initial states, Stuck the reachable states without a successor (-1: not known).
	Distinct, Generated int64
	Depth               int
	Initial, Stuck      int64
	// Levels are the distinct states at depth 1, 2, …; nil if not known.
	Levels []int64
	// PerAction counts the steps of each action, or of each label where Action.Func names one; nil
	// if not known.
	PerAction map[string]int64
	// Violated maps the properties that fail to the states of a shortest counterexample; all others
	// hold.
	Violated map[string]int
	Notes    string
}

// Models are the published models, small ones first.
var Models = []Entry{
	{
		Name: "Lock", Build: Lock, Distinct: 12, Generated: 21, Depth: 5, Initial: 1,
		Levels:    []int64{1, 2, 3, 4, 2},
		PerAction: map[string]int64{"l0": 8, "l1": 4, "cs": 4, "l2": 4},
	},
	{
		Name: "DieHard", Build: DieHard, Distinct: 16, Generated: 97, Depth: 8, Initial: 1,
		Levels:    []int64{1, 2, 3, 2, 2, 2, 2, 2},
		PerAction: map[string]int64{"FillSmall": 16, "FillBig": 16, "EmptySmall": 16, "EmptyBig": 16, "SmallToBig": 16, "BigToSmall": 16},
		Violated:  map[string]int{"NotFour": 7},
	},
	{
		Name: "TCommit", Build: func() *spec.Model { return TCommit(3) }, Distinct: 34, Generated: 94, Depth: 7, Initial: 1, Stuck: 2,
		Levels:    []int64{1, 6, 12, 8, 3, 3, 1},
		PerAction: map[string]int64{"Prepare": 27, "Commit": 12, "Abort": 54},
	},
	{Name: "TCommit2", Build: func() *spec.Model { return TCommit(2) }, Distinct: 12, Generated: 23, Depth: 5, Initial: 1, Stuck: 2},
	{Name: "TCommit4", Build: func() *spec.Model { return TCommit(4) }, Distinct: 96, Generated: 357, Depth: 9, Initial: 1, Stuck: 2},
	{Name: "TCommit5", Build: func() *spec.Model { return TCommit(5) }, Distinct: 274, Generated: 1296, Depth: 11, Initial: 1, Stuck: 2},
	{Name: "TCommit6", Build: func() *spec.Model { return TCommit(6) }, Distinct: 792, Generated: 4567, Depth: 13, Initial: 1, Stuck: 2},
	{
		Name: "Peterson", Build: Peterson, Distinct: 42, Generated: 77, Depth: 11, Initial: 1,
		Levels:    []int64{1, 2, 3, 4, 5, 6, 7, 6, 5, 2, 1},
		PerAction: map[string]int64{"a0": 18, "a1": 18, "a2": 18, "a3": 6, "cs": 8, "a4": 8},
	},
	{
		Name: "Barrier", Build: func() *spec.Model { return Barrier(6) }, Distinct: 64, Generated: 194, Depth: 7, Initial: 1,
		Levels:    []int64{1, 6, 15, 20, 15, 6, 1},
		PerAction: map[string]int64{"Enter": 192, "Release": 1},
	},
	{
		Name: "AlternatingBit", Build: func() *spec.Model { return AlternatingBit(2) }, Distinct: 240, Generated: 1392, Depth: 10, Initial: 8,
		Levels:    []int64{8, 16, 36, 36, 40, 24, 28, 24, 20, 8},
		PerAction: map[string]int64{"SendNew": 96, "Resend": 192, "Recv": 168, "SendAck": 240, "RecvAck": 172, "LoseMsg": 252, "LoseAck": 264},
	},
	{
		Name: "TwoPhase", Build: func() *spec.Model { return TwoPhase(3) }, Distinct: 288, Generated: 1146, Depth: 11, Initial: 1,
		Levels: []int64{1, 7, 21, 38, 50, 54, 49, 36, 21, 9, 2},
		PerAction: map[string]int64{
			"TMRcvPrepared": 96, "TMCommit": 1, "TMAbort": 64, "RMPrepare": 156, "RMChooseToAbort": 156, "RMRcvCommit": 24, "RMRcvAbort": 648,
		},
	},
	{Name: "TwoPhase2", Build: func() *spec.Model { return TwoPhase(2) }, Distinct: 56, Generated: 154, Depth: 8, Initial: 1},
	{Name: "TwoPhase4", Build: func() *spec.Model { return TwoPhase(4) }, Distinct: 1568, Generated: 8258, Depth: 14, Initial: 1},
	{Name: "TwoPhase5", Build: func() *spec.Model { return TwoPhase(5) }, Distinct: 8832, Generated: 58146, Depth: 17, Initial: 1},
	{Name: "TwoPhase6", Build: func() *spec.Model { return TwoPhase(6) }, Distinct: 50816, Generated: 402306, Depth: 20, Initial: 1},
	{
		Name: "EWD840", Build: func() *spec.Model { return EWD840(3) }, Distinct: 302, Generated: 1817, Depth: 9, Initial: 192, Stuck: 1,
		Levels:    []int64{192, 32, 20, 26, 16, 7, 5, 3, 1},
		PerAction: map[string]int64{"Probe": 80, "Pass": 198, "Send": 898, "Stop": 449},
		Notes:     "TLC generates 2001 states from the published text, whose guards it splits at each disjunction; 1817 is one for each binding.",
	},
	{
		Name: "EWD840of4", Build: func() *spec.Model { return EWD840(4) }, Distinct: 1566, Generated: 14962, Depth: 12, Initial: 1024, Stuck: 1,
		Notes: "TLC generates 15986 states from the published text; see EWD840.",
	},
	{
		Name: "Simple", Build: func() *spec.Model { return Simple(5) }, Distinct: 723, Generated: 1842, Depth: 11, Initial: 1,
		PerAction: map[string]int64{"a": 765, "b": 1045, "Terminating": 31},
	},
	{
		Name: "SpanTree", Build: SpanTree, Distinct: 1236, Generated: 10278, Depth: 5, Initial: 1, Stuck: 2,
		Levels: []int64{1, 10, 75, 350, 800},
	},
	{
		Name: "Bakery", Build: func() *spec.Model { return Bakery(2, 2, false) }, Distinct: 2303, Generated: 10659, Depth: 39, Initial: 1,
		Levels: []int64{
			1, 2, 5, 6, 8, 14, 21, 30, 41, 60, 92, 121, 86, 59, 70, 72, 98, 95, 82, 94, 127, 173, 205, 123, 67, 59, 62, 88, 102, 74, 50, 42, 26,
			15, 14, 9, 7, 2, 1,
		},
		PerAction: map[string]int64{"ncs": 220, "e1": 880, "e2": 466, "e3": 4452, "e4": 1620, "w1": 360, "w2": 136, "cs": 160, "exit": 2364},
	},
	{Name: "Bakery3", Build: func() *spec.Model { return Bakery(2, 3, false) }, Distinct: 7161, Generated: 40819, Depth: 39, Initial: 1},
	{
		Name: "InnerFIFO", Build: func() *spec.Model { return InnerFIFO(3, 3) }, Distinct: 3864, Generated: 9660, Depth: 11, Initial: 36,
		Levels:    []int64{36, 36, 36, 120, 144, 360, 432, 1080, 324, 324, 972},
		PerAction: map[string]int64{"Put": 2952, "BufRecv": 2880, "BufSend": 1872, "Get": 1920},
	},
	{
		Name: "Disruptor", Build: func() *spec.Model { return Disruptor(4, 3, 10) }, Distinct: 8496, Generated: 28049, Depth: 82, Initial: 1,
		PerAction: map[string]int64{"BeginWrite": 2897, "EndWrite": 2897, "BeginRead": 11127, "EndRead": 11127},
	},
	{
		Name: "ReadersWriters", Build: func() *spec.Model { return ReadersWriters(3) }, Distinct: 21527, Generated: 59674, Depth: 13, Initial: 1,
		Levels:    []int64{1, 6, 36, 156, 543, 1458, 2971, 4686, 5430, 2280, 2520, 720, 720},
		PerAction: map[string]int64{"AskRead": 10758, "AskWrite": 10758, "Serve": 8802, "Stop": 29355},
	},
	{Name: "ReadersWriters2", Build: func() *spec.Model { return ReadersWriters(2) }, Distinct: 390, Generated: 935, Depth: 9, Initial: 1},
	{
		Name: "Chameneos", Build: func() *spec.Model { return Chameneos(4, 4) }, Distinct: 34534, Generated: 104697, Depth: 13, Initial: 81, Stuck: 85,
		Levels: []int64{81, 324, 162, 648, 723, 2892, 2172, 8688, 4725, 8460, 4554, 1020, 85},
	},
	{Name: "Chameneos3", Build: func() *spec.Model { return Chameneos(3, 3) }, Distinct: 994, Generated: 2169, Depth: 10, Initial: 27, Stuck: -1},
	{
		Name: "SimpleRegular", Build: func() *spec.Model { return SimpleRegular(8) }, Distinct: 277726, Generated: 1454776, Depth: 25, Initial: 1,
		Levels: []int64{
			1, 8, 36, 120, 330, 784, 1652, 3144, 5467, 8752, 12972, 17864, 22900, 27352, 30424, 31456, 30145, 26640, 21552, 15808, 10336, 5888,
			2816, 1024, 255,
		},
		PerAction: map[string]int64{"a1": 383648, "a2": 484840, "b": 586032, "Terminating": 255},
	},
	{Name: "SimpleRegular4", Build: func() *spec.Model { return SimpleRegular(4) }, Distinct: 526, Generated: 1396, Depth: 13, Initial: 1},
	{
		Name: "BakeryInductive", Build: func() *spec.Model { return Bakery(2, 2, true) },
		Distinct: 655200, Generated: 3403584, Depth: 1, Initial: 655200, Stuck: 288,
		Levels: []int64{655200},
		Notes:  "begins in all 655200 of the 1679616 states of its types that satisfy the invariant, to show that it is inductive",
	},
	{
		Name: "LamportMutex", Build: func() *spec.Model { return LamportMutex(3, 6) }, Distinct: 724274, Generated: 2729079, Depth: 61, Initial: 1,
		PerAction: map[string]int64{"Request": 299011, "Enter": 89142, "Exit": 44571, "RcvReq": 811133, "RcvAck": 751401, "RcvRel": 733820},
	},
	{Name: "LamportMutex3to3", Build: func() *spec.Model { return LamportMutex(3, 3) }, Distinct: 10209, Generated: 41533, Depth: 31, Initial: 1},
	{Name: "LamportMutex2to6", Build: func() *spec.Model { return LamportMutex(2, 6) }, Distinct: 1043, Generated: 2001, Depth: 40, Initial: 1},
	{Name: "LamportMutex2to3", Build: func() *spec.Model { return LamportMutex(2, 3) }, Distinct: 191, Generated: 384, Depth: 22, Initial: 1},
}
