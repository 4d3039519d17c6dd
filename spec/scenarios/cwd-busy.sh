#!/bin/sh
# "target is busy": a shell stands in the directory that it wants to unmount. chdir(2) away from
# there drops a reference in the middle of a mount's life, by a put that can't be the last; so the
# next umount must succeed, and clean up before it returns.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period split-counters
#mcheck for umount_ebusy_live cleanup_before_return_sync
# The first umount is refused for the working directory, rightly so; there is nobody else.
#mcheck expect v6.15 umount_ebusy_live holds
#mcheck expect v4.18 umount_ebusy_live holds
#mcheck expect v3.13 umount_ebusy_live holds
#mcheck expect defer-v4 umount_ebusy_live holds
#mcheck expect no-grace-period umount_ebusy_live holds
#mcheck expect split-counters umount_ebusy_live holds
mount /dev/sda /mnt
#mcheck run
cd /mnt
umount /mnt
cd /
umount /mnt
