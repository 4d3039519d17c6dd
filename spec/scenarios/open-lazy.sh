#!/bin/sh
# open-umount with umount -l: a file is opened, and closed by the end of its task,
# while another task detaches the mount. umount -l need not wait for the file; but
# one of the two puts the last reference, and has to see that it does. That the
# mount's own reference may go without a grace period, as nobody is promised the
# end of a lazy umount, was the patch of June 2024; the answer was that the grace
# period is needed before the put, whoever does it.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period-lazy
#mcheck for fput_meets_lazy
# The file's put, if it has seen the mount in its namespace, is in RCU: the mount's own reference waits for it, in the umounter or in a
# worker, and is not given up before. If it has not, it adds up under mount_lock (v3.13: having lowered the count before), as all later ones do.
# A walk of the open that fails its second look finds no MNT_SYNC_UMOUNT and puts its count in full, which is the same.
#mcheck expect v6.15,v4.18,v3.13,defer-v4 nothing_leaked,grace_period_before_put,cleaned_once holds
# Who finds the file open, or the walk on its way to it, owes nothing; nor does the umounter who finds neither leave anything, grace period or not.
#mcheck expect v6.15,v4.18,v3.13,no-grace-period-lazy cleanup_before_return_lazy holds
# The deferral: if the opener is done, or has yet to begin, nobody else holds the mount, and umount -l is
# back while the put of its own reference waits.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# Without the grace period the own reference is dropped while the opener is in RCU. If that is in the put of the file, past its look at mnt_ns,
# the count becomes zero without mount_lock when the umounter has added up for the last time.
#mcheck expect no-grace-period-lazy grace_period_before_put,nothing_leaked violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
umount -l /mnt
