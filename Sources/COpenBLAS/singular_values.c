// The singular value decomposition, and what follows from it: pseudo-inverse and cofactors.
//
// LAPACK takes a by rows for a^T = V S U^T; its V by columns is our V^T by rows.
#ifndef REAL
#include "matrix_kernels.h"

#define KERNELS "singular_values.c"
#include "both_precisions.h"

const la_kernel la_svd[2] = {
  {svd_workspace_f32, svd_bytes_f32, svd_f32},
  {svd_workspace_f64, svd_bytes_f64, svd_f64},
};
const la_kernel la_pseudo_inverse[2] = {
  {svd_workspace_f32, factored_bytes_f32, pseudo_inverse_f32},
  {svd_workspace_f64, factored_bytes_f64, pseudo_inverse_f64},
};
const la_kernel la_cofactors[2] = {
  {svd_workspace_f32, factored_bytes_f32, cofactors_f32},
  {svd_workspace_f64, factored_bytes_f64, cofactors_f64},
};
#else

static size_t NAME(svd_workspace)(const la_problem *problem) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n), query = -1, info, unused[8];
  int left = problem->full ? m : k;
  REAL answer = 1, nothing = 0;
  if (k == 0) return 0;
  LAPACK(gesdd)(problem->full ? "A" : "S", &n, &m, &nothing, &n, &nothing, &nothing, &n, &nothing,
                &left, &answer, &query, unused, &info, 1);
  return NAME(counted)(answer);
}

// A copy that is destroyed, signs or weights, workspaces; and the decomposition itself where it is
// not the result.
typedef struct NAME(svd_scratch) {
  REAL *copy, *factors, *work;
  int *integers;
  REAL *u, *s, *vt;
} NAME(svd_scratch);

static NAME(svd_scratch) NAME(lay_out_svd)(
  const la_problem *problem, la_arena *arena, bool keeps_factors) {
  size_t m = problem->rows, n = problem->columns, k = la_smaller(problem->rows, problem->columns);
  size_t kept = keeps_factors ? k : 0;
  return (NAME(svd_scratch)){
    la_take(arena, m * n * sizeof(REAL)),
    la_take(arena, (m > n ? m : n) * sizeof(REAL)),
    la_take(arena, problem->workspace * sizeof(REAL)),
    la_take(arena, 8 * k * sizeof(int)),
    la_take(arena, m * kept * sizeof(REAL)),
    la_take(arena, kept * sizeof(REAL)),
    la_take(arena, kept * n * sizeof(REAL)),
  };
}

static size_t NAME(svd_bytes)(const la_problem *problem) {
  la_arena arena = {0};
  NAME(lay_out_svd)(problem, &arena, false);
  return arena.used;
}

static size_t NAME(factored_bytes)(const la_problem *problem) {
  la_arena arena = {0};
  NAME(lay_out_svd)(problem, &arena, true);
  return arena.used;
}

// Returns whether there is a decomposition.
static bool NAME(decompose)(
  const la_problem *problem, const REAL *a, NAME(svd_scratch) scratch, REAL *u, REAL *s, REAL *vt) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n), info;
  int left = problem->full ? m : k, lwork = (int)problem->workspace;
  size_t count = (size_t)m * n;
  if (!NAME(is_finite)(count, a)) return false;
  memcpy(scratch.copy, a, count * sizeof(REAL));
  LAPACK(gesdd)(problem->full ? "A" : "S", &n, &m, scratch.copy, &n, s, vt, &n, u, &left,
                scratch.work, &lwork, scratch.integers, &info, 1);
  return info == 0;
}

static void NAME(svd)(const la_problem *problem, void *const *buffers, void *scratch) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n);
  int left = problem->full ? m : k, right = problem->full ? n : k;
  REAL *u = buffers[1], *s = buffers[2], *vt = buffers[3];
  if (k == 0) {
    NAME(fill_identity)(m, left, u);
    NAME(fill_identity)(right, n, vt);
    return;
  }
  la_arena arena = {scratch, 0};
  NAME(svd_scratch) parts = NAME(lay_out_svd)(problem, &arena, false);
  if (!NAME(decompose)(problem, buffers[0], parts, u, s, vt)) {
    NAME(fill_nan)((size_t)m * left, u);
    NAME(fill_nan)((size_t)k, s);
    NAME(fill_nan)((size_t)right * n, vt);
    return;
  }
  for (int i = 0; i < left; i++) parts.factors[i] = NAME(orientation)(m, left, u + i);
  NAME(scale_columns)(m, left, u, parts.factors);
  for (int i = k; i < right; i++) parts.factors[i] = NAME(orientation)(n, 1, vt + (size_t)i * n);
  NAME(scale_rows)(right, n, vt, parts.factors);
}

static void NAME(pseudo_inverse)(const la_problem *problem, void *const *buffers, void *scratch) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n);
  REAL *result = buffers[1];
  if (k == 0) return;
  la_arena arena = {scratch, 0};
  NAME(svd_scratch) parts = NAME(lay_out_svd)(problem, &arena, true);
  REAL *u = parts.u, *s = parts.s, *vt = parts.vt;
  if (!NAME(decompose)(problem, buffers[0], parts, u, s, vt)) {
    NAME(fill_nan)((size_t)m * n, result);
    return;
  }
  double relative =
    problem->tolerance < 0 ? (double)EPSILON * la_larger(m, n) : problem->tolerance;
  for (int i = 0; i < k; i++) parts.factors[i] = s[i] > relative * s[0] ? 1 / s[i] : 0;
  NAME(scale_rows)(k, n, vt, parts.factors);
  BLAS(gemm)(CblasRowMajor, CblasTrans, CblasTrans, n, m, k, 1, vt, n, u, k, 0, result, m);
}

// The sign of the determinant of an orthogonal matrix.
static REAL NAME(handedness)(int n, const REAL *x, REAL *copy, int *pivots) {
  int info;
  REAL sign = 1;
  memcpy(copy, x, (size_t)n * n * sizeof(REAL));
  LAPACK(getrf)(&n, &n, copy, &n, pivots, &info);
  for (int i = 0; i < n; i++) {
    if ((copy[(size_t)i * n + i] < 0) != (pivots[i] != i + 1)) sign = -sign;
  }
  return sign;
}

// With a = U S V^T: det(U V^T) U C V^T, where C's diagonal holds the products of all other singular
// values.
static void NAME(cofactors)(const la_problem *problem, void *const *buffers, void *scratch) {
  int n = problem->columns;
  REAL *result = buffers[1];
  if (n == 0) return;
  la_arena arena = {scratch, 0};
  NAME(svd_scratch) parts = NAME(lay_out_svd)(problem, &arena, true);
  REAL *u = parts.u, *s = parts.s, *vt = parts.vt;
  if (!NAME(decompose)(problem, buffers[0], parts, u, s, vt)) {
    NAME(fill_nan)((size_t)n * n, result);
    return;
  }
  REAL before = NAME(handedness)(n, u, parts.copy, parts.integers)
                * NAME(handedness)(n, vt, parts.copy, parts.integers);
  for (int i = 0; i < n; i++) {
    parts.factors[i] = before;
    before *= s[i];
  }
  REAL after = 1;
  for (int i = n - 1; i >= 0; i--) {
    parts.factors[i] *= after;
    after *= s[i];
  }
  NAME(scale_rows)(n, n, vt, parts.factors);
  BLAS(gemm)(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, u, n, vt, n, 0, result, n);
}

#endif
