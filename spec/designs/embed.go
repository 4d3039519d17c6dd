// Package designs holds the designs that are compared, each as a unified diff against the kernel
// model in spec/kernel.
//
// What stands before the first "diff" or "---" line of a patch is its description: a subject line,
// then where it comes from. The package imports nothing of ours.
package designs

import "embed"

// FS holds NAME.patch for each design NAME, and mutants/NAME.patch for each deliberate mistake that
// shows that a property can fail. The base, v6.15, needs no patch.
//
//go:embed *.patch mutants/*.patch
var FS embed.FS
