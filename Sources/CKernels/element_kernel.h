// What the block kernels share: choice of the instruction set, vector loops, lists of element types
// and conversions of the 16-bit floats.
#ifndef RANVIER_ELEMENT_KERNEL_H
#define RANVIER_ELEMENT_KERNEL_H

#include "ckernels.h"
#include "instruction_sets.h"

#include <stdint.h>
#include <string.h>

// An output is either the same buffer as an input or does not overlap it, so that no iteration
// depends on another one. The compiler's own check would take the same buffer for a conflict.
#define CK_VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")

// A multiplication and the addition of its result, in one expression, may become one instruction.
// Vector code and the code for the remaining elements are contracted alike, so that the result for
// an element does not depend on its position.
#pragma STDC FP_CONTRACT ON

#define CK_KERNEL_PARAMETERS void *out, const void *const *in, size_t start, size_t n

// ---------------------------------------------------------------------------------------------
// Element types: X(suffix, type, storage, computation, ...). The computation type of integers is
// unsigned, because it wraps; that of 16-bit floats is float.

#define CK_SIGNED_TYPES(X, ...) \
  X(i8, CK_I8, int8_t, uint8_t, __VA_ARGS__) \
  X(i16, CK_I16, int16_t, uint16_t, __VA_ARGS__) \
  X(i32, CK_I32, int32_t, uint32_t, __VA_ARGS__) \
  X(i64, CK_I64, int64_t, uint64_t, __VA_ARGS__)

#define CK_UNSIGNED_TYPES(X, ...) \
  X(u8, CK_U8, uint8_t, uint8_t, __VA_ARGS__) \
  X(u16, CK_U16, uint16_t, uint16_t, __VA_ARGS__) \
  X(u32, CK_U32, uint32_t, uint32_t, __VA_ARGS__) \
  X(u64, CK_U64, uint64_t, uint64_t, __VA_ARGS__)

#define CK_INTEGER_TYPES(X, ...) CK_SIGNED_TYPES(X, __VA_ARGS__) CK_UNSIGNED_TYPES(X, __VA_ARGS__)

#define CK_SMALL_FLOAT_TYPES(X, ...) \
  X(f16, CK_F16, ck_f16, float, __VA_ARGS__) \
  X(bf16, CK_BF16, ck_bf16, float, __VA_ARGS__) \
  X(f32, CK_F32, float, float, __VA_ARGS__)

#define CK_DOUBLE_TYPE(X, ...) X(f64, CK_F64, double, double, __VA_ARGS__)

#define CK_FLOAT_TYPES(X, ...) CK_SMALL_FLOAT_TYPES(X, __VA_ARGS__) CK_DOUBLE_TYPE(X, __VA_ARGS__)

#define CK_BOOL_TYPE(X, ...) X(b8, CK_BOOL, uint8_t, uint8_t, __VA_ARGS__)

#define CK_ALL_TYPES(X, ...) \
  CK_BOOL_TYPE(X, __VA_ARGS__) CK_INTEGER_TYPES(X, __VA_ARGS__) CK_FLOAT_TYPES(X, __VA_ARGS__)


// ---------------------------------------------------------------------------------------------
// Bits of floats

CK_INLINE uint32_t ck_bits_f32(float x) {
  union { float value; uint32_t bits; } both = {.value = x};
  return both.bits;
}

CK_INLINE float ck_from_bits_f32(uint32_t bits) {
  union { uint32_t bits; float value; } both = {.bits = bits};
  return both.value;
}

CK_INLINE uint64_t ck_bits_f64(double x) {
  union { double value; uint64_t bits; } both = {.value = x};
  return both.bits;
}

CK_INLINE double ck_from_bits_f64(uint64_t bits) {
  union { uint64_t bits; double value; } both = {.bits = bits};
  return both.value;
}

// Loads convert a stored element to its computation type, stores convert back.
#define CK_LOAD_i8(x) (x)
#define CK_LOAD_i16(x) (x)
#define CK_LOAD_i32(x) (x)
#define CK_LOAD_i64(x) (x)
#define CK_LOAD_u8(x) (x)
#define CK_LOAD_u16(x) (x)
#define CK_LOAD_u32(x) (x)
#define CK_LOAD_u64(x) (x)
#define CK_LOAD_b8(x) (x)
#define CK_LOAD_f16(x) ((float)(x))
#define CK_LOAD_bf16(x) ck_from_bf16(x)
#define CK_LOAD_f32(x) (x)
#define CK_LOAD_f64(x) (x)

#define CK_STORE_f16(x) ((ck_f16)(x))
#define CK_STORE_bf16(x) ck_to_bf16(x)
#define CK_STORE_f32(x) (x)
#define CK_STORE_f64(x) (x)

// Kernels of one arity each; NULL for what they lack.
ck_block_kernel ck_unary_kernel(ck_op op, ck_type type);
ck_block_kernel ck_unary_math_kernel(ck_op op, ck_type type);
ck_block_kernel ck_binary_kernel(ck_op op, ck_type type);
ck_block_kernel ck_binary_math_kernel(ck_op op, ck_type type);
ck_block_kernel ck_comparison_kernel(ck_op op, ck_type type);
ck_block_kernel ck_ternary_kernel(ck_op op, ck_type type);

// Size of the elements that a kernel writes if it is a cast or makes random bits and that is more
// than `size`, else `size`: other kernels write elements no larger than those they read.
size_t ck_widened_size(ck_block_kernel kernel, size_t size);

#endif
