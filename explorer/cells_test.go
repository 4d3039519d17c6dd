package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// What is about one subject lies side by side, behind what is about nothing, wherever it is
// declared; cells keep their numbers.
func TestCellsOfOneSubjectAreNeighbours(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"t0", "t1", "t2"}}
	lock := &spec.EnumType{Name: "Lock", Values: []string{"l0", "l1"}}
	wide, narrow := &spec.RangeType{Lo: 0, Hi: 1<<10 - 1}, &spec.RangeType{Lo: 0, Hi: 3}
	vars := []*spec.Var{
		{Name: "pc", Type: &spec.ArrayType{Index: task, Elem: wide}},
		{Name: "owner", Type: &spec.ArrayType{Index: lock, Elem: narrow}},
		{Name: "global", Type: wide},
		{Name: "frame", Type: &spec.ArrayType{Index: task, Elem: &spec.ArrayType{Index: lock, Elem: narrow}}},
	}
	var cells []cell
	for _, v := range vars {
		addCells(&cells, v.Type, v.Name, subject{})
	}
	l := placeCells(cells)
	var order []string
	for word := range l.Words {
		for shift := range uint(64) {
			for i, f := range l.Fields {
				if f.Word == word && f.Shift == shift {
					order = append(order, cells[i].what)
				}
			}
		}
	}
	require.Equal(t, 1, l.Words)
	require.Equal(t, []string{
		"global", "pc[t0]", "frame[t0][l0]", "frame[t0][l1]", "pc[t1]", "frame[t1][l0]", "frame[t1][l1]",
		"pc[t2]", "frame[t2][l0]", "frame[t2][l1]", "owner[l0]", "owner[l1]",
	}, order)
}
