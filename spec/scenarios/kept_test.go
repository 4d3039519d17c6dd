package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/scenario"
)

// What simpler judges get wrong: each script is one that an earlier rule, or one that suggests
// itself, has a false alarm or a false excuse in. The verdicts follow from the comment at the head
// of each script.
func TestJudgesAreNotFooled(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, row := range []struct{ script, design, property, verdict string }{
		{"job-then-mount", "v6.15", "device_free_after_umount", "holds"},
		{"two-mkfs-walk", "v6.15", "device_free_after_umount", "holds"},
		{"two-mkfs-walk", "v6.15", "cleanup_before_return_lazy", "holds"},
		{"other-mount-walk", "v6.15", "device_free_after_umount", "holds"},
		{"other-mount-walk", "v6.15", "cleanup_before_return_lazy", "holds"},
		{"lazy-handover", "v6.15", "cleanup_before_return_lazy", "holds"},
		{"ltp-walk-gone", "v6.15", "device_free_after_umount", "holds"},
		// The mutant hands the cleanup to a worker wherever a walk was there: nothing that was
		// waited for excuses it.
		{"ltp-walk-gone", "mutants/late-if-walked", "device_free_after_umount", "violated"},
	} {
		t.Run(row.script+","+row.design+","+row.property, func(t *testing.T) {
			sc, err := scenario.Load("./testdata/kept/" + row.script + ".sh")
			require.NoError(t, err)
			_, r := reduced(t, pair{sc: sc, design: row.design})
			require.Equal(t, row.verdict, verdicts(r)[row.property])
		})
	}
}
