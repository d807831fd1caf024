// Operations that take fewer passes over a block: two of arithmetic at once, operands with one value
// for each row, selections by comparisons. Every operation is rounded as it would be alone.

#include "element_kernel.h"

// Multiplication and addition stay two instructions with two roundings.
#define CK_ROUND_EACH _Pragma("clang fp contract(off)")

// X(name, operation, ...)
#define CK_ARITHMETIC_OPERATIONS(X, ...) \
  X(add, CK_OP_ADD, __VA_ARGS__) \
  X(subtract, CK_OP_SUBTRACT, __VA_ARGS__) \
  X(multiply, CK_OP_MULTIPLY, __VA_ARGS__) \
  X(divide, CK_OP_DIVIDE, __VA_ARGS__) \
  X(maximum, CK_OP_MAXIMUM, __VA_ARGS__) \
  X(minimum, CK_OP_MINIMUM, __VA_ARGS__)
#define CK_RESULT_add(x, y) ((x) + (y))
#define CK_RESULT_subtract(x, y) ((x) - (y))
#define CK_RESULT_multiply(x, y) ((x) * (y))
#define CK_RESULT_divide(x, y) ((x) / (y))
// As the operations by themselves: if y is NaN the comparison fails and gives y.
#define CK_RESULT_maximum(x, y) ((x) > (y) || (x) != (x) ? (x) : (y))
#define CK_RESULT_minimum(x, y) ((x) < (y) || (x) != (x) ? (x) : (y))

#define CK_PAIR(name, storage, first, expression) \
  CK_CLONES static void name(CK_KERNEL_PARAMETERS) { \
    CK_ROUND_EACH \
    (void)start; \
    const storage *a = in[0], *b = in[1], *c = in[2]; \
    storage *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      storage x = CK_RESULT_##first(a[i], b[i]), z = c[i]; \
      to[i] = expression; \
    } \
  }
#define CK_DEFINE_PAIR(first, op, second, suffix, storage) \
  CK_PAIR(ck_##first##_##second##_##suffix, storage, first, CK_RESULT_##second(x, z))
#define CK_DEFINE_PAIR_FROM_RIGHT(first, op, second, suffix, storage) \
  CK_PAIR(ck_##first##_##second##_from_right_##suffix, storage, first, CK_RESULT_##second(z, x))
// The order of operands of a sum or a product makes no difference.
#define CK_DEFINE_PAIRS(suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, add, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, subtract, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, multiply, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, divide, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, maximum, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR, minimum, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR_FROM_RIGHT, subtract, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR_FROM_RIGHT, divide, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR_FROM_RIGHT, maximum, suffix, storage) \
  CK_ARITHMETIC_OPERATIONS(CK_DEFINE_PAIR_FROM_RIGHT, minimum, suffix, storage)
CK_DEFINE_PAIRS(f32, float)
CK_DEFINE_PAIRS(f64, double)

// Operations by their place among those of arithmetic.
#define CK_ARITHMETIC_COUNT 6
#define CK_ARITHMETIC(op) \
  ((op) == CK_OP_MAXIMUM ? 4 : (op) == CK_OP_MINIMUM ? 5 : (op) - CK_OP_ADD)

#define CK_PAIR_ENTRY(first, op, order, second, second_op, suffix) \
  [CK_ARITHMETIC(op)][CK_ARITHMETIC(second_op)] = ck_##first##_##second##order##suffix,
#define CK_PAIR_ENTRIES(order, second, op, suffix) \
  CK_ARITHMETIC_OPERATIONS(CK_PAIR_ENTRY, order, second, op, suffix)
#define CK_PAIR_TABLES(suffix) { \
  { \
    CK_PAIR_ENTRIES(_, add, CK_OP_ADD, suffix) \
    CK_PAIR_ENTRIES(_, subtract, CK_OP_SUBTRACT, suffix) \
    CK_PAIR_ENTRIES(_, multiply, CK_OP_MULTIPLY, suffix) \
    CK_PAIR_ENTRIES(_, divide, CK_OP_DIVIDE, suffix) \
    CK_PAIR_ENTRIES(_, maximum, CK_OP_MAXIMUM, suffix) \
    CK_PAIR_ENTRIES(_, minimum, CK_OP_MINIMUM, suffix) \
  }, { \
    CK_PAIR_ENTRIES(_from_right_, subtract, CK_OP_SUBTRACT, suffix) \
    CK_PAIR_ENTRIES(_from_right_, divide, CK_OP_DIVIDE, suffix) \
    CK_PAIR_ENTRIES(_from_right_, maximum, CK_OP_MAXIMUM, suffix) \
    CK_PAIR_ENTRIES(_from_right_, minimum, CK_OP_MINIMUM, suffix) \
  }, \
}

// By whether the types are doubles, whether the first result is the right operand, then operations.
static const ck_block_kernel ck_pair_kernels[2][2][CK_ARITHMETIC_COUNT][CK_ARITHMETIC_COUNT] = {
  CK_PAIR_TABLES(f32), CK_PAIR_TABLES(f64),
};

static bool ck_is_arithmetic(ck_op op) {
  return (op >= CK_OP_ADD && op <= CK_OP_DIVIDE) || op == CK_OP_MAXIMUM || op == CK_OP_MINIMUM;
}

ck_block_kernel ck_pair_kernel(ck_op first, ck_op second, bool from_right, ck_type type) {
  if (!ck_is_arithmetic(first) || !ck_is_arithmetic(second)) return NULL;
  if (type != CK_F32 && type != CK_F64) return NULL;
  if (second == CK_OP_ADD || second == CK_OP_MULTIPLY) from_right = false;
  return ck_pair_kernels[type == CK_F64][from_right][CK_ARITHMETIC(first)][CK_ARITHMETIC(second)];
}

// ---------------------------------------------------------------------------------------------
// One operand has a value for each row.

#define CK_ROW_OPERATION(name, storage, expression) \
  CK_CLONES static void name(void *out, const void *elements, const void *values, size_t rows, \
                             size_t row) { \
    const storage *a = elements, *b = values; \
    storage *to = out; \
    for (size_t r = 0; r < rows; r++) { \
      storage y = b[r]; \
      CK_VECTOR_LOOP \
      for (size_t i = 0; i < row; i++) { \
        storage x = a[r * row + i]; \
        to[r * row + i] = expression; \
      } \
    } \
  }
#define CK_DEFINE_ROW_OPERATION(name, op, suffix, storage) \
  CK_ROW_OPERATION(ck_row_##name##_##suffix, storage, CK_RESULT_##name(x, y)) \
  CK_ROW_OPERATION(ck_row_first_##name##_##suffix, storage, CK_RESULT_##name(y, x))
CK_ARITHMETIC_OPERATIONS(CK_DEFINE_ROW_OPERATION, f32, float)
CK_ARITHMETIC_OPERATIONS(CK_DEFINE_ROW_OPERATION, f64, double)

#define CK_ROW_ENTRY(name, op, order, suffix) \
  [CK_ARITHMETIC(op)] = ck_row_##order##name##_##suffix,
#define CK_ROW_TABLES(suffix) { \
  {CK_ARITHMETIC_OPERATIONS(CK_ROW_ENTRY, , suffix)}, \
  {CK_ARITHMETIC_OPERATIONS(CK_ROW_ENTRY, first_, suffix)}, \
}
static const ck_row_kernel ck_row_kernels[2][2][CK_ARITHMETIC_COUNT] = {
  CK_ROW_TABLES(f32), CK_ROW_TABLES(f64),
};

ck_row_kernel ck_row_operand_kernel(ck_op op, bool row_first, ck_type type) {
  if (!ck_is_arithmetic(op) || (type != CK_F32 && type != CK_F64)) return NULL;
  return ck_row_kernels[type == CK_F64][row_first][CK_ARITHMETIC(op)];
}

// ---------------------------------------------------------------------------------------------
// A comparison, and a selection by it, which need no truth values in memory.

// X(name, operation, operator, ...)
#define CK_CHOICES(X, ...) \
  X(equal, CK_OP_EQUAL, ==, __VA_ARGS__) \
  X(not_equal, CK_OP_NOT_EQUAL, !=, __VA_ARGS__) \
  X(less, CK_OP_LESS, <, __VA_ARGS__) \
  X(less_or_equal, CK_OP_LESS_OR_EQUAL, <=, __VA_ARGS__) \
  X(greater, CK_OP_GREATER, >, __VA_ARGS__) \
  X(greater_or_equal, CK_OP_GREATER_OR_EQUAL, >=, __VA_ARGS__)

// Both values are read before one is chosen: loads that depend on it are several times slower.
#define CK_CHOICE(name, op, operator, suffix, compared, chosen) \
  CK_CLONES static void ck_choose_##name##_##suffix(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const compared *a = in[0], *b = in[1]; \
    const chosen *first = in[2], *second = in[3]; \
    chosen *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      chosen x = first[i], y = second[i]; \
      to[i] = a[i] operator b[i] ? x : y; \
    } \
  }
CK_CHOICES(CK_CHOICE, f32, float, uint32_t)
CK_CHOICES(CK_CHOICE, i32, int32_t, uint32_t)
CK_CHOICES(CK_CHOICE, f64, double, uint64_t)
CK_CHOICES(CK_CHOICE, i64, int64_t, uint64_t)

#define CK_CHOICE_ENTRY(name, op, operator, suffix, type) [op][type] = ck_choose_##name##_##suffix,
static const ck_block_kernel ck_choice_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_CHOICES(CK_CHOICE_ENTRY, f32, CK_F32)
  CK_CHOICES(CK_CHOICE_ENTRY, i32, CK_I32)
  CK_CHOICES(CK_CHOICE_ENTRY, f64, CK_F64)
  CK_CHOICES(CK_CHOICE_ENTRY, i64, CK_I64)
};

ck_block_kernel ck_choice_kernel(ck_op comparison, ck_type compared, ck_type chosen) {
  if (ck_type_size(compared) != ck_type_size(chosen)) return NULL;
  return ck_choice_kernels[comparison][compared];
}
