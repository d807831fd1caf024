// The QR decomposition. LAPACK takes a by rows for a^T; the LQ decomposition of a^T, transposed, is
// the QR decomposition of a, and its results by columns are ours by rows.
#ifndef REAL
#include "matrix_kernels.h"

#define KERNELS "qr.c"
#include "both_precisions.h"

const la_kernel la_qr[2] = {
  {qr_workspace_f32, qr_bytes_f32, qr_f32},
  {qr_workspace_f64, qr_bytes_f64, qr_f64},
};
#else

static size_t NAME(qr_workspace)(const la_problem *problem) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n), query = -1, info;
  int width = problem->full ? m : k;
  REAL factors = 1, vectors = 1, unused = 0;
  if (k == 0) return 0;
  LAPACK(gelqf)(&n, &m, &unused, &n, &unused, &factors, &query, &info);
  LAPACK(orglq)(&width, &m, &k, &unused, &width, &unused, &vectors, &query, &info);
  return NAME(counted)(factors > vectors ? factors : vectors);
}

// Scalars of the reflections, later the signs of q's columns; workspace.
typedef struct NAME(qr_scratch) {
  REAL *scalars, *work;
} NAME(qr_scratch);

static NAME(qr_scratch) NAME(lay_out_qr)(const la_problem *problem, la_arena *arena) {
  return (NAME(qr_scratch)){
    la_take(arena, (size_t)problem->rows * sizeof(REAL)),
    la_take(arena, problem->workspace * sizeof(REAL)),
  };
}

static size_t NAME(qr_bytes)(const la_problem *problem) {
  la_arena arena = {0};
  NAME(lay_out_qr)(problem, &arena);
  return arena.used;
}

static void NAME(qr)(const la_problem *problem, void *const *buffers, void *scratch) {
  int m = problem->rows, n = problem->columns, k = la_smaller(m, n), info;
  int width = problem->full ? m : k, lwork = (int)problem->workspace;
  const REAL *a = buffers[0];
  REAL *q = buffers[1], *r = buffers[2];
  if (k == 0) {
    NAME(fill_identity)(m, width, q);
    return;
  }
  if (!NAME(is_finite)((size_t)m * n, a)) {
    NAME(fill_nan)((size_t)m * width, q);
    NAME(fill_nan)((size_t)width * n, r);
    return;
  }
  la_arena arena = {scratch, 0};
  NAME(qr_scratch) s = NAME(lay_out_qr)(problem, &arena);
  // The factorization happens in whichever result has a's size.
  bool fits_q = width == n;
  REAL *factors = fits_q ? q : r;
  memcpy(factors, a, (size_t)m * n * sizeof(REAL));
  LAPACK(gelqf)(&n, &m, factors, &n, s.scalars, s.work, &lwork, &info);
  if (fits_q) {
    memcpy(r, q, (size_t)n * n * sizeof(REAL));
  } else {
    for (int i = 0; i < m; i++) {
      memcpy(q + (size_t)i * m, r + (size_t)i * n, (size_t)k * sizeof(REAL));
    }
  }
  LAPACK(orglq)(&width, &m, &k, q, &width, s.scalars, s.work, &lwork, &info);
  for (int i = 0; i < width; i++) {
    REAL *row = r + (size_t)i * n;
    NAME(fill)((size_t)la_smaller(i, n), row, 0);
    if (i < k) {
      s.scalars[i] = row[i] < 0 ? -1 : 1;
      if (row[i] < 0) {
        for (int j = i; j < n; j++) row[j] = -row[j];
      }
    } else {
      s.scalars[i] = NAME(orientation)(m, width, q + i);
    }
  }
  NAME(scale_columns)(m, width, q, s.scalars);
}

#endif
