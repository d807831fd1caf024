// What Gaussian elimination with row exchanges is good for: systems of equations, determinants.
//
// LAPACK takes a matrix by rows for its transpose, and factorizes that.
#ifndef REAL
#include "matrix_kernels.h"

#define KERNELS "elimination.c"
#include "both_precisions.h"

const la_kernel la_solve[2] = {
  {la_no_workspace, elimination_bytes_f32, solve_f32},
  {la_no_workspace, elimination_bytes_f64, solve_f64},
};
const la_kernel la_determinant[2] = {
  {la_no_workspace, elimination_bytes_f32, determinant_f32},
  {la_no_workspace, elimination_bytes_f64, determinant_f64},
};
const la_kernel la_log_determinant[2] = {
  {la_no_workspace, elimination_bytes_f32, log_determinant_f32},
  {la_no_workspace, elimination_bytes_f64, log_determinant_f64},
};
#else

typedef struct NAME(elimination) {
  REAL *factors, *right;
  int *pivots;
} NAME(elimination);

static NAME(elimination) NAME(lay_out_elimination)(const la_problem *problem, la_arena *arena) {
  size_t n = problem->columns;
  return (NAME(elimination)){
    la_take(arena, n * n * sizeof(REAL)),
    la_take(arena, n * problem->right * sizeof(REAL)),
    la_take(arena, n * sizeof(int)),
  };
}

static size_t NAME(elimination_bytes)(const la_problem *problem) {
  la_arena arena = {0};
  NAME(lay_out_elimination)(problem, &arena);
  return arena.used;
}

static NAME(elimination) NAME(start_elimination)(const la_problem *problem, void *scratch) {
  la_arena arena = {scratch, 0};
  return NAME(lay_out_elimination)(problem, &arena);
}

// Returns 0, the number of the column without a pivot, or -1 for a matrix that is not finite.
static int NAME(eliminate)(int n, const REAL *a, NAME(elimination) e) {
  int info = 0;
  size_t count = (size_t)n * n;
  if (!NAME(is_finite)(count, a)) return -1;
  memcpy(e.factors, a, count * sizeof(REAL));
  if (n > 0) LAPACK(getrf)(&n, &n, e.factors, &n, e.pivots, &info);
  return info;
}

static void NAME(solve)(const la_problem *problem, void *const *buffers, void *scratch) {
  int n = problem->columns, right = problem->right, info;
  const REAL *b = buffers[1];
  REAL *x = buffers[2];
  if (n == 0 || right == 0) return;
  NAME(elimination) e = NAME(start_elimination)(problem, scratch);
  if (NAME(eliminate)(n, buffers[0], e) != 0) {
    NAME(fill_nan)((size_t)n * right, x);
    return;
  }
  // A vector is the same by rows and by columns.
  REAL *columns = right == 1 ? x : e.right;
  NAME(transpose)(n, right, columns, b);
  LAPACK(getrs)(problem->transposed ? "N" : "T", &n, &right, e.factors, &n, e.pivots, columns, &n,
                &info, 1);
  if (right != 1) NAME(transpose)(right, n, x, columns);
}

static void NAME(determinant)(const la_problem *problem, void *const *buffers, void *scratch) {
  int n = problem->columns;
  REAL *result = buffers[1];
  NAME(elimination) e = NAME(start_elimination)(problem, scratch);
  int info = NAME(eliminate)(n, buffers[0], e);
  if (info != 0) {
    *result = info < 0 ? (REAL)NAN : 0;
    return;
  }
  // Fraction and exponent apart, so that no partial product is too large or too small.
  double fraction = 1;
  long exponent = 0;
  for (int i = 0; i < n; i++) {
    int step;
    fraction = frexp(fraction * e.factors[(size_t)i * n + i], &step);
    exponent += step;
    if (e.pivots[i] != i + 1) fraction = -fraction;
  }
  exponent = exponent < -100000 ? -100000 : exponent > 100000 ? 100000 : exponent;
  *result = (REAL)ldexp(fraction, (int)exponent);
}

static void NAME(log_determinant)(
  const la_problem *problem, void *const *buffers, void *scratch) {
  int n = problem->columns;
  REAL *sign = buffers[1], *logarithm = buffers[2];
  NAME(elimination) e = NAME(start_elimination)(problem, scratch);
  int info = NAME(eliminate)(n, buffers[0], e);
  *sign = info < 0 ? (REAL)NAN : info > 0 ? 0 : 1;
  *logarithm = info < 0 ? (REAL)NAN : (REAL)-INFINITY;
  if (info != 0) return;
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double pivot = e.factors[(size_t)i * n + i];
    sum += log(fabs(pivot));
    if ((pivot < 0) != (e.pivots[i] != i + 1)) *sign = -*sign;
  }
  *logarithm = (REAL)sum;
}

#endif
