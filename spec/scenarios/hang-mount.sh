#!/bin/sh
# A file system hangs when it is shut down, and another task mounts its device elsewhere. If it comes
# in time it shares the superblock, and then nothing is shut down. If not, it must wait for the
# superblock to be gone, which it never is: that is no deadlock, as the hang is not of the kernel's making,
# and nobody but who asks for that device may be held up by it. With a deferral it is a kworker that hangs, and mount waits all the same.
#mcheck designs v6.15 v4.18 defer-v4 defer-applied defer-inline-cleanup
#mcheck for mount_meets_hang
#mcheck hangs /dev/sda
# The deferrals: umount -l is back while the put of the mount's own reference waits for a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect defer-applied cleanup_before_return_lazy violated
#mcheck expect defer-inline-cleanup cleanup_before_return_lazy violated
mount /dev/sda /mnt
#mcheck run
umount -l /mnt &
mount /dev/sda /mnt2
