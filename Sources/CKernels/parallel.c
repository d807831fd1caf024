// Threads: how many there are, and the static division of a range over them.
//
// The workers are those of the OpenMP runtime (libgomp). Clang ships no headers of it, so that the
// few entry points are declared here; GOMP_parallel is what GCC emits for `#pragma omp parallel`.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE   // sched_getaffinity
#endif

#include "ckernels.h"

#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

extern void GOMP_parallel(
  void (*body)(void *), void *data, unsigned thread_count, unsigned flags);
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
extern int omp_get_num_threads(void);
extern int omp_get_thread_num(void);
extern int omp_in_parallel(void);

// ThreadSanitizer sees our kernels, but not how the OpenMP runtime, which is not built for it, makes
// threads wait for each other. Builds for it are told: what a team does comes after what was done
// before it started, and before what is done when it has ended.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);
#define CK_ACQUIRE(address) __tsan_acquire(address)
#define CK_RELEASE(address) __tsan_release(address)
#endif
#endif
#ifndef CK_ACQUIRE
#define CK_ACQUIRE(address) ((void)(address))
#define CK_RELEASE(address) ((void)(address))
#endif

// The configured number; 0 until it is first asked for.
static atomic_int ck_configured_count;

// Counts changes of the configured number, so that every thread notices them. Starts at 1 because
// a thread that never prepared itself is at 0.
static atomic_uint ck_generation = 1;

// What the calling thread last told the OpenMP runtime, whose setting is per thread as well.
static _Thread_local unsigned ck_prepared_generation;
static _Thread_local int ck_limit = INT_MAX;

static int ck_initial_thread_count(void) {
  const char *text = getenv("RANVIER_THREADS");
  if (text) {
    char *end;
    long count = strtol(text, &end, 10);
    if (end != text && count > 0) return count < 4096 ? (int)count : 4096;
  }
  // Fails on machines with more processors than the set holds; the OpenMP runtime knows those.
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) == 0) {
    int count = CPU_COUNT(&processors);
    if (count > 0) return count;
  }
  int count = omp_get_max_threads();
  return count > 0 ? count : 1;
}

int ck_thread_count(void) {
  int count = atomic_load_explicit(&ck_configured_count, memory_order_relaxed);
  if (count > 0) return count;
  int initial = ck_initial_thread_count();
  // Another thread may have set a number meanwhile; it wins.
  int expected = 0;
  return atomic_compare_exchange_strong(&ck_configured_count, &expected, initial)
    ? initial : expected;
}

void ck_set_thread_count(int count) {
  atomic_store(&ck_configured_count, count < 1 ? 1 : count);
  atomic_fetch_add(&ck_generation, 1);
}

static void ck_apply_thread_count(void) {
  int count = ck_thread_count();
  omp_set_num_threads(count < ck_limit ? count : ck_limit);
}

void ck_prepare_thread(void) {
  unsigned generation = atomic_load_explicit(&ck_generation, memory_order_acquire);
  if (generation == ck_prepared_generation) return;
  ck_prepared_generation = generation;
  ck_apply_thread_count();
}

int ck_limit_threads(int count) {
  int earlier = ck_limit;
  ck_limit = count < 1 ? 1 : count;
  ck_prepared_generation = atomic_load_explicit(&ck_generation, memory_order_acquire);
  ck_apply_thread_count();
  return earlier;
}

int ck_exchange_threads(int count) {
  int earlier = omp_get_max_threads();
  if (earlier != count) omp_set_num_threads(count);
  return earlier;
}

typedef struct ck_parallel_work {
  size_t count, grain, grain_count;
  ck_range_body body;
  void *context;
  char started, ended;   // whose addresses stand for these moments
} ck_parallel_work;

// Runs on every thread of the team, which may be smaller than what was asked for.
static void ck_parallel_share(void *data) {
  ck_parallel_work *work = data;
  CK_ACQUIRE(&work->started);
  size_t index = (size_t)omp_get_thread_num();
  size_t thread_count = (size_t)omp_get_num_threads();
  // The first `rest` threads get one grain more than the others.
  size_t share = work->grain_count / thread_count;
  size_t rest = work->grain_count % thread_count;
  size_t first = index * share + (index < rest ? index : rest);
  size_t last = first + share + (index < rest ? 1 : 0);
  if (first < last) {
    size_t end = last == work->grain_count ? work->count : last * work->grain;
    work->body(work->context, first * work->grain, end);
  }
  CK_RELEASE(&work->ended);
}

void ck_parallel_for(size_t count, size_t grain, ck_range_body body, void *context) {
  if (count == 0) return;
  if (count <= grain || omp_in_parallel()) {
    body(context, 0, count);
    return;
  }
  ck_prepare_thread();
  size_t grain_count = count / grain + (count % grain != 0);
  size_t thread_count = (size_t)omp_get_max_threads();
  if (thread_count > grain_count) thread_count = grain_count;
  if (thread_count <= 1) {
    body(context, 0, count);
    return;
  }
  ck_parallel_work work = {count, grain, grain_count, body, context, 0, 0};
  CK_RELEASE(&work.started);
  GOMP_parallel(ck_parallel_share, &work, (unsigned)thread_count, 0);
  CK_ACQUIRE(&work.ended);
}
