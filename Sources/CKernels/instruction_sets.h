// What every kernel needs: the choice of the instruction set, and the 16-bit floats. Private to the
// target.
#ifndef RANVIER_INSTRUCTION_SETS_H
#define RANVIER_INSTRUCTION_SETS_H

#include <stdint.h>
#include <string.h>

// Compiles a function for AVX-512, AVX2 and plain x86-64; the loader picks one. Elsewhere the
// baseline of the architecture (NEON on arm64) is already what we want. The loader's choice comes
// before ThreadSanitizer is ready for the calls that it watches, so that its builds have no choice.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_WATCHES_THREADS
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && !defined(CK_WATCHES_THREADS)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif

// Helpers must be inlined: only then are they compiled for the instruction set of their caller.
#define CK_INLINE static inline __attribute__((always_inline))

typedef _Float16 ck_f16;

// A distinct type, so that a bf16 is never mistaken for a 16-bit integer.
typedef struct ck_bf16 {
  uint16_t bits;
} ck_bf16;

CK_INLINE float ck_from_bf16(ck_bf16 element) {
  uint32_t bits = (uint32_t)element.bits << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Rounds to nearest even. NaN keeps its upper bits and becomes quiet, since rounding its payload
// could carry into the exponent.
CK_INLINE ck_bf16 ck_to_bf16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  uint32_t quiet = (bits >> 16) | 0x40u;
  return (ck_bf16){(uint16_t)(value != value ? quiet : rounded)};
}

#endif
