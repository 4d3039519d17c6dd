#!/bin/sh
# A file is opened through /proc/PID/root, and looked at through /proc/self/fd/N.
#mcheck for exit_meets_holder
unshare -m sh -c 'mount /dev/sda /mnt' &
exec 3</proc/$!/root/mnt/f
stat /proc/self/fd/3
