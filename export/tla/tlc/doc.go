// Package tlc runs TLC on exported modules and compares what it finds with what the explorer found.
//
// TLC is the other engine: it reads the printed module and knows nothing of ours. [Run] starts it
// once, in directories of its own, and reads its messages; [Compare] makes the runs that agreement
// takes and returns every difference.
//
// The package imports spec, spec/eval, explorer's results and export/tla.
package tlc
