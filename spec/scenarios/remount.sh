#!/bin/sh
# umount -l, then mount of the same device by the same task. Unlike mkfs, mount
# does not need the old superblock to be gone: it shares one that is alive, and
# waits for one that is dying. So a deferral shows here not as EBUSY, but as a new
# mount that may be of the old superblock.
#mcheck designs v6.15 v4.18 defer-v4 defer-inline-cleanup no-grace-period global-list-c
#mcheck for device_free_after_umount
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4,defer-inline-cleanup,global-list-c cleanup_before_return_lazy violated
# mount is not refused for that: either it finds the superblock on fs_supers, or the claim has ended.
#mcheck expect defer-v4,defer-inline-cleanup,global-list-c device_free_after_umount,device_free_when_unused,NoDeadlock holds
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mount /dev/sda /mnt
