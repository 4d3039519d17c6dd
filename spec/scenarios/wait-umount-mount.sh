#!/bin/sh
# wait-mount, but not lazily. A deferral of lazy umounts leaves this alone. One of every umount
# does not: the first of them (January 2023), which Al Viro refused as umount(2) means that the file system is
# shut down, and Siewior's global list. What does the next mount(2) of the device meet then?
#mcheck designs v6.15 defer-v4 global-list-c call-rcu
#mcheck for device_free_after_umount
# v6.15 and defer-v4: the umounter waits, puts both references, and cleans up before it is back in user mode.
#mcheck expect v6.15,defer-v4 cleanup_before_return_sync,nothing_leaked,NoDeadlock holds
# A kthread, or a softirq, puts the mount's own reference when umount has returned.
#mcheck expect global-list-c,call-rcu cleanup_before_return_sync violated
# mount(2) shares a superblock that is active, waits for one that is dying, and the claim ends before that leaves fs_supers: as in wait-mount.
#mcheck expect v6.15,defer-v4,global-list-c,call-rcu device_free_after_umount,device_free_when_unused holds
#mcheck expect global-list-c nothing_leaked,NoDeadlock holds
# The softirq may come on top of one who holds mount_lock: the umounter in its last mntput(), who may have lowered
# the count, so that nobody holds the mount; or the shell, in mount(2). The softirq waits for the lock, its holder is below it.
#mcheck expect call-rcu NoDeadlock,nothing_leaked violated
# Or it finds no reference but its own, and the shell on the CPU: that is to clean up, in the middle of its mount(2) or before.
#mcheck expect call-rcu cleanup_not_by_bystander violated
mount /dev/sda /mnt
#mcheck run
umount /mnt &
wait
mount /dev/sda /mnt
