// Eigenvalues and eigenvectors of symmetric matrices.
#ifndef REAL
#include "matrix_kernels.h"

#define KERNELS "symmetric_eigen.c"
#include "both_precisions.h"

const la_kernel la_symmetric_eigen[2] = {
  {eigen_workspace_f32, eigen_bytes_f32, symmetric_eigen_f32},
  {eigen_workspace_f64, eigen_bytes_f64, symmetric_eigen_f64},
};
#else

// What LAPACK's documentation demands at least.
static int NAME(eigen_integers)(int n) { return 3 + 5 * n; }

static size_t NAME(eigen_workspace)(const la_problem *problem) {
  int n = problem->columns, query = -1, integers = 0, info;
  REAL answer = 1, nothing = 0;
  if (n == 0) return 0;
  LAPACK(syevd)("V", "U", &n, &nothing, &n, &nothing, &answer, &query, &integers, &query, &info, 1,
                1);
  return NAME(counted)(answer);
}

// Eigenvectors by rows, workspaces.
typedef struct NAME(eigen_scratch) {
  REAL *vectors, *work;
  int *integers;
} NAME(eigen_scratch);

static NAME(eigen_scratch) NAME(lay_out_eigen)(const la_problem *problem, la_arena *arena) {
  size_t n = problem->columns;
  return (NAME(eigen_scratch)){
    la_take(arena, n * n * sizeof(REAL)),
    la_take(arena, problem->workspace * sizeof(REAL)),
    la_take(arena, (size_t)NAME(eigen_integers)(problem->columns) * sizeof(int)),
  };
}

static size_t NAME(eigen_bytes)(const la_problem *problem) {
  la_arena arena = {0};
  NAME(lay_out_eigen)(problem, &arena);
  return arena.used;
}

static void NAME(symmetric_eigen)(
  const la_problem *problem, void *const *buffers, void *scratch) {
  int n = problem->columns, info = 1;
  REAL *values = buffers[1], *vectors = buffers[2];
  if (n == 0) return;
  la_arena arena = {scratch, 0};
  NAME(eigen_scratch) parts = NAME(lay_out_eigen)(problem, &arena);
  int lwork = (int)problem->workspace, liwork = NAME(eigen_integers)(n);
  if (NAME(symmetric_half)(n, parts.vectors, buffers[0])) {
    LAPACK(syevd)("V", "U", &n, parts.vectors, &n, values, parts.work, &lwork, parts.integers,
                  &liwork, &info, 1, 1);
  }
  if (info != 0) {
    NAME(fill_nan)((size_t)n, values);
    NAME(fill_nan)((size_t)n * n, vectors);
    return;
  }
  for (int i = 0; i < n; i++) {
    REAL *vector = parts.vectors + (size_t)i * n;
    REAL sign = NAME(orientation)(n, 1, vector);
    for (int j = 0; j < n; j++) vector[j] *= sign;
  }
  NAME(transpose)(n, n, vectors, parts.vectors);
}

#endif
