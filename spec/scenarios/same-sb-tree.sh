#!/bin/sh
# One file system is mounted twice, one mount on the other, and both go with one umount -l. The superblock, and the claim on the
# device, end with the second of the two: a umount that has put only one of them leaves mkfs a busy device.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for two_mounts_due device_free_after_umount
# One grace period, then the puts of this task: of the child, of the root, and of the lookup.
#mcheck expect v6.15,v4.18,no-grace-period device_free_after_umount,cleanup_before_return_lazy holds
#mcheck expect v6.15,v4.18 one_grace_period holds
#mcheck expect defer-v4 cleanup_before_return_lazy,device_free_after_umount violated
mount /dev/sda /mnt
mount /dev/sda /mnt/b
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
