#!/bin/sh
# Jobs have a file or a working directory from their shell; it kills who uses the mount, twice.
mount /dev/sda /mnt
exec 3</mnt/f
cd /mnt
#mcheck run
( sleep 9 ) &
exec 3<&-
cd /
fuser -km /mnt
umount /mnt
fuser -km /mnt
