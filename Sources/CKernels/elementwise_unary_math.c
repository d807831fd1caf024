// Elementary functions of one argument. f16, bf16 and f32 use our own f32 functions, f64 uses libm.

#include "elementwise_math.h"

#include <math.h>

// ---------------------------------------------------------------------------------------------
// f64 functions that libm lacks

static double ck_inverse_error_function_f64(double x) {
  double a = fabs(x);
  if (!(a < 1)) return a == 1 ? x * (double)INFINITY : (double)NAN;
  if (a == 0) return x;
  // An elementary approximation with a relative error below 2e-3 (Winitzki 2008) ...
  double w = log1p(-a * a);
  double b = 2 / (0.147 * M_PI) + 0.5 * w;
  // (sqrt(b^2 - w / 0.147) - b), written without cancellation
  double y = sqrt(-w / 0.147 / (sqrt(b * b - w / 0.147) + b));
  // ... and three steps of Halley's method, each of which triples the number of right digits. Near
  // 1, erfc and the exact 1 - a keep the difference accurate.
  for (int step = 0; step < 3; step++) {
    double difference = a < 0.5 ? erf(y) - a : (1 - a) - erfc(y);
    double newton = difference * (0.5 * sqrt(M_PI)) * exp(y * y);
    y -= newton / (1 + y * newton);
  }
  return copysign(y, x);
}

static double ck_gaussian_error_linear_f64(double x) {
  double bounded = x < -40 ? -40 : x;
  return bounded * (0.5 * erfc(-bounded * M_SQRT1_2));
}

static double ck_gaussian_error_linear_slope_f64(double x) {
  double bounded = x < -40 ? -40 : x;
  bounded = bounded > 40 ? 40 : bounded;
  double density = exp(-0.5 * (bounded * bounded)) * (0.5 * M_2_SQRTPI * M_SQRT1_2);
  return 0.5 * erfc(-bounded * M_SQRT1_2) + bounded * density;
}

// ---------------------------------------------------------------------------------------------
// Kernels: X(name, operation, f32 function, f64 function)

#define CK_MATH_OPERATIONS(X, ...) \
  X(exponential, CK_OP_EXPONENTIAL, ck_exponential_f32, exp, __VA_ARGS__) \
  X(exponential_minus_one, CK_OP_EXPONENTIAL_MINUS_ONE, ck_exponential_minus_one_f32, expm1, \
    __VA_ARGS__) \
  X(logarithm, CK_OP_LOGARITHM, ck_logarithm_f32, log, __VA_ARGS__) \
  X(logarithm_one_plus, CK_OP_LOGARITHM_ONE_PLUS, ck_logarithm_one_plus_f32, log1p, __VA_ARGS__) \
  X(arc_sine, CK_OP_ARC_SINE, ck_arc_sine_f32, asin, __VA_ARGS__) \
  X(arc_cosine, CK_OP_ARC_COSINE, ck_arc_cosine_f32, acos, __VA_ARGS__) \
  X(arc_tangent, CK_OP_ARC_TANGENT, ck_arc_tangent_f32, atan, __VA_ARGS__) \
  X(hyperbolic_sine, CK_OP_HYPERBOLIC_SINE, ck_hyperbolic_sine_f32, sinh, __VA_ARGS__) \
  X(hyperbolic_cosine, CK_OP_HYPERBOLIC_COSINE, ck_hyperbolic_cosine_f32, cosh, __VA_ARGS__) \
  X(hyperbolic_tangent, CK_OP_HYPERBOLIC_TANGENT, ck_hyperbolic_tangent_f32, tanh, __VA_ARGS__) \
  X(logistic, CK_OP_LOGISTIC, ck_logistic_f32, ck_logistic_f64, __VA_ARGS__) \
  X(error_function, CK_OP_ERROR_FUNCTION, ck_error_function_f32, erf, __VA_ARGS__) \
  X(inverse_error_function, CK_OP_INVERSE_ERROR_FUNCTION, ck_inverse_error_function_f32, \
    ck_inverse_error_function_f64, __VA_ARGS__) \
  X(gaussian_error_linear, CK_OP_GAUSSIAN_ERROR_LINEAR, ck_gaussian_error_linear_f32, \
    ck_gaussian_error_linear_f64, __VA_ARGS__) \
  X(gaussian_error_linear_slope, CK_OP_GAUSSIAN_ERROR_LINEAR_SLOPE, \
    ck_gaussian_error_linear_slope_f32, ck_gaussian_error_linear_slope_f64, __VA_ARGS__)

// Functions whose f32 version needs |x| <= CK_LARGEST_ANGLE:
// X(name, operation, f32 function, libm's f32 function, f64 function)
#define CK_PERIODIC_OPERATIONS(X, ...) \
  X(sine, CK_OP_SINE, ck_sine_f32, sinf, sin, __VA_ARGS__) \
  X(cosine, CK_OP_COSINE, ck_cosine_f32, cosf, cos, __VA_ARGS__) \
  X(tangent, CK_OP_TANGENT, ck_tangent_f32, tanf, tan, __VA_ARGS__)

#define CK_MATH_SMALL(name, op, function, function_f64, suffix, storage) \
  CK_CLONES static void ck_kernel_##name##_##suffix(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage *a = in[0]; \
    storage *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      to[i] = CK_STORE_##suffix(function(CK_LOAD_##suffix(a[i]))); \
    } \
  }
#define CK_MATH_SMALL_TYPE(suffix, type, storage, computation, ...) \
  CK_MATH_OPERATIONS(CK_MATH_SMALL, suffix, storage)
CK_SMALL_FLOAT_TYPES(CK_MATH_SMALL_TYPE)

// A block without large arguments takes the vector loop. The other loop gives the same results for
// small arguments, which therefore do not depend on their neighbours.
#define CK_PERIODIC_SMALL(name, op, function, function_libm, function_f64, suffix, storage) \
  CK_CLONES static void ck_kernel_##name##_##suffix(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage *a = in[0]; \
    storage *to = out; \
    uint32_t large = 0; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      large |= __builtin_fabsf(CK_LOAD_##suffix(a[i])) > CK_LARGEST_ANGLE; \
    } \
    if (large) { \
      for (size_t i = 0; i < n; i++) { \
        float x = CK_LOAD_##suffix(a[i]); \
        float result = __builtin_fabsf(x) > CK_LARGEST_ANGLE ? function_libm(x) : function(x); \
        to[i] = CK_STORE_##suffix(result); \
      } \
    } else { \
      CK_VECTOR_LOOP \
      for (size_t i = 0; i < n; i++) { \
        to[i] = CK_STORE_##suffix(function(CK_LOAD_##suffix(a[i]))); \
      } \
    } \
  }
#define CK_PERIODIC_SMALL_TYPE(suffix, type, storage, computation, ...) \
  CK_PERIODIC_OPERATIONS(CK_PERIODIC_SMALL, suffix, storage)
CK_SMALL_FLOAT_TYPES(CK_PERIODIC_SMALL_TYPE)

#define CK_DOUBLE_KERNEL(name, function) \
  static void ck_kernel_##name##_f64(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const double *a = in[0]; \
    double *to = out; \
    for (size_t i = 0; i < n; i++) { to[i] = function(a[i]); } \
  }
#define CK_MATH_DOUBLE(name, op, function, function_f64, ...) CK_DOUBLE_KERNEL(name, function_f64)
#define CK_PERIODIC_DOUBLE(name, op, function, function_libm, function_f64, ...) \
  CK_DOUBLE_KERNEL(name, function_f64)
CK_MATH_OPERATIONS(CK_MATH_DOUBLE)
CK_PERIODIC_OPERATIONS(CK_PERIODIC_DOUBLE)

// ---------------------------------------------------------------------------------------------

#define CK_MATH_ENTRY(name, op, function, function_f64, suffix, type) \
  [op][type] = ck_kernel_##name##_##suffix,
#define CK_PERIODIC_ENTRY(name, op, function, function_libm, function_f64, suffix, type) \
  [op][type] = ck_kernel_##name##_##suffix,
#define CK_MATH_ENTRIES(suffix, type, ...) \
  CK_MATH_OPERATIONS(CK_MATH_ENTRY, suffix, type) \
  CK_PERIODIC_OPERATIONS(CK_PERIODIC_ENTRY, suffix, type)

static const ck_block_kernel ck_unary_math_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_FLOAT_TYPES(CK_MATH_ENTRIES)
};

ck_block_kernel ck_unary_math_kernel(ck_op op, ck_type type) {
  return ck_unary_math_kernels[op][type];
}
