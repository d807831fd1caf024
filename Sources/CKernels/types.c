// Properties of element types.

#include "ckernels.h"

size_t ck_type_size(ck_type type) {
  static const uint8_t sizes[CK_TYPE_COUNT] = {
    [CK_BOOL] = 1,
    [CK_I8] = 1, [CK_I16] = 2, [CK_I32] = 4, [CK_I64] = 8,
    [CK_U8] = 1, [CK_U16] = 2, [CK_U32] = 4, [CK_U64] = 8,
    [CK_F16] = 2, [CK_BF16] = 2, [CK_F32] = 4, [CK_F64] = 8,
  };
  return sizes[type];
}
