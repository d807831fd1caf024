// Comparisons of all types; the result is bool.

#include "element_kernel.h"

#define CK_COMPARISONS(X, ...) \
  X(equal, CK_OP_EQUAL, ==, __VA_ARGS__) \
  X(not_equal, CK_OP_NOT_EQUAL, !=, __VA_ARGS__) \
  X(less, CK_OP_LESS, <, __VA_ARGS__) \
  X(less_or_equal, CK_OP_LESS_OR_EQUAL, <=, __VA_ARGS__) \
  X(greater, CK_OP_GREATER, >, __VA_ARGS__) \
  X(greater_or_equal, CK_OP_GREATER_OR_EQUAL, >=, __VA_ARGS__)

#define CK_COMPARISON(name, op, operator, suffix, storage) \
  CK_CLONES static void ck_##name##_##suffix(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage *a = in[0], *b = in[1]; \
    uint8_t *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { \
      to[i] = (uint8_t)(CK_LOAD_##suffix(a[i]) operator CK_LOAD_##suffix(b[i])); \
    } \
  }
#define CK_COMPARISON_TYPE(suffix, type, storage, computation, ...) \
  CK_COMPARISONS(CK_COMPARISON, suffix, storage)
CK_ALL_TYPES(CK_COMPARISON_TYPE)

#define CK_ENTRY(name, op, operator, suffix, type) [op][type] = ck_##name##_##suffix,
#define CK_ENTRIES(suffix, type, ...) CK_COMPARISONS(CK_ENTRY, suffix, type)

static const ck_block_kernel ck_comparison_kernels[CK_OP_COUNT][CK_TYPE_COUNT] = {
  CK_ALL_TYPES(CK_ENTRIES)
};

ck_block_kernel ck_comparison_kernel(ck_op op, ck_type type) {
  return ck_comparison_kernels[op][type];
}
