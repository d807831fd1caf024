// Systems of equations with a triangular matrix.
#ifndef REAL
#include "matrix_kernels.h"

static size_t no_scratch(const la_problem *problem) {
  (void)problem;
  return 0;
}

#define KERNELS "triangular_solve.c"
#include "both_precisions.h"

const la_kernel la_triangular_solve[2] = {
  {la_no_workspace, no_scratch, triangular_solve_f32},
  {la_no_workspace, no_scratch, triangular_solve_f64},
};
#else

static void NAME(triangular_solve)(
  const la_problem *problem, void *const *buffers, void *scratch) {
  (void)scratch;
  int n = problem->columns, right = problem->right;
  if (n == 0 || right == 0) return;
  memcpy(buffers[2], buffers[1], (size_t)n * right * sizeof(REAL));
  BLAS(trsm)(CblasRowMajor, CblasLeft, problem->lower ? CblasLower : CblasUpper,
             problem->transposed ? CblasTrans : CblasNoTrans,
             problem->unit ? CblasUnit : CblasNonUnit, n, right, 1, buffers[0], n, buffers[2],
             right);
}

#endif
