#!/bin/sh
# ns-exit with a file still open: the dying task closes its files before it leaves
# the namespace, so that the mount is detached while the file still holds it, and then
# runs what both have queued (do_exit(): exit_files(), exit_task_namespaces(),
# exit_task_work(), exit_notify()). Nothing may be left of the mount.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period defer-applied
#mcheck for exit_meets_fput
# The put of the mount's own reference in put_mnt_ns() is not the last, as the file is not gone; __fput() in exit_task_work() does that
# one, and what it queues runs in the same loop, before exit_notify().
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period cleanup_before_exit_notify,nothing_leaked holds
# What was applied leaves the own reference to a kworker: the file's is not the last, and the task is gone. The file
# is the task's own and excuses nothing.
#mcheck expect defer-applied cleanup_before_exit_notify violated
unshare -m sh -c 'mount /dev/sda /mnt; exec 3</mnt/f'
