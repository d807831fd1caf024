// The Cholesky factor. A symmetric matrix is the same by rows and by columns: LAPACK's upper factor
// by columns is the lower one by rows.
#ifndef REAL
#include "matrix_kernels.h"

static size_t no_scratch(const la_problem *problem) {
  (void)problem;
  return 0;
}

#define KERNELS "cholesky.c"
#include "both_precisions.h"

const la_kernel la_cholesky[2] = {
  {la_no_workspace, no_scratch, cholesky_f32},
  {la_no_workspace, no_scratch, cholesky_f64},
};
#else

static void NAME(cholesky)(const la_problem *problem, void *const *buffers, void *scratch) {
  (void)scratch;
  int n = problem->columns, info = 1;
  REAL *l = buffers[1];
  if (n == 0) return;
  if (NAME(symmetric_half)(n, l, buffers[0])) LAPACK(potrf)("U", &n, l, &n, &info, 1);
  if (info != 0) NAME(fill_nan)((size_t)n * n, l);
}

#endif
