// Euclidean norms whose squares overflow or vanish. Norms are roots of sums of squares first; the few
// that have left the safe range are computed once more, from elements near 1.

#include "kernel_types.h"

// The norm of `count` elements. Only the square of what the largest element would not notice vanishes.
#define DEFINE_SCALED_NORM(name, element)                                           \
  static double scaled_norm_##name(const element *in, size_t count, size_t stride) { \
    double largest = 0;                                                             \
    for (size_t i = 0; i < count; i++) {                                            \
      double magnitude = fabs((double)ck_load_##name(in[i * stride]));              \
      if (magnitude > largest) largest = magnitude;                                 \
    }                                                                               \
    if (largest == 0 || isinf(largest)) return largest;                             \
    int exponent;                                                                   \
    frexp(largest, &exponent);                                                      \
    /* A larger factor than 2^1000 would be infinite for the smallest numbers. */   \
    if (exponent < -1000) exponent = -1000;                                         \
    double factor = ldexp(1, -exponent), sum = 0;                                   \
    for (size_t i = 0; i < count; i++) {                                            \
      double scaled = (double)ck_load_##name(in[i * stride]) * factor;              \
      sum += scaled * scaled;                                                       \
    }                                                                               \
    return ldexp(sqrt(sum), exponent);                                              \
  }

// Squares that vanish in sums from `safest` on make no difference to them. NaN needs no correction.
#define DEFINE_CORRECTION(name, element, value, safest)                                        \
  DEFINE_SCALED_NORM(name, element)                                                            \
  static void correct_##name(element *out, const element *in, size_t begin, size_t end,        \
                             size_t reduced, size_t inner) {                                   \
    for (size_t i = begin; i < end; i++) {                                                     \
      double norm = (double)ck_load_##name(out[i]);                                            \
      if ((norm >= safest && norm < INFINITY) || norm != norm) continue;                       \
      const element *first = in + i / inner * reduced * inner + i % inner;                     \
      out[i] = ck_store_##name((value)scaled_norm_##name(first, reduced, inner));              \
    }                                                                                          \
  }
DEFINE_CORRECTION(f16, _Float16, float, 0)
DEFINE_CORRECTION(bf16, ck_bf16, float, 0x1p-48)
DEFINE_CORRECTION(f32, float, float, 0x1p-48)
DEFINE_CORRECTION(f64, double, double, 0x1p-480)

void ck_correct_norms(ck_type type, void *out, const void *in, size_t begin, size_t end,
                      size_t reduced, size_t inner) {
  switch (type) {
    case CK_F16: correct_f16(out, in, begin, end, reduced, inner); break;
    case CK_BF16: correct_bf16(out, in, begin, end, reduced, inner); break;
    case CK_F32: correct_f32(out, in, begin, end, reduced, inner); break;
    default: correct_f64(out, in, begin, end, reduced, inner); break;
  }
}
