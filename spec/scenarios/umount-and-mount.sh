#!/bin/sh
# Somebody mounts a device elsewhere while it is unmounted. mount(2) shares a superblock that is alive and waits for one that is being
# shut down: it must find that as long as it has the claim on the device, or it is refused for nothing. A version in v6.6-rc took the superblock
# off the list before it gave up the claim (mended by 2c18a63b760a).
#mcheck designs v6.15 v4.18 defer-v4 global-list-c
#mcheck for mount_meets_dying claim_meets_umount mount_waits_for_dying
# The claim ends before the superblock leaves fs_supers, whoever cleans up.
#mcheck expect v6.15,v4.18,defer-v4,global-list-c mount_waits_for_dying,device_free_when_unused,NoDeadlock holds
#mcheck expect global-list-c cleanup_before_return_sync violated
mount /dev/sda /mnt
#mcheck run
umount /mnt &
mount /dev/sda /mnt2
