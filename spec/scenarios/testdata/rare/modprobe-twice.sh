#!/bin/sh
# A module is loaded and unloaded twice.
#mcheck for cleanup_in_kern_unmount
#mcheck run
modprobe pseudofs
rmmod pseudofs
modprobe pseudofs
rmmod pseudofs
