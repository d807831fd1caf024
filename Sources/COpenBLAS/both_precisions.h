// Includes the file KERNELS once for each precision, with
//   REAL       the type of elements,
//   NAME(x)    x with the precision's suffix,
//   LAPACK(x)  a routine of LAPACK,
//   BLAS(x)    a routine of CBLAS.
// A file of kernels names itself and includes this; on its own inclusion it finds REAL defined.
#define LA_JOIN(a, b) a##b

#define REAL float
#define EPSILON FLT_EPSILON
#define NAME(x) LA_JOIN(x, _f32)
#define LAPACK(x) LA_JOIN(s##x, _)
#define BLAS(x) LA_JOIN(cblas_s, x)
#include "elements.h"
#include KERNELS
#undef REAL
#undef EPSILON
#undef NAME
#undef LAPACK
#undef BLAS

#define REAL double
#define EPSILON DBL_EPSILON
#define NAME(x) LA_JOIN(x, _f64)
#define LAPACK(x) LA_JOIN(d##x, _)
#define BLAS(x) LA_JOIN(cblas_d, x)
#include "elements.h"
#include KERNELS
