package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/scenario"
)

const (
	holds    = explorer.Holds
	violated = explorer.Violated
	vacuous  = explorer.Vacuous
)

// report is a reproducer in the shape in which people send them.
type report struct {
	name, why, script string
	want              map[string]explorer.Verdict
}

// reports are scripts and what must come out under v6.15, worked out by hand: why says how.
var reports = []report{
	{"kill", "wait returns when the killed task is gone, with its files: nobody is left to refuse the umount", `
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; sleep 100 ) &
kill -9 $!
wait
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_7_succeeds": holds, "umount_ebusy_live": vacuous, "nothing_leaked": holds, "NoDeadlock": holds}},
	{"kill, no wait", "kill(2) returns before the task is gone; on its way out its file is closed and not yet put", `
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; sleep 100 ) &
kill $!
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_6_succeeds": violated, "umount_ebusy_live": holds, "umount_ebusy_fput": violated, "NoDeadlock": holds}},
	{"kill, the command stays", "the shell is killed and not the sleep that it waits for, which has inherited the file", `
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; sleep 100; true ) &
kill -9 $!
wait
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_7_succeeds": violated, "umount_ebusy_live": holds, "NoDeadlock": holds, "nothing_leaked": holds}},
	{"inherited file", "the job holds the file that its shell has closed, until it closes it too", `
mount /dev/sda /mnt
exec 3</mnt/f
#mcheck run
( exec 3<&- ) &
exec 3<&-
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_7_succeeds": violated, "umount_ebusy_live": holds, "counts_match_ledger": holds, "nothing_leaked": holds}},
	{"inherited file, wait", "job and shell have closed it", `
mount /dev/sda /mnt
exec 3</mnt/f
#mcheck run
( exec 3<&- ) &
exec 3<&-
wait
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_8_succeeds": holds, "umount_ebusy_live": vacuous}},
	{"inherited directory", "the job sleeps where its shell was", `
mount /dev/sda /mnt
cd /mnt
#mcheck run
sleep 100 &
cd /
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_7_succeeds": violated, "umount_ebusy_live": holds, "counts_match_ledger": holds, "nothing_leaked": holds}},
	{"sleep in a directory", "a task that sleeps for ever is no deadlock, and holds its directory", `
mount /dev/sda /mnt
#mcheck run
( cd /mnt; sleep infinity ) &
umount /mnt
`, map[string]explorer.Verdict{"umount_ebusy_live": holds, "NoDeadlock": holds, "nothing_leaked": holds}},
	{"fuser", "the job is killed, or opens the file later; wait waits for it in both cases", `
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; sleep 100 ) &
fuser -km /mnt
wait
umount /mnt #mcheck must-succeed
`, map[string]explorer.Verdict{"line_7_succeeds": holds, "counts_match_ledger": holds, "NoDeadlock": holds}},
	{"fuser, no wait", "the job may open the file when fuser has looked", `
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
fuser -km /mnt
umount /mnt || bug
`, map[string]explorer.Verdict{"line_6_succeeds": violated, "umount_ebusy_live": holds}},
	{"losetup -d", "the last close, in the umount, clears the device: nothing is there for mkfs", `
mount /dev/loop0 /mnt
#mcheck run
losetup -d /dev/loop0
umount /mnt || bug
mkfs.ext4 /dev/loop0 || bug
`, map[string]explorer.Verdict{"line_5_succeeds": holds, "line_6_succeeds": violated, "device_free_after_umount": holds}},
	{"losetup again", "cleared and set up again", `
mount /dev/loop0 /mnt
#mcheck run
umount -d /mnt
losetup /dev/loop0 /tmp/img || bug
mkfs.ext4 /dev/loop0 || bug
`, map[string]explorer.Verdict{"line_5_succeeds": holds, "line_6_succeeds": holds}},
	{"tmpfs", "each is a file system of its own: the umount of one cleans it up, whatever is with the other", `
mount -t tmpfs none /a
mount -t tmpfs none /b
#mcheck run
cat /b/f &
umount /a || bug
`, map[string]explorer.Verdict{"line_6_succeeds": holds, "cleanup_before_return_sync": holds, "device_free_when_unused": vacuous}},
	{"umount -R", "what is on it goes first", `
mount /dev/sda /mnt
mount /dev/sdb /mnt/a
#mcheck run
umount -R /mnt || bug
mkfs.ext4 /dev/sda || bug
mkfs.ext4 /dev/sdb || bug
`, map[string]explorer.Verdict{"line_5_succeeds": holds, "line_6_succeeds": holds, "line_7_succeeds": holds}},
	{"umount of a tree", "with something on it a mount is busy", `
mount /dev/sda /mnt
mount /dev/sdb /mnt/a
#mcheck run
umount /mnt || bug
`, map[string]explorer.Verdict{"line_5_succeeds": violated}},
	{"umount by device", "", `
DEV=/dev/sda
mount $DEV /mnt
#mcheck run
umount $DEV || bug
mkfs.ext4 $DEV || bug
`, map[string]explorer.Verdict{"line_5_succeeds": holds, "line_6_succeeds": holds}},
	{"tries", "the walk can hold the mount all the time that three tries take, and then the device has a file system", `
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
i=0
while [ "$i" -lt 3 ]; do
	umount /mnt
	ret=$?
	[ "$ret" -eq 0 ] && break
	i=$((i + 1))
	sleep 1
done
if [ $ret -ne 0 ]; then exit 1; fi
mkfs.ext4 /dev/sda || bug
`, map[string]explorer.Verdict{"line_14_succeeds": holds, "umount_ebusy_walker": violated, "device_free_after_umount": holds}},
	{"tries, no look", "as before, and mkfs runs in any case", `
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
for i in 1 2 3; do umount /mnt && break; done
mkfs.ext4 /dev/sda || bug
`, map[string]explorer.Verdict{"line_6_succeeds": violated, "device_free_after_umount": holds}},
	{"until", "the umount that succeeds is the last command of the loop", `
retry() {
	until umount "$1"; do
		echo "busy"
		sleep 1
	done
}
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
retry /mnt
mkfs.ext4 /dev/sda || bug
`, map[string]explorer.Verdict{"line_12_succeeds": holds, "umount_ebusy_walker": violated, "device_free_after_umount": holds}},
	{"set -e", "mkfs runs only where the umount has worked", `
set -e
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount /mnt
mkfs.ext4 /dev/sda || bug
`, map[string]explorer.Verdict{"line_7_succeeds": holds, "umount_ebusy_walker": violated}},
	{"redirected output", "the file is open while the command runs", `
mount /dev/sda /mnt
#mcheck run
echo hi >/mnt/f &
umount /mnt
`, map[string]explorer.Verdict{"umount_ebusy_live": holds, "nothing_leaked": holds}},
	{"remount", "remount holds the mount that it has looked up", `
mount /dev/sda /mnt
#mcheck run
mount -o remount,ro /mnt &
umount /mnt
`, map[string]explorer.Verdict{"umount_ebusy_live": holds, "cleanup_before_return_sync": holds, "NoDeadlock": holds}},
	{"status of a job", "what wait says of a umount: where it has worked, the device is free", `
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount /mnt &
if wait $!; then mkfs.ext4 /dev/sda || bug; fi
`, map[string]explorer.Verdict{"line_6_succeeds": holds, "umount_ebusy_walker": violated}},
	{"two umounts", "each can see the reference that the other has for its call, so both can be refused", `
mount /dev/sda /mnt
#mcheck run
umount /mnt & P1=$!
umount /mnt & P2=$!
wait $P1
r1=$?
wait $P2 || [ $r1 -eq 0 ] || bug
`, map[string]explorer.Verdict{"line_8_succeeds": violated, "NoDeadlock": holds}},
	{"status of a killed task", "that of kill, if it was not done before", `
mount /dev/sda /mnt
#mcheck run
sleep infinity &
kill $!
wait $! && bug
umount /mnt || bug
`, map[string]explorer.Verdict{"no_bug_line_6": holds, "line_7_succeeds": holds}},
	{"( ) with a directory", "the ( ) is a process of its own; its directory is gone with it", `
mount /dev/sda /mnt
#mcheck run
( cd /mnt && ls )
umount /mnt || bug
`, map[string]explorer.Verdict{"line_5_succeeds": holds}},
}

// scenario is the script of the i-th report.
func (r report) scenario(t *testing.T, i int) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Parse(fmt.Sprintf("report%d.sh", i), []byte(r.script))
	require.NoError(t, err)
	return sc
}

// Reproducers run as they are sent.
func TestReports(t *testing.T) {
	for i, r := range reports {
		t.Run(r.name, func(t *testing.T) {
			if testing.Short() && r.name != "kill" && r.name != "tries" {
				t.Skip("takes long")
			}
			t.Parallel()
			_, res := reduced(t, pair{sc: r.scenario(t, i), design: scenario.BaseDesign})
			got := map[string]explorer.Verdict{}
			for _, p := range res.Properties {
				if _, ok := r.want[p.Property.Name]; ok {
					got[p.Property.Name] = p.Verdict
				}
				if p.Property.Name == "NoFail" || p.Property.Name == "NoDeadlock" {
					require.Equal(t, holds, p.Verdict, p.Property.Name)
				}
			}
			require.Equal(t, r.want, got)
		})
	}
}
