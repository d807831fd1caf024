// Elementary functions of f32, without branches, so that loops over them vectorise; and of f64 what
// the library lacks and several kernels need.
//
// Errors are at most 2-3 units in the last place over the whole range, subnormal results included.
// The polynomials are minimax fits made for Ranvier by Remez exchange in 50 digits, weighted so
// that they bound the relative error of the function; the bound is given with each. Nothing here
// assumes that infinities and NaN do not occur, nor that a fused multiply-add is available.
#ifndef RANVIER_ELEMENTWISE_MATH_H
#define RANVIER_ELEMENTWISE_MATH_H

#include "element_kernel.h"

#pragma STDC FP_CONTRACT ON

#define CK_PI_HIGH 0x1.921fb6p+1f         // pi rounded to f32
#define CK_PI_LOW -0x1.777a5cp-24f        // pi - CK_PI_HIGH
#define CK_HALF_PI_HIGH 0x1.921fb6p+0f
#define CK_HALF_PI_LOW -0x1.777a5cp-25f

// 2 to the power n for -126 <= n <= 127.
CK_INLINE float ck_power_of_two_f32(int32_t n) {
  return ck_from_bits_f32((uint32_t)(n + 127) << 23);
}

// ---------------------------------------------------------------------------------------------
// Exponentials

typedef struct ck_exponent_f32 {
  int32_t power;      // n
  float rest;         // exp(r) - 1
} ck_exponent_f32;

// Splits x = n ln 2 + r with |r| <= ln 2 / 2, for |x| < 2^14 or NaN (which gives a NaN rest).
CK_INLINE ck_exponent_f32 ck_split_exponential_f32(float x) {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const float magic = 0x1.8p+23f;
  float shifted = x * 0x1.715476p+0f + magic;
  int32_t power = (int32_t)(ck_bits_f32(shifted) - ck_bits_f32(magic));
  float n = shifted - magic;
  // ln 2 in two parts; the first, 355/512, has few enough bits for an exact product with n.
  float r = x - n * 0x1.63p-1f;
  r = r - n * -0x1.bd0106p-13f;
  // (exp(r) - 1 - r) / r^2, 2^-31.9
  float q = 0x1.a03136p-13f;
  q = q * r + 0x1.6d78dcp-10f;
  q = q * r + 0x1.111190p-7f;
  q = q * r + 0x1.5554aap-5f;
  q = q * r + 0x1.555554p-3f;
  q = q * r + 0x1p-1f;
  return (ck_exponent_f32){power, r + r * r * q};
}

// exp(x) * 2^shift for a shift of 0 or -1.
CK_INLINE float ck_exponential_scaled_f32(float x, int32_t shift) {
  // Beyond these bounds the result is 0 or infinity. The comparisons let NaN through.
  x = x < -105.0f ? -105.0f : x;
  x = x > 91.0f ? 91.0f : x;
  ck_exponent_f32 e = ck_split_exponential_f32(x);
  // 2^n may be out of range though the result is not; of two factors only the second one rounds.
  int32_t power = (int32_t)((uint32_t)e.power + (uint32_t)shift);
  int32_t half = power >> 1;
  return (1.0f + e.rest) * ck_power_of_two_f32(half) * ck_power_of_two_f32(power - half);
}

CK_INLINE float ck_exponential_f32(float x) { return ck_exponential_scaled_f32(x, 0); }

// exp(x) for -130 <= x <= 40 or NaN, in fewer instructions: 64 more than n is the exponent of a
// normal number.
CK_INLINE float ck_exponential_core_f32(float x) {
  ck_exponent_f32 e = ck_split_exponential_f32(x);
  return (1.0f + e.rest) * ck_power_of_two_f32(e.power + 64) * 0x1p-64f;
}

// exp(x) for x <= 40 or NaN.
CK_INLINE float ck_exponential_bounded_f32(float x) {
  return ck_exponential_core_f32(x < -105.0f ? -105.0f : x);
}

// exp(x) - 1 for -87 <= x <= 89 or NaN; the scale must stay a normal number.
CK_INLINE float ck_exponential_minus_one_core_f32(float x) {
  ck_exponent_f32 e = ck_split_exponential_f32(x);
  // Half the scale, doubled at the end, keeps n = 128 in range.
  float scale = ck_power_of_two_f32(e.power - 1);
  float result = 2.0f * (scale * e.rest + (scale - 0.5f));
  return e.power == 0 ? e.rest : result;
}

CK_INLINE float ck_exponential_minus_one_f32(float x) {
  float bounded = x < -30.0f ? -30.0f : x;
  bounded = bounded > 89.0f ? 89.0f : bounded;
  // The sign of a zero gets lost in the reduction.
  return __builtin_copysignf(ck_exponential_minus_one_core_f32(bounded), x);
}

CK_INLINE float ck_hyperbolic_tangent_f32(float x) {
  // tanh a = (exp(2 a) - 1) / (exp(2 a) + 1), which is 1 in f32 from 2 a = 18.1 on.
  float twice = 2.0f * __builtin_fabsf(x);
  twice = twice > 20.0f ? 20.0f : twice;
  float e = ck_exponential_minus_one_core_f32(twice);
  return __builtin_copysignf(e / (e + 2.0f), x);
}

CK_INLINE float ck_logistic_f32(float x) {
  // Only exp of negative numbers: no overflow, and full accuracy on both sides.
  float e = ck_exponential_bounded_f32(-__builtin_fabsf(x));
  return (x >= 0.0f ? 1.0f : e) / (1.0f + e);
}

CK_INLINE double ck_logistic_f64(double x) {
  double e = __builtin_exp(-__builtin_fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

CK_INLINE float ck_hyperbolic_sine_f32(float x) {
  float a = __builtin_fabsf(x), z = x * x;
  // (sinh(x) / x - 1) / x^2 for |x| <= 1, 2^-34.2
  float p = 0x1.7a15b0p-19f;
  p = p * z + 0x1.9ffe92p-13f;
  p = p * z + 0x1.111134p-7f;
  p = p * z + 0x1.555556p-3f;
  // exp(a) / 2 stays finite wherever sinh does.
  float half = ck_exponential_scaled_f32(a, -1);
  float large = __builtin_copysignf(half - 0.25f / half, x);
  return a < 1.0f ? x + x * (z * p) : large;
}

CK_INLINE float ck_hyperbolic_cosine_f32(float x) {
  float half = ck_exponential_scaled_f32(__builtin_fabsf(x), -1);
  return half + 0.25f / half;
}

// ---------------------------------------------------------------------------------------------
// Logarithms

// log((1 + f) 2^e) for 1 + f in [sqrt(1/2), sqrt(2)].
CK_INLINE float ck_logarithm_core_f32(float f, float e) {
  // (log(1 + f) - f + f^2 / 2) / f^3, 2^-30.3
  float p = 0x1.145840p-4f;
  p = p * f + -0x1.de3a8cp-4f;
  p = p * f + 0x1.e6ef42p-4f;
  p = p * f + -0x1.fc223cp-4f;
  p = p * f + 0x1.233782p-3f;
  p = p * f + -0x1.555c4cp-3f;
  p = p * f + 0x1.99a4b4p-3f;
  p = p * f + -0x1.000006p-2f;
  p = p * f + 0x1.555548p-2f;
  float square = f * f;
  // The small terms first; ln 2 in two parts as above, the first gives an exact product.
  float low = e * -0x1.bd0106p-13f + (f * square) * p;
  low = low - 0.5f * square;
  return e * 0x1.63p-1f + (f + low);
}

typedef struct ck_mantissa_f32 {
  int32_t power;
  float mantissa;     // in [sqrt(1/2), sqrt(2)]
} ck_mantissa_f32;

CK_INLINE ck_mantissa_f32 ck_split_mantissa_f32(float x) {
  const uint32_t root_half = 0x3f3504f3;    // sqrt(1/2)
  uint32_t bits = ck_bits_f32(x);
  int32_t power = (int32_t)(bits - root_half) >> 23;
  return (ck_mantissa_f32){power, ck_from_bits_f32(bits - ((uint32_t)power << 23))};
}

CK_INLINE float ck_logarithm_f32(float x) {
  bool subnormal = x < 0x1p-126f;
  ck_mantissa_f32 m = ck_split_mantissa_f32(subnormal ? x * 0x1p+23f : x);
  float e = (float)m.power - (subnormal ? 23.0f : 0.0f);
  float result = ck_logarithm_core_f32(m.mantissa - 1.0f, e);
  result = x < __builtin_inff() ? result : x;     // infinity and NaN
  result = x == 0.0f ? -__builtin_inff() : result;
  return x < 0.0f ? __builtin_nanf("") : result;
}

CK_INLINE float ck_logarithm_one_plus_f32(float x) {
  float u = 1.0f + x;
  // What rounding u lost, exactly.
  float lost = x >= 1.0f ? 1.0f - (u - x) : x - (u - 1.0f);
  ck_mantissa_f32 m = ck_split_mantissa_f32(u);
  // The mantissa of 1 + x less one; the lost part scales along. x itself if 1 + x is near one.
  float scale = ck_power_of_two_f32(-m.power < -126 ? -126 : -m.power);
  float f = m.power == 0 ? x : (m.mantissa - 1.0f) + lost * scale;
  float result = ck_logarithm_core_f32(f, (float)m.power);
  result = x < __builtin_inff() ? result : x;
  result = x == -1.0f ? -__builtin_inff() : result;
  result = x == 0.0f ? x : result;
  return x < -1.0f ? __builtin_nanf("") : result;
}

// ---------------------------------------------------------------------------------------------
// Error function

CK_INLINE float ck_error_function_f32(float x) {
  float a = __builtin_fabsf(x), z = x * x;
  // erf(x) / x - 1 for |x| < 0.921875, 2^-31.2
  float p = 0x1.5f116cp-14f;
  p = p * z + -0x1.aae994p-11f;
  p = p * z + 0x1.54dad8p-8f;
  p = p * z + -0x1.b8107cp-6f;
  p = p * z + 0x1.ce2e20p-4f;
  p = p * z + -0x1.812744p-2f;
  p = p * z + 0x1.06eba8p-3f;
  // -log(1 - erf(a)) up to 4, from where erf is 1 in f32; 2^-29.5
  float t = a > 4.0f ? 4.0f : a;
  float q = 0x1.266bf4p-16f;
  q = q * t + -0x1.96ad68p-12f;
  q = q * t + 0x1.00d07ep-8f;
  q = q * t + -0x1.8f99dcp-6f;
  q = q * t + 0x1.b68556p-4f;
  q = q * t + 0x1.44e0bep-1f;
  q = q * t + 0x1.20ffa2p+0f;
  q = q * t + -0x1.5e3402p-15f;
  float large = __builtin_copysignf(1.0f - ck_exponential_core_f32(-q), x);
  return a < 0.921875f ? x + x * p : large;
}

// The probability that a standard normal number is smaller than x, and the density at x.
typedef struct ck_normal_f32 {
  float probability, density;
} ck_normal_f32;

// For |x| <= 15, beyond which both are constant in f32.
CK_INLINE ck_normal_f32 ck_normal_f32_at(float x) {
  float a = __builtin_fabsf(x);
  float e = ck_exponential_core_f32(-0.5f * (a * a));
  // (1 - probability) / exp(-a^2 / 2), 2^-27.2
  float p = 0x1.102f72p-8f;
  p = p * a + 0x1.4ee610p-5f;
  p = p * a + 0x1.78c502p-3f;
  p = p * a + 0x1.c1d3bcp-2f;
  p = p * a + 0x1p-1f;
  float q = 0x1.55214cp-7f;
  q = q * a + 0x1.a3c220p-4f;
  q = q * a + 0x1.e2b936p-2f;
  q = q * a + 0x1.349ef2p+0f;
  q = q * a + 0x1.ad2c0ep+0f;
  q = q * a + 1.0f;
  float tail = e * (p / q);
  return (ck_normal_f32){x >= 0.0f ? 1.0f - tail : tail, 0x1.988454p-2f * e};
}

// x times the probability; -0 far below, not infinity times 0.
CK_INLINE float ck_gaussian_error_linear_f32(float x) {
  float low = x < -15.0f ? -15.0f : x;
  float bounded = low > 15.0f ? 15.0f : low;
  return low * ck_normal_f32_at(bounded).probability;
}

CK_INLINE float ck_gaussian_error_linear_slope_f32(float x) {
  float low = x < -15.0f ? -15.0f : x;
  float bounded = low > 15.0f ? 15.0f : low;
  ck_normal_f32 normal = ck_normal_f32_at(bounded);
  return normal.probability + bounded * normal.density;
}

// The inverse divided by x is a smooth function of w = -log(1 - x^2), and far out of sqrt(w); the
// choice of these variables is that of Giles, "Approximating the erfinv function" (2010).
CK_INLINE float ck_inverse_error_function_f32(float x) {
  float w = -ck_logarithm_f32((1.0f - x) * (1.0f + x));
  // w in [0, 5], 2^-27.4
  float t = w - 2.5f;
  float p = -0x1.2e0f08p-27f;
  p = p * t + 0x1.8f21e0p-26f;
  p = p * t + 0x1.f48c12p-22f;
  p = p * t + -0x1.d0c198p-19f;
  p = p * t + -0x1.4d15b2p-18f;
  p = p * t + 0x1.c9e6c6p-13f;
  p = p * t + -0x1.486616p-10f;
  p = p * t + -0x1.11c4ecp-8f;
  p = p * t + 0x1.f91e8ap-3f;
  p = p * t + 0x1.805c5ep+0f;
  // w in [5, 16], 2^-27.4
  float s = __builtin_elementwise_sqrt(w) - 3.0f;
  float q = 0x1.0e7690p-13f;
  q = q * s + -0x1.4e3558p-12f;
  q = q * s + -0x1.41619cp-14f;
  q = q * s + 0x1.882178p-10f;
  q = q * s + -0x1.d62746p-9f;
  q = q * s + 0x1.7473cap-8f;
  q = q * s + -0x1.f4a80ap-8f;
  q = q * s + 0x1.358424p-7f;
  q = q * s + 0x1.006dc8p+0f;
  q = q * s + 0x1.6a9efcp+1f;
  float result = x * (w < 5.0f ? p : q);
  return __builtin_fabsf(x) == 1.0f ? x * __builtin_inff() : result;
}

// ---------------------------------------------------------------------------------------------
// Trigonometry

// The largest argument that the reduction below is right for; beyond it, callers use libm.
#define CK_LARGEST_ANGLE 1.0e6f

typedef struct ck_angle_f32 {
  uint32_t quadrant;    // modulo 4 in the low bits
  float rest;           // in [-pi/4, pi/4]
} ck_angle_f32;

CK_INLINE ck_angle_f32 ck_reduce_angle_f32(float x) {
  // pi/2 in two f64 parts: the first has 33 bits, and the quadrant at most 20, so that their
  // product is exact. Enough for every f32, some of which are within 1e-9 of a multiple of pi/2.
  const double magic = 0x1.8p+52;
  double wide = (double)x;
  double shifted = wide * 0x1.45f306dc9c883p-1 + magic;
  double n = shifted - magic;
  double rest = (wide - n * 0x1.921fb544p+0) - n * 0x1.0b4611a626331p-34;
  return (ck_angle_f32){(uint32_t)ck_bits_f64(shifted), (float)rest};
}

CK_INLINE float ck_sine_or_cosine_f32(float r, uint32_t quadrant) {
  float z = r * r;
  // (sin(r) / r - 1) / r^2, 2^-37.5
  float s = 0x1.6cd0a8p-19f;
  s = s * z + -0x1.a00f7ap-13f;
  s = s * z + 0x1.111108p-7f;
  s = s * z + -0x1.555556p-3f;
  s = r + r * (z * s);
  // (cos(r) - 1 + r^2 / 2) / r^4, 2^-42.9
  float c = -0x1.241da4p-22f;
  c = c * z + 0x1.a010dap-16f;
  c = c * z + -0x1.6c16b8p-10f;
  c = c * z + 0x1.555556p-5f;
  c = 1.0f + (z * z * c - 0.5f * z);
  float result = (quadrant & 1) ? c : s;
  return (quadrant & 2) ? -result : result;
}

CK_INLINE float ck_sine_f32(float x) {
  ck_angle_f32 angle = ck_reduce_angle_f32(x);
  float result = ck_sine_or_cosine_f32(angle.rest, angle.quadrant);
  return x == 0.0f ? x : result;    // the reduction loses the sign of zero
}

CK_INLINE float ck_cosine_f32(float x) {
  ck_angle_f32 angle = ck_reduce_angle_f32(x);
  return ck_sine_or_cosine_f32(angle.rest, angle.quadrant + 1);
}

CK_INLINE float ck_tangent_f32(float x) {
  ck_angle_f32 angle = ck_reduce_angle_f32(x);
  float r = angle.rest, z = r * r;
  // (tan(r) / r - 1) / r^2, 2^-29.6
  float p = 0x1.1f2870p-8f;
  p = p * z + 0x1.4ab4dep-14f;
  p = p * z + 0x1.635634p-7f;
  p = p * z + 0x1.5ca30cp-6f;
  p = p * z + 0x1.badd14p-5f;
  p = p * z + 0x1.110d88p-3f;
  p = p * z + 0x1.555560p-2f;
  p = r + r * (z * p);
  float result = (angle.quadrant & 1) ? -1.0f / p : p;
  return x == 0.0f ? x : result;
}

// (asin(s) / s - 1) / s^2 at z = s^2 <= 1/4, 2^-31.8; gives asin(s).
CK_INLINE float ck_arc_sine_core_f32(float s, float z) {
  float p = 0x1.337136p-5f;
  p = p * z + 0x1.d8d49cp-7f;
  p = p * z + 0x1.04965ap-5f;
  p = p * z + 0x1.6cae4ap-5f;
  p = p * z + 0x1.333880p-4f;
  p = p * z + 0x1.55554cp-3f;
  return s + s * (z * p);
}

// Above 1/2: asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)).
CK_INLINE float ck_arc_sine_f32(float x) {
  float a = __builtin_fabsf(x);
  bool large = a > 0.5f;
  float z = large ? (1.0f - a) * 0.5f : a * a;
  float core = ck_arc_sine_core_f32(large ? __builtin_elementwise_sqrt(z) : a, z);
  float result = large ? CK_HALF_PI_HIGH - (2.0f * core - CK_HALF_PI_LOW) : core;
  return __builtin_copysignf(result, x);
}

CK_INLINE float ck_arc_cosine_f32(float x) {
  float a = __builtin_fabsf(x);
  bool large = a > 0.5f;
  float z = large ? (1.0f - a) * 0.5f : a * a;
  float core = ck_arc_sine_core_f32(large ? __builtin_elementwise_sqrt(z) : a, z);
  float middle = CK_HALF_PI_HIGH - (__builtin_copysignf(core, x) - CK_HALF_PI_LOW);
  float left = CK_PI_HIGH - (2.0f * core - CK_PI_LOW);
  float outer = x > 0.0f ? 2.0f * core : left;
  return large ? outer : middle;
}

// atan(t) for 0 <= t <= 1; (atan(t) / t - 1) / t^2, 2^-31.2
CK_INLINE float ck_arc_tangent_core_f32(float t) {
  float z = t * t;
  float p = 0x1.23fa22p-10f;
  p = p * z + -0x1.df9838p-8f;
  p = p * z + 0x1.714bbap-6f;
  p = p * z + -0x1.6e19fep-5f;
  p = p * z + 0x1.1422e8p-4f;
  p = p * z + -0x1.68e70cp-4f;
  p = p * z + 0x1.c4f1e4p-4f;
  p = p * z + -0x1.247374p-3f;
  p = p * z + 0x1.9997e0p-3f;
  p = p * z + -0x1.555552p-2f;
  return t + t * (z * p);
}

CK_INLINE float ck_arc_tangent_f32(float x) {
  float a = __builtin_fabsf(x);
  bool large = a > 1.0f;
  float core = ck_arc_tangent_core_f32((large ? 1.0f : a) / (large ? a : 1.0f));
  float result = large ? CK_HALF_PI_HIGH - (core - CK_HALF_PI_LOW) : core;
  return __builtin_copysignf(result, x);
}

CK_INLINE float ck_arc_tangent_2_f32(float y, float x) {
  float a = __builtin_fabsf(x), b = __builtin_fabsf(y);
  bool steep = b > a;
  float small = steep ? a : b, large = steep ? b : a;
  float ratio = small / large;
  ratio = large == 0.0f ? 0.0f : ratio;                    // both zero
  ratio = small == __builtin_inff() ? 1.0f : ratio;        // both infinite
  float core = ck_arc_tangent_core_f32(ratio);
  // The quadrant is the sum of a multiple of pi/2 and the core or its negative.
  bool negative = (int32_t)ck_bits_f32(x) < 0;
  float high = steep ? CK_HALF_PI_HIGH : negative ? CK_PI_HIGH : 0.0f;
  float low = steep ? CK_HALF_PI_LOW : negative ? CK_PI_LOW : 0.0f;
  float angle = steep == negative ? core : -core;
  float result = steep || negative ? high + (angle + low) : core;
  return x != x || y != y ? x + y : __builtin_copysignf(result, y);
}

// ---------------------------------------------------------------------------------------------
// Power

// Computes 2^(y log2 |x|) in f64, where every f32 is a normal number and an exponent up to 150 with
// a relative error of 2^-44 leaves the f32 result correctly rounded but for rare ties. Special
// cases are those of C's pow.
CK_INLINE float ck_power_f32(float x, float y) {
  double a = (double)__builtin_fabsf(x);
  // Mantissa in [sqrt(1/2), sqrt(2)]. The bias keeps the exponent positive, and the addition of
  // 2^52 by its bits makes it a float, since AVX2 has neither signed 64-bit shifts nor conversions.
  const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd);
  uint64_t bits = ck_bits_f64(a);
  uint64_t biased = (bits - root_half + (UINT64_C(1024) << 52)) >> 52;
  double e = ck_from_bits_f64(UINT64_C(0x4330000000000000) | biased) - (0x1p+52 + 1024.0);
  double m = ck_from_bits_f64(bits - (biased << 52) + (UINT64_C(1024) << 52));
  double s = (m - 1.0) / (m + 1.0), z = s * s;
  // log2((1 + s) / (1 - s)) / s, 2^-45.1
  double p = 0x1.21b6004117838p-2;
  p = p * z + 0x1.4794fff28b706p-2;
  p = p * z + 0x1.a61a30c3bb235p-2;
  p = p * z + 0x1.2776c290e9fecp-1;
  p = p * z + 0x1.ec709dc53e4a1p-1;
  p = p * z + 0x1.71547652b8250p+1;
  double logarithm = e + s * p;
  logarithm = a == 0.0 ? -__builtin_inf() : logarithm;
  logarithm = a < __builtin_inf() ? logarithm : a;      // infinity and NaN
  double t = (double)y * logarithm;
  t = t > 200.0 ? 200.0 : t;
  t = t < -200.0 ? -200.0 : t;
  const double magic = 0x1.8p+52;
  double shifted = t + magic;
  double r = t - (shifted - magic);
  // 2^r for |r| <= 1/2, 2^-40.2
  double q = 0x1.61af9d501892fp-20;
  q = q * r + 0x1.00daeac794bc6p-16;
  q = q * r + 0x1.430acd110fd83p-13;
  q = q * r + 0x1.5d874813fa562p-10;
  q = q * r + 0x1.3b2ab5c4bf403p-7;
  q = q * r + 0x1.c6b08dd48b27cp-5;
  q = q * r + 0x1.ebfbdff93210cp-3;
  q = q * r + 0x1.62e42fef860a2p-1;
  q = q * r + 0x1.ffffffffff79fp-1;
  double scale = ck_from_bits_f64((ck_bits_f64(shifted) + 1023) << 52);
  float result = (float)(q * scale);
  // |x| = 1 with an infinite y is 0 * inf above.
  result = a == 1.0 && y == y ? 1.0f : result;
  bool integer = __builtin_elementwise_trunc(y) == y;
  bool odd = integer && __builtin_elementwise_trunc(0.5f * y) != 0.5f * y;
  bool negative = (int32_t)ck_bits_f32(x) < 0;
  result = negative && odd ? -result : result;
  bool undefined = x < 0.0f && x > -__builtin_inff() && !integer;
  result = undefined ? __builtin_nanf("") : result;
  return x == 1.0f || y == 0.0f ? 1.0f : result;
}

#endif
