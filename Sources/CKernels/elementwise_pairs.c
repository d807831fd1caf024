// Arithmetic that takes fewer passes over a block: two operations at once, and operands with one
// value for each row. Every operation is rounded as it would be alone.

#include "element_kernel.h"

// Multiplication and addition stay two instructions with two roundings.
#define CK_ROUND_EACH _Pragma("clang fp contract(off)")

#define CK_PAIR(name, storage, expression) \
  CK_CLONES static void name(CK_KERNEL_PARAMETERS) { \
    CK_ROUND_EACH \
    (void)start; \
    const storage *a = in[0], *b = in[1], *c = in[2]; \
    storage *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      storage x = a[i], y = b[i], z = c[i]; \
      to[i] = expression; \
    } \
  }

// X(name, second operation, expression of the first one's result and z)
#define CK_SECONDS(X, first, operator, suffix, storage) \
  X(first##_add, CK_OP_ADD, (x operator y) + z, suffix, storage) \
  X(first##_subtract, CK_OP_SUBTRACT, (x operator y) - z, suffix, storage) \
  X(first##_multiply, CK_OP_MULTIPLY, (x operator y) * z, suffix, storage) \
  X(first##_divide, CK_OP_DIVIDE, (x operator y) / z, suffix, storage)
#define CK_SECONDS_FROM_RIGHT(X, first, operator, suffix, storage) \
  X(first##_subtract_from, CK_OP_SUBTRACT, z - (x operator y), suffix, storage) \
  X(first##_divide_into, CK_OP_DIVIDE, z / (x operator y), suffix, storage)

#define CK_DEFINE_PAIR(name, second, expression, suffix, storage) \
  CK_PAIR(ck_##name##_##suffix, storage, expression)
#define CK_DEFINE_PAIRS(suffix, storage) \
  CK_SECONDS(CK_DEFINE_PAIR, add, +, suffix, storage) \
  CK_SECONDS(CK_DEFINE_PAIR, subtract, -, suffix, storage) \
  CK_SECONDS(CK_DEFINE_PAIR, multiply, *, suffix, storage) \
  CK_SECONDS(CK_DEFINE_PAIR, divide, /, suffix, storage) \
  CK_SECONDS_FROM_RIGHT(CK_DEFINE_PAIR, add, +, suffix, storage) \
  CK_SECONDS_FROM_RIGHT(CK_DEFINE_PAIR, subtract, -, suffix, storage) \
  CK_SECONDS_FROM_RIGHT(CK_DEFINE_PAIR, multiply, *, suffix, storage) \
  CK_SECONDS_FROM_RIGHT(CK_DEFINE_PAIR, divide, /, suffix, storage)
CK_DEFINE_PAIRS(f32, float)
CK_DEFINE_PAIRS(f64, double)

// Operations by their place among the four of arithmetic.
#define CK_ARITHMETIC(op) ((op) - CK_OP_ADD)

#define CK_PAIR_ENTRY(name, second, expression, suffix, storage) \
  [CK_ARITHMETIC(second)] = ck_##name##_##suffix,
#define CK_PAIR_ROW(first, op, list, suffix) \
  [CK_ARITHMETIC(op)] = { list(CK_PAIR_ENTRY, first, , suffix, ) },
#define CK_PAIR_TABLE(list, suffix) { \
  CK_PAIR_ROW(add, CK_OP_ADD, list, suffix) \
  CK_PAIR_ROW(subtract, CK_OP_SUBTRACT, list, suffix) \
  CK_PAIR_ROW(multiply, CK_OP_MULTIPLY, list, suffix) \
  CK_PAIR_ROW(divide, CK_OP_DIVIDE, list, suffix) \
}

// By whether the types are doubles, whether the first result is the right operand, then operations.
static const ck_block_kernel ck_pair_kernels[2][2][4][4] = {
  {CK_PAIR_TABLE(CK_SECONDS, f32), CK_PAIR_TABLE(CK_SECONDS_FROM_RIGHT, f32)},
  {CK_PAIR_TABLE(CK_SECONDS, f64), CK_PAIR_TABLE(CK_SECONDS_FROM_RIGHT, f64)},
};

static bool ck_is_arithmetic(ck_op op) { return op >= CK_OP_ADD && op <= CK_OP_DIVIDE; }

ck_block_kernel ck_pair_kernel(ck_op first, ck_op second, bool from_right, ck_type type) {
  if (!ck_is_arithmetic(first) || !ck_is_arithmetic(second)) return NULL;
  if (type != CK_F32 && type != CK_F64) return NULL;
  // The order of operands of a sum or a product makes no difference.
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
#define CK_DEFINE_ROW_OPERATIONS(suffix, storage) \
  CK_ROW_OPERATION(ck_row_add_##suffix, storage, x + y) \
  CK_ROW_OPERATION(ck_row_subtract_##suffix, storage, x - y) \
  CK_ROW_OPERATION(ck_row_multiply_##suffix, storage, x * y) \
  CK_ROW_OPERATION(ck_row_divide_##suffix, storage, x / y) \
  CK_ROW_OPERATION(ck_row_subtract_from_##suffix, storage, y - x) \
  CK_ROW_OPERATION(ck_row_divide_into_##suffix, storage, y / x)
CK_DEFINE_ROW_OPERATIONS(f32, float)
CK_DEFINE_ROW_OPERATIONS(f64, double)

#define CK_ROW_TABLE(suffix) { \
  {ck_row_add_##suffix, ck_row_subtract_##suffix, ck_row_multiply_##suffix, \
   ck_row_divide_##suffix}, \
  {ck_row_add_##suffix, ck_row_subtract_from_##suffix, ck_row_multiply_##suffix, \
   ck_row_divide_into_##suffix}, \
}
static const ck_row_kernel ck_row_kernels[2][2][4] = {CK_ROW_TABLE(f32), CK_ROW_TABLE(f64)};

ck_row_kernel ck_row_operand_kernel(ck_op op, bool row_first, ck_type type) {
  if (!ck_is_arithmetic(op) || (type != CK_F32 && type != CK_F64)) return NULL;
  return ck_row_kernels[type == CK_F64][row_first][CK_ARITHMETIC(op)];
}
