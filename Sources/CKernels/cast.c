// Conversions between all element types.

#include "element_kernel.h"

// ---------------------------------------------------------------------------------------------
// To 16-bit floats from wider types with a single rounding. Rounding to f32 on the way must be "to
// odd": towards zero, then with the last bit set if anything was lost. The 16-bit formats are so
// much narrower than f32 that the second rounding, to nearest, then sees which side of a tie it is
// on.

CK_INLINE float ck_round_to_odd(double x) {
  float nearest = (float)x;
  uint32_t bits = ck_bits_f32(nearest);
  bool inexact = (double)nearest != x;
  bool away = __builtin_fabs((double)nearest) > __builtin_fabs(x);
  bits = away ? bits - 1 : bits;
  // NaN arrives here as inexact and stays NaN.
  return ck_from_bits_f32(inexact ? bits | 1 : bits);
}

// An i64 or u64 as f64, rounded to odd: integers beyond 2^53 get their last 11 bits folded into
// one.
CK_INLINE double ck_i64_to_odd_f64(int64_t x) {
  uint64_t bits = (uint64_t)x;
  uint64_t folded = (bits & ~UINT64_C(0x7ff)) | ((bits & 0x7ff) != 0 ? UINT64_C(0x800) : 0);
  bool small = x < INT64_C(1) << 53 && x > -(INT64_C(1) << 53);
  return (double)(small ? x : (int64_t)folded);
}

CK_INLINE double ck_u64_to_odd_f64(uint64_t x) {
  uint64_t folded = (x & ~UINT64_C(0x7ff)) | ((x & 0x7ff) != 0 ? UINT64_C(0x800) : 0);
  return (double)(x < UINT64_C(1) << 53 ? x : folded);
}

// f32 of the right value, or rounded to odd, from any type.
#define CK_TO_ODD_b8(x) ((float)((x) != 0))
#define CK_TO_ODD_i8(x) ((float)(x))
#define CK_TO_ODD_i16(x) ((float)(x))
#define CK_TO_ODD_i32(x) ck_round_to_odd((double)(x))
#define CK_TO_ODD_i64(x) ck_round_to_odd(ck_i64_to_odd_f64(x))
#define CK_TO_ODD_u8(x) ((float)(x))
#define CK_TO_ODD_u16(x) ((float)(x))
#define CK_TO_ODD_u32(x) ck_round_to_odd((double)(x))
#define CK_TO_ODD_u64(x) ck_round_to_odd(ck_u64_to_odd_f64(x))
#define CK_TO_ODD_f16(x) ((float)(x))
#define CK_TO_ODD_bf16(x) ck_from_bf16(x)
#define CK_TO_ODD_f32(x) (x)
#define CK_TO_ODD_f64(x) ck_round_to_odd(x)

// ---------------------------------------------------------------------------------------------
// Floats to integers: truncated and saturated. `limit` is 2 to the number of value bits, exact in
// every float type, and one more than the largest value; the smallest is -limit or 0.

#define CK_SATURATE(suffix, storage, computation, name, smallest, largest, limit) \
  CK_INLINE storage ck_saturate_##suffix##_##name(computation x) { \
    const computation above = (computation)(limit), least = (computation)(smallest); \
    /* Converting what does not fit is undefined; NaN fails both comparisons and gives 0. */ \
    storage result = (storage)(x >= least && x < above ? x : 0); \
    result = x >= above ? (storage)(largest) : result; \
    return x < least ? (storage)(smallest) : result; \
  }
#define CK_SATURATE_BOTH(suffix, storage, smallest, largest, limit) \
  CK_SATURATE(suffix, storage, float, f32, smallest, largest, limit) \
  CK_SATURATE(suffix, storage, double, f64, smallest, largest, limit)

CK_SATURATE_BOTH(i8, int8_t, INT8_MIN, INT8_MAX, 0x1p+7)
CK_SATURATE_BOTH(i16, int16_t, INT16_MIN, INT16_MAX, 0x1p+15)
CK_SATURATE_BOTH(i32, int32_t, INT32_MIN, INT32_MAX, 0x1p+31)
CK_SATURATE_BOTH(i64, int64_t, INT64_MIN, INT64_MAX, 0x1p+63)
CK_SATURATE_BOTH(u8, uint8_t, 0, UINT8_MAX, 0x1p+8)
CK_SATURATE_BOTH(u16, uint16_t, 0, UINT16_MAX, 0x1p+16)
CK_SATURATE_BOTH(u32, uint32_t, 0, UINT32_MAX, 0x1p+32)
CK_SATURATE_BOTH(u64, uint64_t, 0, UINT64_MAX, 0x1p+64)

// ---------------------------------------------------------------------------------------------
// Kernels ck_cast_<from>_<to>

#define CK_CAST(from, to_name, storage_from, storage_to, expression) \
  CK_CLONES static void ck_cast_##from##_##to_name(CK_KERNEL_PARAMETERS) { \
    (void)start; \
    const storage_from *a = in[0]; \
    storage_to *to = out; \
    CK_VECTOR_LOOP \
    for (size_t i = 0; i < n; i++) { to[i] = expression; } \
  }

// The lists of types are nested here, and a macro does not expand inside itself. So the source
// types are spelled out once more, as a macro over target types for each.

#define CK_FROM_INTEGER(from, storage_from) \
  CK_CAST(from, b8, storage_from, uint8_t, (uint8_t)(a[i] != 0)) \
  CK_CAST(from, i8, storage_from, int8_t, (int8_t)a[i]) \
  CK_CAST(from, i16, storage_from, int16_t, (int16_t)a[i]) \
  CK_CAST(from, i32, storage_from, int32_t, (int32_t)a[i]) \
  CK_CAST(from, i64, storage_from, int64_t, (int64_t)a[i]) \
  CK_CAST(from, u8, storage_from, uint8_t, (uint8_t)a[i]) \
  CK_CAST(from, u16, storage_from, uint16_t, (uint16_t)a[i]) \
  CK_CAST(from, u32, storage_from, uint32_t, (uint32_t)a[i]) \
  CK_CAST(from, u64, storage_from, uint64_t, (uint64_t)a[i]) \
  CK_CAST(from, f16, storage_from, ck_f16, CK_STORE_f16(CK_TO_ODD_##from(a[i]))) \
  CK_CAST(from, bf16, storage_from, ck_bf16, CK_STORE_bf16(CK_TO_ODD_##from(a[i]))) \
  CK_CAST(from, f32, storage_from, float, (float)a[i]) \
  CK_CAST(from, f64, storage_from, double, (double)a[i])

// `computation` is f32 or f64, the type that conversions to integers start from.
#define CK_FROM_FLOAT(from, storage_from, computation) \
  CK_CAST(from, b8, storage_from, uint8_t, (uint8_t)(CK_LOAD_##from(a[i]) != 0)) \
  CK_CAST(from, i8, storage_from, int8_t, ck_saturate_i8_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, i16, storage_from, int16_t, ck_saturate_i16_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, i32, storage_from, int32_t, ck_saturate_i32_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, i64, storage_from, int64_t, ck_saturate_i64_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, u8, storage_from, uint8_t, ck_saturate_u8_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, u16, storage_from, uint16_t, ck_saturate_u16_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, u32, storage_from, uint32_t, ck_saturate_u32_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, u64, storage_from, uint64_t, ck_saturate_u64_##computation(CK_LOAD_##from(a[i]))) \
  CK_CAST(from, f16, storage_from, ck_f16, CK_STORE_f16(CK_TO_ODD_##from(a[i]))) \
  CK_CAST(from, bf16, storage_from, ck_bf16, CK_STORE_bf16(CK_TO_ODD_##from(a[i]))) \
  CK_CAST(from, f32, storage_from, float, (float)CK_LOAD_##from(a[i])) \
  CK_CAST(from, f64, storage_from, double, (double)CK_LOAD_##from(a[i]))

#define CK_FROM_INTEGER_TYPE(suffix, type, storage, ...) CK_FROM_INTEGER(suffix, storage)
CK_BOOL_TYPE(CK_FROM_INTEGER_TYPE)
CK_INTEGER_TYPES(CK_FROM_INTEGER_TYPE)
#define CK_FROM_SMALL_FLOAT_TYPE(suffix, type, storage, ...) CK_FROM_FLOAT(suffix, storage, f32)
CK_SMALL_FLOAT_TYPES(CK_FROM_SMALL_FLOAT_TYPE)
CK_FROM_FLOAT(f64, double, f64)

#define CK_ROW(suffix, type, ...) \
  [type] = { \
    [CK_BOOL] = ck_cast_##suffix##_b8, \
    [CK_I8] = ck_cast_##suffix##_i8, [CK_I16] = ck_cast_##suffix##_i16, \
    [CK_I32] = ck_cast_##suffix##_i32, [CK_I64] = ck_cast_##suffix##_i64, \
    [CK_U8] = ck_cast_##suffix##_u8, [CK_U16] = ck_cast_##suffix##_u16, \
    [CK_U32] = ck_cast_##suffix##_u32, [CK_U64] = ck_cast_##suffix##_u64, \
    [CK_F16] = ck_cast_##suffix##_f16, [CK_BF16] = ck_cast_##suffix##_bf16, \
    [CK_F32] = ck_cast_##suffix##_f32, [CK_F64] = ck_cast_##suffix##_f64, \
  },

static const ck_block_kernel ck_casts[CK_TYPE_COUNT][CK_TYPE_COUNT] = {
  CK_ALL_TYPES(CK_ROW)
};

ck_block_kernel ck_cast_kernel(ck_type from, ck_type to) {
  // A 16-bit float keeps its bits, signalling NaN included.
  return from == to ? ck_op_kernel(CK_OP_COPY, from) : ck_casts[from][to];
}

size_t ck_widened_size(ck_block_kernel kernel, size_t size) {
  if (kernel == ck_random_bits_u32) return size < sizeof(uint32_t) ? sizeof(uint32_t) : size;
  for (int to = 0; to < CK_TYPE_COUNT; to++) {
    size_t written = ck_type_size((ck_type)to);
    if (written <= size) continue;
    for (int from = 0; from < CK_TYPE_COUNT; from++) {
      if (ck_casts[from][to] == kernel) return written;
    }
  }
  return size;
}
