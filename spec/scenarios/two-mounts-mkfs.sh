#!/bin/sh
# Two tasks mount a device that a third has opened with O_EXCL for a moment. One of the two makes a superblock, is refused the device, and
# shuts down what was never born; the other one has found that superblock, waits for it, and must not share it, nor wait for ever.
#mcheck designs v6.15 v4.18
#mcheck for mount_meets_stillborn exclusive_claims
#mcheck expect v6.15,v4.18 NoDeadlock,exclusive_claims,superblocks_are_owed,mount_does_what_it_says holds
mkfs.ext4 /dev/sda &
mount /dev/sda /mnt &
mount /dev/sda /mnt2
