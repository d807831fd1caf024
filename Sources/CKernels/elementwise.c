// The table of element-wise kernels: finds the one for an operation and a type.

#include "element_kernel.h"

ck_block_kernel ck_op_kernel(ck_op op, ck_type type) {
  if ((unsigned)op >= CK_OP_COUNT || (unsigned)type >= CK_TYPE_COUNT) return NULL;
  ck_block_kernel kernel = ck_unary_kernel(op, type);
  if (!kernel) kernel = ck_unary_math_kernel(op, type);
  if (!kernel) kernel = ck_binary_kernel(op, type);
  if (!kernel) kernel = ck_binary_math_kernel(op, type);
  if (!kernel) kernel = ck_comparison_kernel(op, type);
  if (!kernel) kernel = ck_ternary_kernel(op, type);
  return kernel;
}
