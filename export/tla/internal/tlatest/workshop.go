// Package tlatest has what the tests of the exports share: a model that uses every construct of the
// IR, and the reference evaluator's answer in the form of an explorer's result.
package tlatest

import "mcheck/spec"

// Workshop returns a model that uses every type, operator and kind of property but the temporal
// ones: two workers take jobs, which a user may post, from a queue and need a tool for some of
// them.
func Workshop() *spec.Model {
	worker := &spec.EnumType{Name: "Worker", Values: []string{"ann", "bob"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"idle", "look", "work", "done"}}
	kind := &spec.EnumType{Name: "Kind", Values: []string{"easy", "hard"}}
	job := &spec.RecordType{Name: "Job", Fields: []spec.Field{{Name: "kind", Type: kind}, {Name: "for", Type: &spec.OptionType{Elem: worker}}}}
	small := &spec.RangeType{Lo: 0, Hi: 1}

	pc := &spec.Var{Name: "pc", Type: &spec.ArrayType{Index: worker, Elem: label}, Group: "workers", Doc: "where each worker is"}
	param := func(name string, t spec.Type) *spec.Param { return &spec.Param{Name: name, Type: t} }
	all := func(t spec.Type, name string, body spec.Expr) spec.Expr {
		return &spec.Quant{Op: spec.MapOf, Param: param(name, t), Body: body}
	}
	pc.Init = all(worker, "w", label.Val("idle"))
	holds := &spec.Var{Name: "holds", Type: &spec.ArrayType{Index: worker, Elem: &spec.OptionType{Elem: kind}}, Group: "workers", Doc: "what each works on",
		Init: &spec.Composite{T: &spec.ArrayType{Index: worker, Elem: &spec.OptionType{Elem: kind}}, Elems: []spec.Expr{spec.Null(kind), spec.Null(kind)}}}
	queue := &spec.Var{Name: "queue", Type: &spec.SeqType{Elem: job, Cap: 2}, Group: "the shop", Doc: "jobs that wait, the oldest first",
		Init: &spec.Composite{T: &spec.SeqType{Elem: job, Cap: 2}}}
	tool := &spec.Var{Name: "tool", Type: &spec.OptionType{Elem: worker}, Group: "the shop", Doc: "who has the tool", Init: spec.Null(worker)}
	seen := &spec.Var{Name: "seen", Type: &spec.SetType{Elem: worker}, Group: "the shop", Init: &spec.Composite{T: &spec.SetType{Elem: worker}}}
	count := &spec.Var{Name: "count", Type: &spec.ArrayType{Index: &spec.RangeType{Lo: 0, Hi: 1}, Elem: &spec.ArrayType{Index: spec.Bool, Elem: small}}, Ghost: true, Group: "the ledger",
		Doc: "jobs done, by shift and by whether they were hard"}
	count.Init = all(&spec.RangeType{Lo: 0, Hi: 1}, "s", all(spec.Bool, "b", spec.Int(0)))
	shift := &spec.Var{Name: "shift", Type: &spec.RangeType{Lo: 0, Hi: 1}, Group: "the shop"}
	last := &spec.Var{Name: "last", Type: job, Group: "the ledger", Init: &spec.Composite{T: job, Elems: []spec.Expr{kind.Val("easy"), spec.Null(worker)}}}
	broken := &spec.Var{Name: "broken", Type: spec.Bool, Group: "the shop", Init: spec.F}

	at := func(p *spec.Param, l string) spec.Expr {
		return spec.Bin(spec.Eq, spec.At(pc, spec.P(p)), label.Val(l))
	}
	total := func() spec.Expr {
		s, b := param("s", &spec.RangeType{Lo: 0, Hi: 1}), param("b", spec.Bool)
		return &spec.Quant{Op: spec.Sum, Param: s, Body: &spec.Quant{Op: spec.Sum, Param: b, Body: spec.At(count, spec.P(s), spec.P(b))}}
	}
	head := func(f string) spec.Expr { return &spec.FieldSel{X: spec.Un(spec.Head, spec.V(queue)), Name: f} }
	src := func(line int, text string) []spec.SourceLine {
		return []spec.SourceLine{{Pos: spec.Pos{File: "shop.c", Line: line}, Text: text}}
	}

	m := &spec.Model{
		Name: "Workshop", Doc: "Two workers take jobs from a queue. Hard ones need the one tool.",
		Enums: []*spec.EnumType{worker, label, kind}, Vars: []*spec.Var{pc, holds, queue, tool, seen, count, shift, last, broken},
		InitWhere: spec.Bin(spec.Implies, spec.Bin(spec.Eq, spec.V(shift), spec.Int(1)), spec.Bin(spec.Eq, spec.V(queue), &spec.Composite{T: queue.Type})),
		Running:   spec.Bin(spec.Eq, spec.V(broken), spec.F),
	}

	k, w := param("k", kind), &spec.Param{Name: "who", Type: worker, Only: []int64{1}}
	post := &spec.Action{Name: "post", Params: []*spec.Param{k, w}, Optional: true, Actor: -1, Func: "user",
		Guard: spec.All(spec.Bin(spec.Lt, spec.Un(spec.Len, spec.V(queue)), spec.Int(2)),
			spec.Bin(spec.Or, spec.Bin(spec.Eq, spec.P(k), kind.Val("easy")), spec.Bin(spec.Ne, spec.V(tool), spec.P(w)))),
		Body: &spec.Do{Updates: []spec.Update{
			spec.Set(queue, spec.Bin(spec.Append, spec.V(queue), &spec.Composite{T: job, Elems: []spec.Expr{spec.P(k),
				&spec.If{Cond: spec.Bin(spec.Eq, spec.P(k), kind.Val("hard")), Then: spec.P(w), Else: spec.Null(worker)}}})),
		}}}

	j := param("j", &spec.RangeType{Lo: 1, Hi: 2})
	drop := &spec.Action{Name: "drop", Params: []*spec.Param{j}, Optional: true, Actor: -1, Func: "user",
		Guard: spec.Bin(spec.Le, spec.P(j), spec.Un(spec.Len, spec.V(queue))),
		Body:  &spec.Do{Updates: []spec.Update{spec.Set(queue, spec.Bin(spec.RemoveAt, spec.V(queue), spec.P(j)))}}}

	mark := &spec.Action{Name: "relabel", Optional: true, Actor: -1, Func: "user",
		Guard: spec.Bin(spec.Gt, spec.Un(spec.Len, spec.V(queue)), spec.Int(0)),
		Body: &spec.Do{Updates: []spec.Update{{Var: queue, Path: []spec.Selector{{Index: spec.Int(1)}, {Field: "for"}}, Value: spec.Null(worker)},
			{Var: last, Path: []spec.Selector{{Field: "kind"}}, Value: head("kind")}}}}

	t := param("t", worker)
	o := param("o", worker)
	look := &spec.Action{Name: "look", Params: []*spec.Param{t}, Actor: 0, Func: "take_job", Source: src(10, "job = peek(&queue); /* (*racy) */"),
		Guard: spec.All(at(t, "idle"), &spec.Quant{Op: spec.Exists, Param: j, Body: spec.Bin(spec.Eq, spec.Un(spec.Len, spec.V(queue)), spec.P(j))},
			spec.Bin(spec.Or, spec.Bin(spec.Eq, head("for"), spec.Null(worker)), spec.Bin(spec.Eq, head("for"), spec.P(t)))),
		Body: &spec.Do{Updates: []spec.Update{
			spec.Set(pc, label.Val("look"), spec.P(t)),
			spec.Set(seen, spec.Bin(spec.Union, spec.V(seen), &spec.Composite{T: seen.Type, Elems: []spec.Expr{spec.P(t)}})),
		}}}
	t2 := param("t", worker)
	take := &spec.Action{Name: "take", Params: []*spec.Param{t2}, Actor: 0, Func: "take_job",
		Source: append(src(12, "if (queue_empty(&queue)) return;"), spec.SourceLine{Pos: spec.Pos{File: "shop.c", Line: 13}, Text: "job = pop(&queue);"}),
		Guard:  at(t2, "look"),
		Body: &spec.Branch{Cond: spec.Bin(spec.Eq, spec.Un(spec.Len, spec.V(queue)), spec.Int(0)),
			Then: &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val("idle"), spec.P(t2))}},
			Else: &spec.Branch{Cond: spec.Bin(spec.And, spec.Bin(spec.Eq, head("kind"), kind.Val("hard")), spec.Bin(spec.Ne, spec.V(tool), spec.Null(worker))),
				Then: &spec.Do{Updates: []spec.Update{spec.Set(broken, spec.T)}},
				Else: &spec.Do{Updates: []spec.Update{
					spec.Set(pc, label.Val("done"), spec.P(t2)),
					spec.Set(pc, label.Val("work"), spec.P(t2)), // the later wins
					spec.Set(holds, head("kind"), spec.P(t2)),
					spec.Set(last, spec.Un(spec.Head, spec.V(queue))),
					{Var: last, Path: []spec.Selector{{Field: "for"}}, Value: spec.P(t2)},
					spec.Set(tool, &spec.If{Cond: spec.Bin(spec.Eq, head("kind"), kind.Val("hard")), Then: spec.P(t2), Else: spec.V(tool)}),
					spec.Set(queue, spec.Un(spec.Tail, spec.V(queue))),
				}}}}}
	t3 := param("t", worker)
	hard := func() spec.Expr { return spec.Bin(spec.Eq, spec.At(holds, spec.P(t3)), kind.Val("hard")) }
	finish := &spec.Action{Name: "finish", Params: []*spec.Param{t3}, Actor: 0, Func: "do_job", Source: src(20, "job->done = true;"),
		Guard: at(t3, "work"),
		Body: &spec.Do{Updates: []spec.Update{
			spec.Set(count, spec.Bin(spec.Min, spec.Int(1), spec.Bin(spec.Add, spec.At(count, spec.Int(1), hard()), spec.Int(1))), spec.Int(1), hard()),
			spec.Set(holds, spec.Null(kind), spec.P(t3)),
			spec.Set(tool, &spec.If{Cond: spec.Bin(spec.Eq, spec.V(tool), spec.P(t3)), Then: spec.Null(worker), Else: spec.V(tool)}),
			spec.Set(seen, spec.Bin(spec.Minus, spec.V(seen), &spec.Composite{T: seen.Type, Elems: []spec.Expr{spec.P(t3)}})),
			spec.Set(pc, label.Val("idle"), spec.P(t3)),
			spec.Set(shift, spec.Bin(spec.Mod, spec.Bin(spec.Sub, spec.V(shift), spec.Int(3)), spec.Int(2))),
		}}}
	tick := &spec.Action{Name: "tick", Actor: -1, Kind: spec.ActorMachine, Func: "clock",
		Guard: spec.Un(spec.Not, spec.Bin(spec.And, spec.Bin(spec.Eq, spec.V(shift), spec.Int(0)), spec.V(broken))), Body: &spec.Do{}}
	m.Actions = []*spec.Action{post, drop, mark, look, take, finish, tick}

	p := param("x", worker)
	idle := &spec.Quant{Op: spec.Forall, Param: p, Body: spec.Bin(spec.In, spec.At(pc, spec.P(p)), &spec.Lit{N: 0b0001, T: &spec.SetType{Elem: label}})}
	q := param("x", worker)
	busy := &spec.Quant{Op: spec.Count, Param: q, Body: spec.Bin(spec.Ne, spec.At(holds, spec.P(q)), spec.Null(kind))}
	r := param("x", worker)
	working := &spec.Quant{Op: spec.SetOf, Param: r, Body: spec.Bin(spec.Eq, spec.At(pc, spec.P(r)), label.Val("work"))}
	m.Properties = []*spec.Property{
		{Name: "OneTool", Kind: spec.Invariant, Words: "A worker that works is marked as one that has looked.", Source: "the foreman",
			When: spec.Bin(spec.Gt, busy, spec.Int(0)), Cond: spec.Bin(spec.SubsetEq, working, spec.V(seen))},
		{Name: "NotBroken", Kind: spec.Invariant, Words: "Nobody needs a tool that is taken.", Cond: spec.Un(spec.Not, spec.V(broken))},
		{Name: "FewDone", Kind: spec.Invariant, Cond: spec.Bin(spec.Le, spec.Bin(spec.Max, total(), spec.Bin(spec.Mul, spec.Un(spec.Cardinality, spec.V(seen)), spec.Un(spec.Neg, spec.Int(1)))), spec.Int(2))},
		{Name: "Emptied", Kind: spec.AtRest, Words: "At rest no job waits that somebody could do.", When: spec.Bin(spec.Ge, spec.Un(spec.Len, spec.V(queue)), spec.Int(1)),
			Cond: spec.Bin(spec.Ne, head("for"), spec.Null(worker))},
		{Name: "AllIdle", Kind: spec.Deadlock, Words: "At rest everybody is idle.", Cond: idle},
		{Name: "ComesToRest", Kind: spec.CanRest, Cond: idle},
		{Name: "BothHard", Kind: spec.Cover, Words: "Both workers do a hard job.", Cond: &spec.Quant{Op: spec.Forall, Param: o, Body: spec.Bin(spec.Eq, spec.At(holds, spec.P(o)), kind.Val("hard"))}},
		{Name: "BothBusy", Kind: spec.Cover, Words: "Both workers work.", Cond: spec.Bin(spec.Eq, busy, spec.Bin(spec.Div, spec.Int(5), spec.Int(2)))},
		{Name: "Never", Kind: spec.Invariant, Words: "A situation that is never met.", When: spec.Bin(spec.Gt, total(), spec.Int(7)), Cond: spec.F},
	}
	return m
}
