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

unsigned ck_op_cost(ck_op op) {
  switch (op) {
    case CK_OP_SQUARE_ROOT: return 3;
    case CK_OP_RECIPROCAL_SQUARE_ROOT: return 5;
    case CK_OP_EXPONENTIAL: return 7;
    case CK_OP_EXPONENTIAL_MINUS_ONE:
    case CK_OP_HYPERBOLIC_TANGENT:
    case CK_OP_LOGISTIC: return 10;
    case CK_OP_LOGARITHM:
    case CK_OP_LOGARITHM_ONE_PLUS:
    case CK_OP_SINE:
    case CK_OP_COSINE: return 12;
    case CK_OP_GAUSSIAN_ERROR_LINEAR:
    case CK_OP_GAUSSIAN_ERROR_LINEAR_SLOPE: return 15;
    case CK_OP_TANGENT:
    case CK_OP_ARC_SINE:
    case CK_OP_ARC_COSINE:
    case CK_OP_ARC_TANGENT:
    case CK_OP_ARC_TANGENT_2:
    case CK_OP_HYPERBOLIC_SINE:
    case CK_OP_HYPERBOLIC_COSINE:
    case CK_OP_ERROR_FUNCTION: return 20;
    case CK_OP_INVERSE_ERROR_FUNCTION:
    case CK_OP_POWER: return 30;
    default: return 1;
  }
}
