#!/bin/sh
# remount with the umount in a process of its own, for which the shell waits, as it does
# for umount(8). waitpid() returns when the process has run its task work: on mainline
# mount(2) then finds no superblock on the device, and reads the file system anew
# (the guarantee that Christian Brauner calls implicit, 17 April 2025).
#mcheck designs v6.15 v4.18 defer-v4 defer-applied
#mcheck for device_free_after_umount
# Nobody else holds the mount: the umounter puts both references and cleans up before it is back in user mode.
#mcheck expect v6.15,v4.18 cleanup_before_return_lazy holds
# The deferrals: the put of the mount's own reference waits for a grace period and a worker, and the exit of the umounter waits for neither.
#mcheck expect defer-v4,defer-applied cleanup_before_return_lazy violated
# mount(2) is not refused for that. It shares the old superblock while that is active, so what was unmounted is mounted as it was; it waits for
# one that is dying; and the claim has ended before the superblock leaves fs_supers.
#mcheck expect v6.15,v4.18,defer-v4,defer-applied device_free_after_umount,device_free_when_unused,nothing_leaked,NoDeadlock holds
mount /dev/sda /mnt
#mcheck run
umount -l /mnt &
wait
mount /dev/sda /mnt
