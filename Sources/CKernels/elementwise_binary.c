// Arithmetic, minimum and maximum, bit operations and shifts; selection and shares.

#include "element_kernel.h"

#define CK_BINARY(name, storage, vectorize, expression) \
  CK_CLONES static void name(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage *a = in[0], *b = in[1]; \
    storage *to = out; \
    vectorize \
    for (size_t i = 0; i < n; i++) { to[i] = expression; } \
  }

// ---------------------------------------------------------------------------------------------
// Integers. `1u *` makes the promoted operands unsigned, since the product of two uint16_t,
// promoted to int, would overflow.

#define CK_INTEGER_BINARY(suffix, type, storage, wrapping, ...) \
  CK_BINARY(ck_add_##suffix, storage, CK_VECTOR_LOOP, \
    (storage)(wrapping)(1u * (wrapping)a[i] + (wrapping)b[i])) \
  CK_BINARY(ck_subtract_##suffix, storage, CK_VECTOR_LOOP, \
    (storage)(wrapping)(1u * (wrapping)a[i] - (wrapping)b[i])) \
  CK_BINARY(ck_multiply_##suffix, storage, CK_VECTOR_LOOP, \
    (storage)(wrapping)(1u * (wrapping)a[i] * (wrapping)b[i])) \
  /* A shift by too much is undefined in C; the amount counts as unsigned. */ \
  CK_BINARY(ck_shift_left_##suffix, storage, CK_VECTOR_LOOP, \
    (wrapping)b[i] >= 8 * sizeof(storage) ? (storage)0 \
      : (storage)(wrapping)(1u * (wrapping)a[i] << ((wrapping)b[i] & (8 * sizeof(storage) - 1)))) \
  CK_BINARY(ck_shift_right_##suffix, storage, CK_VECTOR_LOOP, \
    (wrapping)b[i] >= 8 * sizeof(storage) ? (storage)(a[i] < 0 ? -1 : 0) \
      : (storage)(a[i] >> ((wrapping)b[i] & (8 * sizeof(storage) - 1)))) \
  CK_INLINE storage ck_integer_power_##suffix(storage base, storage exponent) { \
    bool negative = exponent < 0; \
    if (negative && base != 1 && base != (storage)-1) return 0; \
    /* With a negative exponent only the parity matters, which the wrapped exponent keeps. */ \
    wrapping rest = (wrapping)exponent, factor = (wrapping)base, result = 1; \
    for (; rest != 0; rest = (wrapping)(rest >> 1)) { \
      if (rest & 1) result = (wrapping)(1u * result * factor); \
      factor = (wrapping)(1u * factor * factor); \
    } \
    return (storage)result; \
  } \
  CK_BINARY(ck_power_##suffix, storage, , ck_integer_power_##suffix(a[i], b[i]))
CK_INTEGER_TYPES(CK_INTEGER_BINARY)

// Division by 0 and of the smallest integer by -1 must not reach the processor, which would trap.
#define CK_SIGNED_DIVISION(suffix, type, storage, wrapping, ...) \
  CK_BINARY(ck_divide_##suffix, storage, , \
    b[i] == 0 ? (storage)0 \
      : b[i] == -1 ? (storage)(wrapping)(0u - (wrapping)a[i]) \
      : (storage)(a[i] / b[i])) \
  CK_BINARY(ck_remainder_##suffix, storage, , \
    b[i] == 0 || b[i] == -1 ? (storage)0 : (storage)(a[i] % b[i]))
CK_SIGNED_TYPES(CK_SIGNED_DIVISION)

#define CK_UNSIGNED_DIVISION(suffix, type, storage, ...) \
  CK_BINARY(ck_divide_##suffix, storage, , b[i] == 0 ? (storage)0 : (storage)(a[i] / b[i])) \
  CK_BINARY(ck_remainder_##suffix, storage, , b[i] == 0 ? (storage)0 : (storage)(a[i] % b[i]))
CK_UNSIGNED_TYPES(CK_UNSIGNED_DIVISION)

#define CK_ORDERED_BINARY(suffix, type, storage, ...) \
  CK_BINARY(ck_maximum_##suffix, storage, CK_VECTOR_LOOP, a[i] > b[i] ? a[i] : b[i]) \
  CK_BINARY(ck_minimum_##suffix, storage, CK_VECTOR_LOOP, a[i] < b[i] ? a[i] : b[i]) \
  CK_BINARY(ck_bit_and_##suffix, storage, CK_VECTOR_LOOP, (storage)(a[i] & b[i])) \
  CK_BINARY(ck_bit_or_##suffix, storage, CK_VECTOR_LOOP, (storage)(a[i] | b[i])) \
  CK_BINARY(ck_bit_xor_##suffix, storage, CK_VECTOR_LOOP, (storage)(a[i] ^ b[i]))
CK_INTEGER_TYPES(CK_ORDERED_BINARY)
CK_BOOL_TYPE(CK_ORDERED_BINARY)

// ---------------------------------------------------------------------------------------------
// Floats: X(name, operation, expression of x and y)

#define CK_FLOAT_OPERATIONS(X, ...) \
  X(add, CK_OP_ADD, x + y, __VA_ARGS__) \
  X(subtract, CK_OP_SUBTRACT, x - y, __VA_ARGS__) \
  X(multiply, CK_OP_MULTIPLY, x * y, __VA_ARGS__) \
  X(divide, CK_OP_DIVIDE, x / y, __VA_ARGS__) \
  /* If y is NaN the comparison fails and gives y. */ \
  X(maximum, CK_OP_MAXIMUM, x > y || x != x ? x : y, __VA_ARGS__) \
  X(minimum, CK_OP_MINIMUM, x < y || x != x ? x : y, __VA_ARGS__) \
  X(positive_gate, CK_OP_POSITIVE_GATE, x > 0 ? y : 0, __VA_ARGS__)

#define CK_FLOAT_BINARY_OPERATION(name, op, expression, suffix, storage, computation) \
  CK_INLINE storage ck_apply_##name##_##suffix(storage first, storage second) { \
    computation x = CK_LOAD_##suffix(first), y = CK_LOAD_##suffix(second); \
    computation result = expression; \
    return CK_STORE_##suffix(result); \
  } \
  CK_BINARY(ck_##name##_##suffix, storage, CK_VECTOR_LOOP, ck_apply_##name##_##suffix(a[i], b[i]))
#define CK_FLOAT_BINARY(suffix, type, storage, computation, ...) \
  CK_FLOAT_OPERATIONS(CK_FLOAT_BINARY_OPERATION, suffix, storage, computation)
CK_FLOAT_TYPES(CK_FLOAT_BINARY)

// ---------------------------------------------------------------------------------------------
// Three operands

#define CK_TERNARY(name, storage_a, storage, expression) \
  CK_CLONES static void name(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage_a *a = in[0]; \
    const storage *b = in[1], *c = in[2]; \
    storage *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { to[i] = expression; } \
  }

// Both values are read whatever the condition is: loads that depend on it are several times slower.
#define CK_CHOOSE(storage, condition, first, second) \
  ((storage)((first) & (storage)(0 - (storage)((condition) != 0))) \
    | (storage)((second) & (storage)((storage)((condition) != 0) - 1)))
CK_TERNARY(ck_select_1, uint8_t, uint8_t, CK_CHOOSE(uint8_t, a[i], b[i], c[i]))
CK_TERNARY(ck_select_2, uint8_t, uint16_t, CK_CHOOSE(uint16_t, a[i], b[i], c[i]))
CK_TERNARY(ck_select_4, uint8_t, uint32_t, CK_CHOOSE(uint32_t, a[i], b[i], c[i]))
CK_TERNARY(ck_select_8, uint8_t, uint64_t, CK_CHOOSE(uint64_t, a[i], b[i], c[i]))

#define CK_FLOAT_LARGER_SHARE(suffix, type, storage, computation, ...) \
  CK_INLINE storage ck_apply_larger_share_##suffix(storage first, storage second, storage third) { \
    computation x = CK_LOAD_##suffix(first), y = CK_LOAD_##suffix(second); \
    computation whole = CK_LOAD_##suffix(third); \
    computation half = whole * (computation)0.5; \
    computation ties = x == y ? half : 0; \
    return CK_STORE_##suffix(x > y ? whole : ties); \
  } \
  CK_TERNARY(ck_larger_share_##suffix, storage, storage, \
    ck_apply_larger_share_##suffix(a[i], b[i], c[i]))
CK_FLOAT_TYPES(CK_FLOAT_LARGER_SHARE)

// ---------------------------------------------------------------------------------------------

#define CK_ENTRY(op, type, kernel) [op][type] = kernel,

#define CK_INTEGER_ENTRIES(suffix, type, ...) \
  CK_ENTRY(CK_OP_ADD, type, ck_add_##suffix) \
  CK_ENTRY(CK_OP_SUBTRACT, type, ck_subtract_##suffix) \
  CK_ENTRY(CK_OP_MULTIPLY, type, ck_multiply_##suffix) \
  CK_ENTRY(CK_OP_DIVIDE, type, ck_divide_##suffix) \
  CK_ENTRY(CK_OP_REMAINDER, type, ck_remainder_##suffix) \
  CK_ENTRY(CK_OP_POWER, type, ck_power_##suffix) \
  CK_ENTRY(CK_OP_SHIFT_LEFT, type, ck_shift_left_##suffix) \
  CK_ENTRY(CK_OP_SHIFT_RIGHT, type, ck_shift_right_##suffix)

#define CK_ORDERED_ENTRIES(suffix, type, ...) \
  CK_ENTRY(CK_OP_MAXIMUM, type, ck_maximum_##suffix) \
  CK_ENTRY(CK_OP_MINIMUM, type, ck_minimum_##suffix) \
  CK_ENTRY(CK_OP_BIT_AND, type, ck_bit_and_##suffix) \
  CK_ENTRY(CK_OP_BIT_OR, type, ck_bit_or_##suffix) \
  CK_ENTRY(CK_OP_BIT_XOR, type, ck_bit_xor_##suffix)

#define CK_FLOAT_OPERATION_ENTRY(name, op, expression, suffix, type) \
  CK_ENTRY(op, type, ck_##name##_##suffix)
#define CK_FLOAT_ENTRIES(suffix, type, ...) \
  CK_FLOAT_OPERATIONS(CK_FLOAT_OPERATION_ENTRY, suffix, type)

static const ck_block_kernel ck_binary_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_INTEGER_TYPES(CK_INTEGER_ENTRIES)
  CK_INTEGER_TYPES(CK_ORDERED_ENTRIES)
  CK_BOOL_TYPE(CK_ORDERED_ENTRIES)
  CK_FLOAT_TYPES(CK_FLOAT_ENTRIES)
};

ck_block_kernel ck_binary_kernel(ck_op op, ck_type type) { return ck_binary_kernels[op][type]; }

#define CK_LARGER_SHARE_ENTRY(suffix, type, ...) [type] = ck_larger_share_##suffix,
static const ck_block_kernel ck_larger_share_kernels[CK_TYPE_COUNT] = {
  CK_FLOAT_TYPES(CK_LARGER_SHARE_ENTRY)
};

ck_block_kernel ck_ternary_kernel(ck_op op, ck_type type) {
  if (op == CK_OP_LARGER_SHARE) return ck_larger_share_kernels[type];
  if (op != CK_OP_SELECT) return NULL;
  switch (ck_type_size(type)) {
    case 1: return ck_select_1;
    case 2: return ck_select_2;
    case 4: return ck_select_4;
    default: return ck_select_8;
  }
}
