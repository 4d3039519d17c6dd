#!/bin/sh
# Two threads share a working directory, and umount comes when one of them is done with a reference of its own to it
# while the other takes the directory away. The mount is held all the time, first by the directory and then by the walk, but on two
# CPUs: the walk gets its reference on one, chdir(2) puts that of the directory on the other. umount adds up the CPUs'
# counters one after the other: it has read the first before the get and reads the second after the put.
# Linus Torvalds suspected these sums (10 August 2023). It takes no task that changes its CPU.
#mcheck designs v6.15 v4.18 split-counters
#mcheck for handover_meets_umount umount_sees_holders
#mcheck CLONE_FS=1
# Refused for a walk before and after its second look. (For the directory, rightly so, too.)
#mcheck expect v6.15,v4.18,split-counters umount_ebusy_walker,umount_ebusy_limbo violated
# Known violations of mainline: the sum is that of the mount's own reference and the caller's, and the walk has a third. umount
# succeeds, and the walk's put is the last one, after umount has returned.
#mcheck expect v6.15,v4.18 umount_sees_holders,cleanup_before_return_sync violated
# split-counters: a put that is in the sum was done before any get is read, so the get before it is in the sum too.
#mcheck expect split-counters umount_sees_holders,cleanup_before_return_sync holds
mount /dev/sda /mnt
#mcheck run
( cd / ) &
( cd /mnt; stat f ) &
umount /mnt
