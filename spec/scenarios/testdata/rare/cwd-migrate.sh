#!/bin/sh
# cwd where tasks change their CPU.
#mcheck migrate
#mcheck for pwd_meets_umount
mount /dev/sda /mnt
#mcheck run
( cd /mnt; stat f ) &
umount -l /mnt
