// What the convolutions of winograd.c and their gradients share.
#ifndef RANVIER_WINOGRAD_H
#define RANVIER_WINOGRAD_H

#include "element_kernel.h"
#include "gemm_tile.h"

#define CK_NEAR 0.75f
#define CK_FAR 1.5f
#define CK_NEAR2 (CK_NEAR * CK_NEAR)
#define CK_FAR2 (CK_FAR * CK_FAR)
// What the kernel's values at the points are divided by.
#define CK_ZERO_SCALE (1.0f / (CK_NEAR2 * CK_FAR2))
#define CK_NEAR_SCALE (1.0f / (2.0f * CK_NEAR2 * (CK_NEAR2 - CK_FAR2)))
#define CK_FAR_SCALE (1.0f / (2.0f * CK_FAR2 * (CK_FAR2 - CK_NEAR2)))

#define CK_POINTS 6
#define CK_PLACES 36
#define CK_OUTPUTS 4
#define CK_SKEW 16                   // elements between places, so that they lie in different sets

typedef struct ck_winograd_run {
  const ck_convolution *convolution;
  float *result;
  const float *input, *kernel, *bias, *residual;
  float *space;             // transformed input of a group, then products; for each lane if `owns`
  size_t rows, columns;     // of tiles in an image
  size_t tiles, group;      // all, and those of a group
  size_t groups, lanes, panels;
  size_t lane_space;        // elements of a lane's part of `space`
  bool owns;
  size_t shared_first, shared_count;   // the group that threads share now
} ck_winograd_run;

CK_INLINE size_t ck_place_stride(size_t group, size_t channels) { return group * channels + CK_SKEW; }

ck_winograd_run ck_plan_winograd(const ck_convolution *c, size_t lanes);

// Tiles first ..< first + count of the input, to [36, group, channels].
void ck_transform_input(const ck_winograd_run *run, size_t group_first, size_t first, size_t count,
                        float *transformed);

typedef struct ck_tile_place {
  size_t image, row, column;   // of the output
} ck_tile_place;

CK_INLINE ck_tile_place ck_tile_at(const ck_winograd_run *run, size_t tile) {
  size_t in_image = run->rows * run->columns, place = tile % in_image;
  return (ck_tile_place){
    tile / in_image, place / run->columns * CK_OUTPUTS, place % run->columns * CK_OUTPUTS,
  };
}

#endif
