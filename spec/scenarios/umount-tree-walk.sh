#!/bin/sh
# umount -l of a mount with a child, beside a walk into the child. The walk crosses
# both mounts under RCU and takes a reference to the child only; or, if the
# tree changes under it, it starts again and takes one to the parent first. Both
# mounts are on one list and wait for one grace period, which must cover the
# walkers of each of them (fs/namespace.c, namespace_unlock()).
#mcheck designs v6.15 v4.18 v3.13 no-grace-period no-grace-period-lazy poll-cookie poll-cookie-inverted
#mcheck for two_mounts_due walk_meets_umount
# v6.15, v4.18, v3.13, poll-cookie: whoever was in RCU when either mount was unhashed has left before the first of the
# puts. Where the walker's put is the last, the umounter is excused.
#mcheck expect v6.15,v4.18,v3.13,poll-cookie grace_period_before_put,nothing_leaked,one_grace_period,cleanup_before_return_lazy holds
# Without the grace period the own reference is dropped while the other task, which was in RCU when
# the mount was unhashed, has not left: that is what the property forbids.
# A walker's put that read mnt_ns before it was cleared decrements without looking at the sum, after the
# umounter's last look.
#mcheck expect no-grace-period,no-grace-period-lazy,poll-cookie-inverted grace_period_before_put,nothing_leaked violated
# The first draft of the cookie asks twice, for two mounts, and can wait twice.
#mcheck expect poll-cookie-inverted one_grace_period violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/b
#mcheck run
stat /mnt/b/f &
umount -l /mnt
