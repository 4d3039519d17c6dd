#!/bin/sh
# A file is opened and closed while another task unmounts. umount may fail with
# EBUSY while the file is open; the question is whether it can fail when it is
# not: for a reference that only the kernel still holds (Jens Axboe and Kent
# Overstreet, June 2023, about io_uring), or for none at all (Linus Torvalds
# suspected the sum over the per-CPU mnt_count).
#mcheck designs v6.15 v4.18 no-grace-period
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; exec 3<&- ) &
umount /mnt
