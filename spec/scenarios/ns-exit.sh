#!/bin/sh
# The last task of a mount namespace exits, which detaches what is mounted there.
# Its parent waits for it and makes a new filesystem on the device. Namespace exit
# does not ask for a synchronous umount, so a deferral of every umount that doesn't
# changes this too: the mount is still there when the parent goes on (Christian
# Brauner, 17 April 2025). In mainline the dying task cleans up everything before
# its parent is told.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period no-grace-period-lazy defer-applied defer-inline-cleanup global-list-c defer-applied+rcu-barrier call-rcu+rcu-barrier
#mcheck for cleanup_before_exit_notify device_free_after_umount
# put_mnt_ns() puts the mount's own reference, the only one, and exit_task_work() cleans up. defer-v4 and defer-inline-cleanup
# defer for do_umount() alone, and no-grace-period-lazy is for that alone too.
#mcheck expect v6.15,defer-v4,defer-inline-cleanup,no-grace-period-lazy cleanup_before_exit_notify,device_free_after_umount holds
# What was applied defers every batch that is not UMOUNT_SYNC, that of a namespace's end too: its last
# task is gone before a worker has even begun. One list for every umount: the same.
#mcheck expect defer-applied,global-list-c cleanup_before_exit_notify,device_free_after_umount,device_free_when_unused violated
# With rcu_barrier() in put_mnt_ns() the work of the deferral has been queued when the task exits, which is no better. Where the callback puts the
# mount, that put is the last one here, as nobody has looked the mount up: the cleanup goes to the task that is interrupted, which may be the shell,
# or to delayed_mntput_work, if that is none. Nobody has mount_lock while the callback is waited for.
#mcheck expect defer-applied+rcu-barrier,call-rcu+rcu-barrier cleanup_before_exit_notify,device_free_after_umount,device_free_when_unused violated
#mcheck expect call-rcu+rcu-barrier cleanup_not_by_bystander violated
#mcheck expect call-rcu+rcu-barrier NoDeadlock,nothing_leaked,grace_period_before_put holds
unshare -m sh -c 'mount /dev/sda /mnt'
mkfs.ext4 /dev/sda
