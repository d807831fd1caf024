// Power, remainder and atan2 of floats.

#include "elementwise_math.h"

#include <math.h>

// X(name, operation, how the f32 loop is compiled, f32 function, f64 function). libm's remainder is
// exact and stays a scalar call.
#define CK_MATH_OPERATIONS(X, ...) \
  X(power, CK_OP_POWER, CK_VECTOR_LOOP, ck_power_f32, pow, __VA_ARGS__) \
  X(arc_tangent_2, CK_OP_ARC_TANGENT_2, CK_VECTOR_LOOP, ck_arc_tangent_2_f32, atan2, __VA_ARGS__) \
  X(remainder, CK_OP_REMAINDER, , fmodf, fmod, __VA_ARGS__)

#define CK_MATH_SMALL(name, op, vectorize, function, function_f64, suffix, storage) \
  CK_CLONES static void ck_kernel_##name##_##suffix(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage *a = in[0], *b = in[1]; \
    storage *to = out; \
    vectorize \
    for (size_t i = 0; i < n; i++) { \
      to[i] = CK_STORE_##suffix(function(CK_LOAD_##suffix(a[i]), CK_LOAD_##suffix(b[i]))); \
    } \
  }
#define CK_MATH_SMALL_TYPE(suffix, type, storage, computation, ...) \
  CK_MATH_OPERATIONS(CK_MATH_SMALL, suffix, storage)
CK_SMALL_FLOAT_TYPES(CK_MATH_SMALL_TYPE)

#define CK_MATH_DOUBLE(name, op, vectorize, function, function_f64, ...) \
  static void ck_kernel_##name##_f64(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const double *a = in[0], *b = in[1]; \
    double *to = out; \
    for (size_t i = 0; i < n; i++) { to[i] = function_f64(a[i], b[i]); } \
  }
CK_MATH_OPERATIONS(CK_MATH_DOUBLE)

#define CK_MATH_ENTRY(name, op, vectorize, function, function_f64, suffix, type) \
  [op][type] = ck_kernel_##name##_##suffix,
#define CK_MATH_ENTRIES(suffix, type, ...) CK_MATH_OPERATIONS(CK_MATH_ENTRY, suffix, type)

static const ck_block_kernel ck_binary_math_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_FLOAT_TYPES(CK_MATH_ENTRIES)
};

ck_block_kernel ck_binary_math_kernel(ck_op op, ck_type type) {
  return ck_binary_math_kernels[op][type];
}
