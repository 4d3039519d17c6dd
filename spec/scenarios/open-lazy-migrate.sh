#!/bin/sh
# open-lazy where the tasks may change their CPUs: open(2) gets a reference for the file on one CPU and puts that of
# its walk on the other. Who gives the mount back adds up the counters of the CPUs one after the other, and dooms it when
# they come to nothing. Until v4.18 mntput() lowered the count before it took mount_lock, so that the umounter's sum
# could miss the file's get and see the walk's put (commit 9ea0a46ca2c3, 2018).
#mcheck designs v6.15 v4.18 v3.13
#mcheck for fput_meets_lazy doomed_unreferenced
#mcheck migrate
# The put of the walk is under mount_lock once mnt_ns is gone; before, it is in RCU, and the umounter adds up after a
# grace period. Either way the sum that dooms the mount has both the get and the put.
#mcheck expect v6.15,v4.18 doomed_unreferenced,NoUseAfterFree,nothing_leaked,cleaned_once,cleanup_before_return_lazy holds
# The umounter reads the CPU of the get, then the opener gets and, on the other CPU, puts, then the umounter reads that one: it
# dooms the mount of a file that is open. The close of the file meets the memory after it is freed; a run that has failed does
# not come to rest.
#mcheck expect v3.13 doomed_unreferenced,NoUseAfterFree,nothing_spins violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
umount -l /mnt
