#!/bin/sh
# open-lazy with the file duplicated and closed twice: the first close is not the
# last reference to the file, so it must leave the mount alone, detached as that
# is; the second puts it. (dup-umount is the same for a umount that is not lazy,
# which can be refused for it: the threads of June 2023 on busy umounts. For this
# one only the end of the mount is at stake.)
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period-lazy
#mcheck for dup_meets_lazy
# There is one put of the mount for both descriptors, by the task work of the exit that closes them; so all is as in open-lazy.
#mcheck expect v6.15,v4.18,defer-v4 nothing_leaked,grace_period_before_put,counts_match_ledger,doomed_unreferenced holds
#mcheck expect v6.15,v4.18,no-grace-period-lazy cleanup_before_return_lazy holds
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect no-grace-period-lazy grace_period_before_put,nothing_leaked violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; exec 4<&3 ) &
umount -l /mnt
