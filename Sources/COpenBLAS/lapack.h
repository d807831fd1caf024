// The LAPACK routines in use, which OpenBLAS's library exports by their Fortran names: everything by
// reference, matrices by columns, and the length of each text at the end.
#ifndef RANVIER_LAPACK_H
#define RANVIER_LAPACK_H

#include <stddef.h>

#define LA_DECLARE_ROUTINES(real, p)                                                              \
  void p##potrf_(const char *half, const int *n, real *a, const int *lda, int *info, size_t);     \
  void p##getrf_(const int *m, const int *n, real *a, const int *lda, int *pivots, int *info);    \
  void p##getrs_(const char *trans, const int *n, const int *right, const real *a,                \
                 const int *lda, const int *pivots, real *b, const int *ldb, int *info, size_t);  \
  void p##gelqf_(const int *m, const int *n, real *a, const int *lda, real *tau, real *work,      \
                 const int *lwork, int *info);                                                    \
  void p##orglq_(const int *m, const int *n, const int *k, real *a, const int *lda,               \
                 const real *tau, real *work, const int *lwork, int *info);                       \
  void p##gesdd_(const char *job, const int *m, const int *n, real *a, const int *lda, real *s,   \
                 real *u, const int *ldu, real *vt, const int *ldvt, real *work,                  \
                 const int *lwork, int *iwork, int *info, size_t);                                \
  void p##syevd_(const char *job, const char *half, const int *n, real *a, const int *lda,        \
                 real *w, real *work, const int *lwork, int *iwork, const int *liwork, int *info, \
                 size_t, size_t);

LA_DECLARE_ROUTINES(float, s)
LA_DECLARE_ROUTINES(double, d)

#endif
