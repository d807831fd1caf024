// Simple unary kernels: copy, sign manipulation, rectification, roots, rounding, bits.

#include "element_kernel.h"

#define CK_UNARY(name, storage_in, storage_out, expression) \
  CK_CLONES static void name(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage_in *a = in[0]; \
    storage_out *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { to[i] = expression; } \
  }

// ---------------------------------------------------------------------------------------------
// Copy, by size of element

#define CK_COPY(size) \
  static void ck_copy_##size(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    if (out != in[0]) memcpy(out, in[0], n * size); \
  }
CK_COPY(1)
CK_COPY(2)
CK_COPY(4)
CK_COPY(8)

static ck_block_kernel ck_copy_kernel(ck_type type) {
  switch (ck_type_size(type)) {
    case 1: return ck_copy_1;
    case 2: return ck_copy_2;
    case 4: return ck_copy_4;
    default: return ck_copy_8;
  }
}

// ---------------------------------------------------------------------------------------------
// Integers and bool

// Subtraction of unsigned values from 0u, so that the smallest integer is its own negative.
#define CK_INTEGER_UNARY(suffix, type, storage, unsigned_storage, ...) \
  CK_UNARY(ck_negate_##suffix, storage, storage, \
    (storage)(unsigned_storage)(0u - (unsigned_storage)a[i])) \
  CK_UNARY(ck_bit_not_##suffix, storage, storage, (storage)~a[i])
CK_INTEGER_TYPES(CK_INTEGER_UNARY)

#define CK_SIGNED_UNARY(suffix, type, storage, unsigned_storage, ...) \
  CK_UNARY(ck_absolute_##suffix, storage, storage, \
    a[i] < 0 ? (storage)(unsigned_storage)(0u - (unsigned_storage)a[i]) : a[i]) \
  CK_UNARY(ck_sign_##suffix, storage, storage, (storage)((a[i] > 0) - (a[i] < 0)))
CK_SIGNED_TYPES(CK_SIGNED_UNARY)

#define CK_UNSIGNED_UNARY(suffix, type, storage, ...) \
  CK_UNARY(ck_sign_##suffix, storage, storage, (storage)(a[i] != 0))
CK_UNSIGNED_TYPES(CK_UNSIGNED_UNARY)

CK_UNARY(ck_bit_not_b8, uint8_t, uint8_t, (uint8_t)(a[i] == 0))

static void ck_always_finite(CK_KERNEL_PARAMETERS) {
  (void)in;
  (void)start;
  memset(out, 1, n);
}

// ---------------------------------------------------------------------------------------------
// Floats: X(name, operation, expression of x, which has the computation type)

#define CK_FLOAT_OPERATIONS(X, ...) \
  X(negate, CK_OP_NEGATE, -x, __VA_ARGS__) \
  X(absolute, CK_OP_ABSOLUTE, __builtin_elementwise_abs(x), __VA_ARGS__) \
  /* Zeros keep their sign, NaN stays NaN. */ \
  X(sign, CK_OP_SIGN, x > 0 ? 1 : x < 0 ? -1 : x, __VA_ARGS__) \
  X(square_root, CK_OP_SQUARE_ROOT, __builtin_elementwise_sqrt(x), __VA_ARGS__) \
  X(reciprocal_square_root, CK_OP_RECIPROCAL_SQUARE_ROOT, 1 / __builtin_elementwise_sqrt(x), \
    __VA_ARGS__) \
  X(floor, CK_OP_FLOOR, __builtin_elementwise_floor(x), __VA_ARGS__) \
  X(ceiling, CK_OP_CEILING, __builtin_elementwise_ceil(x), __VA_ARGS__) \
  X(round, CK_OP_ROUND, __builtin_elementwise_rint(x), __VA_ARGS__) \
  X(rectified_linear, CK_OP_RECTIFIED_LINEAR, x < 0 ? 0 : x, __VA_ARGS__)

#define CK_FLOAT_UNARY_OPERATION(name, op, expression, suffix, storage, computation) \
  CK_INLINE storage ck_apply_##name##_##suffix(storage element) { \
    computation x = CK_LOAD_##suffix(element); \
    computation result = expression; \
    return CK_STORE_##suffix(result); \
  } \
  CK_UNARY(ck_##name##_##suffix, storage, storage, ck_apply_##name##_##suffix(a[i]))

#define CK_FLOAT_UNARY(suffix, type, storage, computation, ...) \
  CK_FLOAT_OPERATIONS(CK_FLOAT_UNARY_OPERATION, suffix, storage, computation)
CK_FLOAT_TYPES(CK_FLOAT_UNARY)

// Exponents with all bits set are those of infinities and NaN.
CK_UNARY(ck_is_finite_f16, uint16_t, uint8_t, (uint8_t)((a[i] & 0x7c00u) != 0x7c00u))
CK_UNARY(ck_is_finite_bf16, uint16_t, uint8_t, (uint8_t)((a[i] & 0x7f80u) != 0x7f80u))
CK_UNARY(ck_is_finite_f32, float, uint8_t, (uint8_t)(__builtin_fabsf(a[i]) < __builtin_inff()))
CK_UNARY(ck_is_finite_f64, double, uint8_t, (uint8_t)(__builtin_fabs(a[i]) < __builtin_inf()))

// ---------------------------------------------------------------------------------------------

#define CK_ENTRY(op, type, kernel) [op][type] = kernel,

#define CK_SIGNED_ENTRIES(suffix, type, ...) \
  CK_ENTRY(CK_OP_NEGATE, type, ck_negate_##suffix) \
  CK_ENTRY(CK_OP_ABSOLUTE, type, ck_absolute_##suffix) \
  CK_ENTRY(CK_OP_SIGN, type, ck_sign_##suffix) \
  CK_ENTRY(CK_OP_BIT_NOT, type, ck_bit_not_##suffix) \
  CK_ENTRY(CK_OP_IS_FINITE, type, ck_always_finite)

#define CK_UNSIGNED_ENTRIES(suffix, type, storage, ...) \
  CK_ENTRY(CK_OP_NEGATE, type, ck_negate_##suffix) \
  CK_ENTRY(CK_OP_SIGN, type, ck_sign_##suffix) \
  CK_ENTRY(CK_OP_BIT_NOT, type, ck_bit_not_##suffix) \
  CK_ENTRY(CK_OP_IS_FINITE, type, ck_always_finite)

#define CK_FLOAT_OPERATION_ENTRY(name, op, expression, suffix, type) \
  CK_ENTRY(op, type, ck_##name##_##suffix)
#define CK_FLOAT_ENTRIES(suffix, type, ...) \
  CK_FLOAT_OPERATIONS(CK_FLOAT_OPERATION_ENTRY, suffix, type) \
  CK_ENTRY(CK_OP_IS_FINITE, type, ck_is_finite_##suffix)

static const ck_block_kernel ck_unary_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_SIGNED_TYPES(CK_SIGNED_ENTRIES)
  CK_UNSIGNED_TYPES(CK_UNSIGNED_ENTRIES)
  CK_FLOAT_TYPES(CK_FLOAT_ENTRIES)
  CK_ENTRY(CK_OP_BIT_NOT, CK_BOOL, ck_bit_not_b8)
  CK_ENTRY(CK_OP_IS_FINITE, CK_BOOL, ck_always_finite)
};

ck_block_kernel ck_unary_kernel(ck_op op, ck_type type) {
  bool is_unsigned = type >= CK_U8 && type <= CK_U64;
  if (op == CK_OP_COPY || (op == CK_OP_ABSOLUTE && is_unsigned)) return ck_copy_kernel(type);
  return ck_unary_kernels[op][type];
}
