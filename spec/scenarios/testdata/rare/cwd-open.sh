#!/bin/sh
# A file is opened by a relative path, and the working directory changed twice.
#mcheck for pwd_meets_umount
mount /dev/sda /mnt
#mcheck run
( cd /mnt; exec 3<f; cd /mnt; cd / ) &
umount -l /mnt
