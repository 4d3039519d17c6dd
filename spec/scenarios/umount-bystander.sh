#!/bin/sh
# A task that has nothing to do with a mount is at work while another one unmounts it.
# The first deferral (January 2023) has an RCU callback put the mounts, in softirq,
# on top of whatever task the CPU runs. Two objections are checked here: mount_lock is
# no lock to be taken in softirq, as the task below may hold it ("inconsistent lock
# state", said the kernel test robot); and current is that task, so the cleanup becomes
# the task work of somebody who has never seen the mount.
#mcheck designs v6.15 defer-v4 global-list-c call-rcu
#mcheck for claim_meets_umount cleanup_before_return_sync cleanup_not_by_bystander
# v6.15 and, as the umount is not lazy, defer-v4: the umounter waits and does it all by its own task work. mkfs is on
# another device, so nothing is refused to anybody.
# A kthread puts the mount after umount has returned, and hands it to delayed_mntput_work.
#mcheck expect global-list-c cleanup_before_return_sync violated
# In softirq it is no better: nothing makes umount wait. The grace period may be over at once, so that the softirq
# comes while the umounter, in path_umount(), takes mount_lock for its last mntput(): the softirq waits for the lock, its
# holder is below it. The holder may have given back its reference by then, so that nobody holds the mount, and nobody cleans it up.
#mcheck expect call-rcu cleanup_before_return_sync violated
#mcheck expect call-rcu NoDeadlock violated
#mcheck expect call-rcu nothing_leaked violated
# Or it comes on top of mkfs, when umount has put its last reference: mkfs is to clean up.
#mcheck expect call-rcu cleanup_not_by_bystander violated
mount /dev/sda /mnt
#mcheck run
mkfs.ext4 /dev/sdb &
umount /mnt
