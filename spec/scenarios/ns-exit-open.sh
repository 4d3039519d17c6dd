#!/bin/sh
# ns-exit with a file still open: the dying task closes its files before it leaves
# the namespace, so that the mount is detached while the file still holds it, and then
# runs what both have queued (do_exit(): exit_files(), exit_task_namespaces(),
# exit_task_work(), exit_notify()). Nothing may be left of the mount.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for exit_meets_fput
unshare -m sh -c 'mount /dev/sda /mnt; exec 3</mnt/f'
