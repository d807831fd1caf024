// The inner loops of f32 matrix products and convolutions for AVX-512, in portable vector code.
//
// A tile is a few rows by up to four vectors of columns of the result, which stay in registers while
// the depth passes by: of each step one vector load for each 16 columns and one broadcast for each
// row. On processors with two 512-bit units that keeps both busy from the first-level cache, and from
// the second for the right operand, so that nothing has to be copied into panels first.
#ifndef RANVIER_GEMM_TILE_H
#define RANVIER_GEMM_TILE_H

#include "instruction_sets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Products are added in one instruction, in tiles of all sizes, so that an element's value does not
// depend on where the tiles' borders are.
#pragma STDC FP_CONTRACT ON

#define CK_LANES 16
#define CK_PANEL 64   // columns of a whole panel

typedef float ck_v16 __attribute__((ext_vector_type(16), aligned(4)));

#if defined(__x86_64__)
#define CK_WIDE __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#else
#define CK_WIDE
#endif

// What happens to a tile when its last products have been added.
typedef struct ck_tile_end {
  const float *bias;   // of the tile's first column, or NULL
  bool is_last;        // whether the depth ends here
  bool rectifies;
} ck_tile_end;

#define CK_UNROLL _Pragma("clang loop unroll(full)")

// Rows x (16 vectors) columns: result = start + left * right. left(i, k) is left[i][k * left_step];
// start has the result's stride, may be the result, and is zeros if NULL.
#define CK_DEFINE_TILE(rows, vectors)                                                             \
  CK_WIDE static void ck_tile_##rows##x##vectors(                                                 \
      size_t depth, const float *const *left, size_t left_step, const float *right,               \
      size_t right_stride, const float *start, float *result, size_t result_stride,               \
      const ck_tile_end *end) {                                                                   \
    ck_v16 sum[rows][vectors];                                                                    \
    const float *a[rows];                                                                         \
    CK_UNROLL for (size_t i = 0; i < rows; i++) {                                                 \
      a[i] = left[i];                                                                             \
      CK_UNROLL for (size_t j = 0; j < vectors; j++) {                                            \
        sum[i][j] = start                                                                         \
          ? *(const ck_v16 *)(start + i * result_stride + j * CK_LANES) : (ck_v16)0.0f;           \
      }                                                                                           \
    }                                                                                             \
    for (size_t k = 0; k < depth; k++) {                                                          \
      ck_v16 b[vectors];                                                                          \
      CK_UNROLL for (size_t j = 0; j < vectors; j++) {                                            \
        b[j] = *(const ck_v16 *)(right + j * CK_LANES);                                           \
      }                                                                                           \
      CK_UNROLL for (size_t i = 0; i < rows; i++) {                                               \
        ck_v16 value = (ck_v16)a[i][k * left_step];                                               \
        CK_UNROLL for (size_t j = 0; j < vectors; j++) sum[i][j] += value * b[j];                 \
      }                                                                                           \
      right += right_stride;                                                                      \
    }                                                                                             \
    if (end->is_last) {                                                                           \
      CK_UNROLL for (size_t j = 0; j < vectors; j++) {                                            \
        if (end->bias) {                                                                          \
          ck_v16 bias = *(const ck_v16 *)(end->bias + j * CK_LANES);                              \
          CK_UNROLL for (size_t i = 0; i < rows; i++) sum[i][j] += bias;                          \
        }                                                                                         \
        if (end->rectifies) {                                                                     \
          CK_UNROLL for (size_t i = 0; i < rows; i++) {                                           \
            sum[i][j] = sum[i][j] < 0.0f ? (ck_v16)0.0f : sum[i][j];                              \
          }                                                                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    CK_UNROLL for (size_t i = 0; i < rows; i++) {                                                 \
      CK_UNROLL for (size_t j = 0; j < vectors; j++) {                                            \
        *(ck_v16 *)(result + i * result_stride + j * CK_LANES) = sum[i][j];                       \
      }                                                                                           \
    }                                                                                             \
  }

#define CK_DEFINE_TILES(vectors)                                                                  \
  CK_DEFINE_TILE(1, vectors) CK_DEFINE_TILE(2, vectors) CK_DEFINE_TILE(3, vectors)                \
  CK_DEFINE_TILE(4, vectors) CK_DEFINE_TILE(5, vectors) CK_DEFINE_TILE(6, vectors)

typedef void (*ck_tile)(size_t, const float *const *, size_t, const float *, size_t, const float *,
                        float *, size_t, const ck_tile_end *);

// The most rows of a tile.
#define CK_TILE_ROWS 6

// Tiles by vectors - 1 and rows - 1.
extern const ck_tile ck_tiles[4][CK_TILE_ROWS];

// panel[k, j] = right[j, k] for `width` columns; strides in elements.
void ck_transpose_panel(float *panel, size_t panel_stride, const float *right, size_t stride,
                        size_t depth, size_t width);

// Fewer operations than this are done sooner than another thread is woken.
#define CK_TASK_OPERATIONS 700000.0

// Whether work is worth more than one thread.
CK_INLINE bool ck_is_shared(double operations) { return operations >= 2 * CK_TASK_OPERATIONS; }

// How many of several equal tasks a thread should get at least.
CK_INLINE size_t ck_task_grain(double operations, size_t tasks) {
  if (!ck_is_shared(operations)) return tasks;
  double share = operations / (double)tasks;
  return share < CK_TASK_OPERATIONS ? (size_t)(CK_TASK_OPERATIONS / share) + 1 : 1;
}

#endif
