// Package peers runs the other explicit-state model checkers on exported models and reads their
// counts: Spin (Debian: spin) on the output of export/promela, rumur (Debian: rumur) on that of
// export/murphi. Both make a C program that gcc compiles.
//
// All modes search exhaustively, without reductions, and compare whole states: Spin's parallel
// search stores hashes unless told otherwise, and it is told. Which mode is the best of a peer
// depends on the model:
//
//   - Spin depth first is its fastest mode on one core; its hash table should be given about as
//     many slots as there are states ([Options].Slots), since its default of 2^24 is slow for more
//     and wastes time for fewer.
//   - SpinCollapse is the same with states in a compressed form, which is exact too: less memory,
//     more time.
//   - SpinBreadthFirst finds shortest counterexamples, as the explorer does, in twice the memory.
//   - SpinParallel is its breadth-first search on several cores. With whole states (NO_HC) it
//     reserves 256 bytes of shared memory for each slot before it starts.
//   - Rumur searches breadth first, on any number of threads. It is faster with fields of whole
//     bytes, and takes less memory when they are packed (RumurPacked, its default).
//
// The package imports export/promela. It starts processes in directories of its own under the
// system's temporary directory and removes them.
package peers
