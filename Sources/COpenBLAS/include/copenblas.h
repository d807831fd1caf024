// OpenBLAS as Debian and Ubuntu install it (libopenblas-dev): its products as they are, and what
// its LAPACK does to matrices behind one interface for all decompositions.
#ifndef RANVIER_COPENBLAS_H
#define RANVIER_COPENBLAS_H

#include <cblas.h>
#include <stdbool.h>
#include <stddef.h>

// ---------------------------------------------------------------------------------------------
// Operations on each matrix of a batch, f32 or f64.
//
// Matrices are dense and row-major; buffers are operands, then results, and do not overlap. A
// matrix with elements that are not finite gives results of NaN, before LAPACK sees it; so does one
// whose iteration does not converge. `m` and `n` below are the rows and columns of the first
// operand, k is the smaller of both.

typedef enum la_kind {
  // a[n, n] -> l[n, n]: l l^T is the symmetric part of a, zeros above the diagonal; NaN throughout
  // if that is not positive definite.
  LA_CHOLESKY = 0,
  // a[n, n], b[n, right] -> x: op(a) x = b, reading one triangle of a (`lower`, `transposed`,
  // `unit`). Zeros on the diagonal give what divisions by zero give.
  LA_TRIANGULAR_SOLVE,
  // a[n, n], b[n, right] -> x: op(a) x = b (`transposed`); NaN throughout for a singular a.
  LA_SOLVE,
  // a[n, n] -> d[1].
  LA_DETERMINANT,
  // a[n, n] -> sign[1], log|d|[1]; 0 and -infinity for a singular a.
  LA_LOG_DETERMINANT,
  // a[n, n] -> c[n, n]: det(a) a^-T, continued to singular matrices.
  LA_COFACTORS,
  // a[m, n] -> q[m, k], r[k, n], or q[m, m], r[m, n] if `full`; r's diagonal is not negative.
  LA_QR,
  // a[m, n] -> u[m, k], s[k], vt[k, n], or u[m, m] and vt[n, n] if `full`; s descends.
  LA_SVD,
  // a[n, n] -> w[n], v[n, n] of the symmetric part of a; w ascends, columns of v belong to it.
  LA_SYMMETRIC_EIGEN,
  // a[m, n] -> p[n, m], singular values up to `tolerance` times the largest counted as zero.
  LA_PSEUDO_INVERSE,
  LA_KIND_COUNT
} la_kind;

typedef struct la_problem {
  la_kind kind;
  bool is_double;
  size_t batch;
  int rows, columns, right;
  bool lower, transposed, unit, full;
  double tolerance;             // negative: the unit of rounding times the larger size
  // Filled in by la_prepare.
  size_t workspace;             // elements that LAPACK asks for
  size_t slot_bytes;            // scratch memory of one matrix
  size_t slots;                 // how many matrices are worked on at once
} la_problem;

// Completes a problem: asks LAPACK for its workspace and cuts the batch for the threads there are.
// OpenBLAS must have been set to one thread.
void la_prepare(la_problem *problem);

// Bytes of scratch memory a prepared problem needs, aligned to 64 bytes.
size_t la_scratch_bytes(const la_problem *problem);

// Works through a batch. `buffers` are operands, results, then scratch memory; `strides` are the
// bytes of one matrix in each of the `count` operands and results. Allocates nothing; the results
// do not depend on the number of threads.
void la_run(const la_problem *problem, void *const *buffers, const size_t *strides, int count);

#endif
