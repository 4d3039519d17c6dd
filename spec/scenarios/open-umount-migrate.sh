#!/bin/sh
# open-umount where the tasks may change their CPUs. open(2) gets a reference for the file and
# then puts that of its path walk; between the two the task may move. umount adds up the
# counters of the CPUs one after the other: if it has read the one of the get before, and
# reads that of the put after, it misses a task that has held the mount all the time.
# Linus Torvalds suspected these sums (10 August 2023); the counters were split into gets and
# puts for v7.4.
#mcheck designs v6.15 v4.18 split-counters
#mcheck for handover_meets_umount fput_meets_umount
#mcheck migrate
# As in open-umount: refused for a walker before and after its second look, for the open file, and for the file
# between its last close and its last put. A sum that is too large still has somebody behind it.
#mcheck expect v6.15 umount_ebusy_walker violated
#mcheck expect v6.15 umount_ebusy_limbo violated
#mcheck expect v6.15 umount_ebusy_fput violated
#mcheck expect v6.15 umount_ebusy_live holds
#mcheck expect v4.18 umount_ebusy_walker violated
#mcheck expect v4.18 umount_ebusy_limbo violated
#mcheck expect v4.18 umount_ebusy_fput violated
#mcheck expect v4.18 umount_ebusy_live holds
#mcheck expect split-counters umount_ebusy_walker violated
#mcheck expect split-counters umount_ebusy_limbo violated
#mcheck expect split-counters umount_ebusy_fput violated
#mcheck expect split-counters umount_ebusy_live holds
# The get on CPU 0 after umount has read it, the put on CPU 1 before umount reads that: the sum is the mount's own
# reference and the caller's. umount succeeds, and is back long before the file is closed.
#mcheck expect v6.15 umount_sees_holders violated
#mcheck expect v6.15 cleanup_before_return_sync violated
#mcheck expect v4.18 umount_sees_holders violated
#mcheck expect v4.18 cleanup_before_return_sync violated
# split-counters: a put that is in the sum was done before any get is read, so the get before it is in the sum too.
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
umount /mnt
