// The C library keeps its functions under names of their own, to which ours hand on.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "allocation_count.h"

#include <errno.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *block, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

static atomic_uint_least64_t calls, bytes_asked, maps;
static atomic_int traces_left;
static _Thread_local int is_tracing;

uint64_t allocation_calls(void) { return atomic_load(&calls); }
uint64_t allocation_bytes(void) { return atomic_load(&bytes_asked); }
uint64_t allocation_maps(void) { return atomic_load(&maps); }
void allocation_trace(int limit) { atomic_store(&traces_left, limit); }

static void note(size_t bytes) {
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&bytes_asked, bytes, memory_order_relaxed);
  // Writing the trace may allocate as well.
  if (is_tracing || atomic_load_explicit(&traces_left, memory_order_relaxed) <= 0) return;
  is_tracing = 1;
  atomic_fetch_sub(&traces_left, 1);
  void *frames[14];
  int count = backtrace(frames, 14);
  backtrace_symbols_fd(frames + 2, count - 2, STDERR_FILENO);
  ssize_t ignored = write(STDERR_FILENO, "\n", 1);
  (void)ignored;
  is_tracing = 0;
}

void *malloc(size_t bytes) {
  note(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  note(count * bytes);
  return __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes) {
  note(bytes);
  return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  note(bytes);
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  note(bytes);
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  note(bytes);
  void *block = __libc_memalign(alignment, bytes);
  if (!block) return ENOMEM;
  *result = block;
  return 0;
}

void *mmap(void *address, size_t bytes, int protection, int flags, int file, off_t offset) {
  atomic_fetch_add_explicit(&maps, 1, memory_order_relaxed);
  return (void *)syscall(SYS_mmap, address, bytes, protection, flags, file, offset);
}
