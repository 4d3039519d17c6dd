#!/bin/sh
# ns-exit with a file still open: the dying task closes its files before it leaves
# the namespace, and runs what both have queued before its parent is told. So mkfs
# must get the device all the same (do_exit(): exit_files(), exit_task_namespaces(),
# exit_task_work(), exit_notify()).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
unshare -m sh -c 'mount /dev/sda /mnt; exec 3</mnt/f'
mkfs.ext4 /dev/sda
