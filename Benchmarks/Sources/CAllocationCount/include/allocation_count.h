// Counts what a process asks of its allocator. An executable that links this file has its functions
// called in place of the C library's, by every library in the process.
#ifndef RANVIER_ALLOCATION_COUNT_H
#define RANVIER_ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and memalign so far, and the
// bytes they asked for.
uint64_t allocation_calls(void);
uint64_t allocation_bytes(void);

// Calls of mmap by the process itself (not those inside the C library).
uint64_t allocation_maps(void);

// Prints where each call to come is made from, at most `limit` of them, to stderr.
void allocation_trace(int limit);

#endif
