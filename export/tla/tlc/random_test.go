package tlc_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/export/tla/internal/tlatest"
	"mcheck/export/tla/tlc"
	"mcheck/spec/spectest"
)

func TestStress(t *testing.T) {
	lo, _ := strconv.Atoi(os.Getenv("LO"))
	hi, _ := strconv.Atoi(os.Getenv("HI"))
	for _, i := range []int{32,33,37,51,52,58,61,64,79} {
_, _ = lo, hi
		m := rapid.Custom(spectest.Model).Example(i)
		want := tlatest.Expect(t, m)
		dir := fmt.Sprintf("/tmp/x/r%d", i)
		os.MkdirAll(dir, 0o777)
		r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{Dir: dir})
		require.NoError(t, err)
		fmt.Println(i, want.Distinct, want.Generated, r.Runs, r.Disagreements)
	}
}
