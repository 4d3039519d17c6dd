package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/eval"
)

// A shell that waits for a job that hangs by design is not deadlocked, whether the job hangs itself
// or waits for what does; and it is where the hang has nothing to do with it.
func TestWaitForWhatHangs(t *testing.T) {
	for _, tc := range []struct {
		name, script, design string
		want                 eval.Verdict
	}{
		{"the job", "mount /dev/sda /mnt\n#mcheck run\numount -l /mnt &\nwait\n", "v6.15", eval.Holds},
		{"a worker", "mount /dev/sda /mnt\n#mcheck run\numount -l /mnt\nmount /dev/sda /mnt &\nwait\n", "defer-v4", eval.Holds},
		// A softirq that waits for a lock below it has another reason.
		{"something else", "mount /dev/sda /mnt\n#mcheck run\numount -l /mnt &\nwait\n", "call-rcu", eval.Violated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sc, err := Parse("s.sh", []byte("#mcheck cpus=1\n#mcheck hangs /dev/sda\n"+tc.script))
			require.NoError(t, err)
			b, err := Build(sc, tc.design, Options{})
			require.NoError(t, err)
			v := verdictsOf(t, b.Model)
			require.Equal(t, tc.want, v["NoDeadlock"].Verdict)
			require.Equal(t, eval.Holds, v["NoFail"].Verdict)
		})
	}
}
