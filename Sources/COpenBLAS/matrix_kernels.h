// What the kernels of all decompositions share. Private to the target.
#ifndef RANVIER_MATRIX_KERNELS_H
#define RANVIER_MATRIX_KERNELS_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "copenblas.h"
#include "lapack.h"

// One decomposition in one precision.
typedef struct la_kernel {
  // Elements LAPACK asks for as workspace.
  size_t (*workspace)(const la_problem *problem);
  // Bytes of scratch memory for one matrix.
  size_t (*scratch_bytes)(const la_problem *problem);
  // Works on one matrix.
  void (*run)(const la_problem *problem, void *const *buffers, void *scratch);
} la_kernel;

// By precision: f32, f64.
extern const la_kernel la_cholesky[2], la_triangular_solve[2], la_solve[2], la_determinant[2],
  la_log_determinant[2], la_cofactors[2], la_qr[2], la_svd[2], la_symmetric_eigen[2],
  la_pseudo_inverse[2];

// Hands out parts of a scratch memory; without one, only counts them.
typedef struct la_arena {
  char *base;
  size_t used;
} la_arena;

static inline void *la_take(la_arena *arena, size_t bytes) {
  void *part = arena->base ? arena->base + arena->used : NULL;
  arena->used += (bytes + 63) & ~(size_t)63;
  return part;
}

static inline int la_smaller(int a, int b) { return a < b ? a : b; }
static inline int la_larger(int a, int b) { return a < b ? b : a; }

static inline size_t la_no_workspace(const la_problem *problem) {
  (void)problem;
  return 0;
}

#endif
