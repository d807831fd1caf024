// Gradients of the kernels of winograd.c's convolutions: three by three results of windows of four by
// four, the gradients of the outputs, over six by six elements of the input, summed over all tiles.
//
// For each place the sum over tiles is a matrix product. The tiles of small kernels are cut into
// parts with sums of their own, which are added in the end; large kernels have one sum, of which each
// thread takes places. How the work is cut depends on the sizes only.

#include "winograd.h"

#define CK_GRADIENT_GROUP (640 << 10)    // bytes of a group's buffers where threads have their own
#define CK_GRADIENT_SHARED (2400 << 10)  // the same where they share it
#define CK_GRADIENT_SUMS (640 << 10)     // bytes of the sums of a part
#define CK_GRADIENT_PARTS 8

typedef struct ck_winograd_gradient {
  ck_winograd_run tiles;
  const float *gradient;
  float *space;                       // of each lane: transformed inputs, transformed gradients
  float *sums;                        // of each part: [36, input channels, output channels]
  float *result;
  size_t parts, part_groups;
  size_t input_space, lane_space, sum_count;
} ck_winograd_gradient;

CK_INLINE CK_WIDE void ck_gradient_points(ck_v16 to[CK_POINTS], const ck_v16 from[CK_OUTPUTS]) {
  ck_v16 near_even = CK_NEAR_SCALE * (from[0] + CK_NEAR2 * from[2]);
  ck_v16 near_odd = (CK_NEAR_SCALE * CK_NEAR) * (from[1] + CK_NEAR2 * from[3]);
  ck_v16 far_even = CK_FAR_SCALE * (from[0] + CK_FAR2 * from[2]);
  ck_v16 far_odd = (CK_FAR_SCALE * CK_FAR) * (from[1] + CK_FAR2 * from[3]);
  to[0] = CK_ZERO_SCALE * from[0];
  to[1] = near_even + near_odd;
  to[2] = near_even - near_odd;
  to[3] = far_even + far_odd;
  to[4] = far_even - far_odd;
  to[5] = from[3];
}

CK_INLINE CK_WIDE void ck_tap_points(ck_v16 to[3], const ck_v16 from[CK_POINTS]) {
  ck_v16 near_sum = from[1] + from[2], far_sum = from[3] + from[4];
  to[0] = from[0] + near_sum + far_sum;
  to[1] = CK_NEAR * (from[1] - from[2]) + CK_FAR * (from[3] - from[4]);
  to[2] = CK_NEAR2 * near_sum + CK_FAR2 * far_sum + from[5];
}

static ck_winograd_gradient ck_plan_winograd_gradient(const ck_convolution *c, size_t lanes) {
  ck_winograd_gradient run = {.tiles = ck_plan_winograd(c, lanes), .parts = 1};
  size_t tiles = run.tiles.tiles;
  run.sum_count = CK_PLACES * c->input_channels * c->output_channels;
  bool owns = run.sum_count * sizeof(float) <= CK_GRADIENT_SUMS;
  size_t bytes = CK_PLACES * sizeof(float) * (c->input_channels + c->output_channels);
  size_t group = (owns ? CK_GRADIENT_GROUP : CK_GRADIENT_SHARED) / bytes;
  if (group < CK_LANES) group = CK_LANES;
  size_t groups = (tiles + group - 1) / group;
  if (owns) {
    run.parts = groups < CK_GRADIENT_PARTS ? groups : CK_GRADIENT_PARTS;
    groups = (groups + run.parts - 1) / run.parts * run.parts;
  }
  run.tiles.group = (tiles + groups - 1) / groups;
  run.tiles.groups = (tiles + run.tiles.group - 1) / run.tiles.group;
  run.part_groups = (run.tiles.groups + run.parts - 1) / run.parts;
  run.parts = (run.tiles.groups + run.part_groups - 1) / run.part_groups;
  run.tiles.owns = run.parts > 1;
  run.input_space = CK_PLACES * ck_place_stride(run.tiles.group, c->input_channels);
  run.lane_space =
    run.input_space + CK_PLACES * ck_place_stride(run.tiles.group, c->output_channels);
  return run;
}

size_t ck_winograd_gradient_scratch_count(const ck_convolution *c, size_t lanes) {
  ck_winograd_gradient run = ck_plan_winograd_gradient(c, lanes);
  return (run.tiles.owns ? lanes : 1) * run.lane_space + run.parts * run.sum_count;
}

// Tiles first ..< first + count of the gradients, to [36, group, channels].
CK_WIDE static void ck_transform_gradient(const ck_winograd_gradient *gradient, size_t group_first,
                                          size_t first, size_t count, float *transformed) {
  const ck_winograd_run *run = &gradient->tiles;
  const ck_convolution *c = run->convolution;
  size_t channels = c->output_channels, place_stride = ck_place_stride(run->group, channels);
  size_t line = c->output[1] * channels;
  for (size_t tile = first; tile < first + count; tile++) {
    ck_tile_place at = ck_tile_at(run, tile);
    size_t rows = c->output[0] - at.row, columns = c->output[1] - at.column;
    const float *source = gradient->gradient + (at.image * c->output[0] + at.row) * line
      + at.column * channels;
    float *target = transformed + (tile - group_first) * channels;
    for (size_t channel = 0; channel < channels; channel += CK_LANES) {
      ck_v16 between[CK_POINTS][CK_OUTPUTS];
      for (size_t j = 0; j < CK_OUTPUTS; j++) {
        ck_v16 from[CK_OUTPUTS], points[CK_POINTS];
        for (size_t i = 0; i < CK_OUTPUTS; i++) {
          from[i] = i < rows && j < columns
            ? *(const ck_v16 *)(source + i * line + j * channels + channel) : (ck_v16)0.0f;
        }
        ck_gradient_points(points, from);
        CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) between[i][j] = points[i];
      }
      CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) {
        ck_v16 points[CK_POINTS];
        ck_gradient_points(points, between[i]);
        CK_UNROLL for (size_t j = 0; j < CK_POINTS; j++) {
          *(ck_v16 *)(target + (i * CK_POINTS + j) * place_stride + channel) = points[j];
        }
      }
    }
  }
}

// Adds a group's products at places first ..< last to sums; of the first group they are the sums.
static void ck_add_places(const ck_winograd_gradient *run, size_t first, size_t last, size_t count,
                          const float *inputs, const float *gradients, float *sums, bool is_first) {
  const ck_convolution *c = run->tiles.convolution;
  size_t channels = c->input_channels, outputs = c->output_channels;
  const ck_tile_end end = {NULL, false, false};
  for (size_t place = first; place < last; place++) {
    const float *left = inputs + place * ck_place_stride(run->tiles.group, channels);
    const float *right = gradients + place * ck_place_stride(run->tiles.group, outputs);
    float *sum = sums + place * channels * outputs;
    for (size_t column = 0; column < outputs; column += CK_PANEL) {
      size_t width = outputs - column < CK_PANEL ? outputs - column : CK_PANEL;
      for (size_t row = 0; row < channels; row += CK_TILE_ROWS) {
        size_t rows = channels - row < CK_TILE_ROWS ? channels - row : CK_TILE_ROWS;
        const float *pointers[CK_TILE_ROWS];
        for (size_t i = 0; i < rows; i++) pointers[i] = left + row + i;
        float *target = sum + row * outputs + column;
        ck_tiles[width / CK_LANES - 1][rows - 1](
          count, pointers, channels, right + column, outputs, is_first ? NULL : target, target,
          outputs, &end);
      }
    }
  }
}

static void ck_gradient_own_parts(void *context, size_t begin, size_t end) {
  const ck_winograd_gradient *run = context;
  const ck_winograd_run *tiles = &run->tiles;
  for (size_t lane = begin; lane < end; lane++) {
    float *inputs = run->space + lane * run->lane_space;
    float *gradients = inputs + run->input_space;
    for (size_t part = lane; part < run->parts; part += tiles->lanes) {
      float *sums = run->sums + part * run->sum_count;
      for (size_t i = 0; i < run->part_groups; i++) {
        size_t first = (part * run->part_groups + i) * tiles->group;
        if (first >= tiles->tiles) break;
        size_t count =
          tiles->tiles - first < tiles->group ? tiles->tiles - first : tiles->group;
        ck_transform_input(tiles, first, first, count, inputs);
        ck_transform_gradient(run, first, first, count, gradients);
        ck_add_places(run, 0, CK_PLACES, count, inputs, gradients, sums, i == 0);
      }
    }
  }
}

static void ck_gradient_shared_tiles(void *context, size_t begin, size_t end) {
  const ck_winograd_gradient *run = context;
  size_t first = run->tiles.shared_first;
  ck_transform_input(&run->tiles, first, first + begin, end - begin, run->space);
  ck_transform_gradient(run, first, first + begin, end - begin, run->space + run->input_space);
}

static void ck_gradient_shared_places(void *context, size_t begin, size_t end) {
  const ck_winograd_gradient *run = context;
  ck_add_places(run, begin, end, run->tiles.shared_count, run->space,
                run->space + run->input_space, run->sums, run->tiles.shared_first == 0);
}

// Input channels begin ..< end of the result.
CK_WIDE static void ck_transform_sums(void *context, size_t begin, size_t end) {
  const ck_winograd_gradient *run = context;
  const ck_convolution *c = run->tiles.convolution;
  size_t outputs = c->output_channels, size = c->input_channels * outputs;
  for (size_t element = begin * outputs; element < end * outputs; element += CK_LANES) {
    ck_v16 between[3][CK_POINTS];
    for (size_t j = 0; j < CK_POINTS; j++) {
      ck_v16 from[CK_POINTS], points[3];
      for (size_t i = 0; i < CK_POINTS; i++) {
        const float *sum = run->sums + (i * CK_POINTS + j) * size + element;
        from[i] = *(const ck_v16 *)sum;
        for (size_t part = 1; part < run->parts; part++) {
          from[i] += *(const ck_v16 *)(sum + part * run->sum_count);
        }
      }
      ck_tap_points(points, from);
      for (size_t i = 0; i < 3; i++) between[i][j] = points[i];
    }
    for (size_t i = 0; i < 3; i++) {
      ck_v16 points[3];
      ck_tap_points(points, between[i]);
      for (size_t j = 0; j < 3; j++) {
        *(ck_v16 *)(run->result + (i * 3 + j) * size + element) = points[j];
      }
    }
  }
}

void ck_run_winograd_gradient(const ck_convolution *c, size_t lanes, float *result,
                              const float *input, const float *gradient, float *scratch) {
  ck_winograd_gradient run = ck_plan_winograd_gradient(c, lanes);
  run.tiles.input = input;
  run.gradient = gradient;
  run.result = result;
  run.space = scratch;
  run.sums = run.space + (run.tiles.owns ? lanes : 1) * run.lane_space;
  if (run.tiles.owns) {
    ck_parallel_for(lanes, 1, ck_gradient_own_parts, &run);
  } else {
    for (size_t first = 0; first < run.tiles.tiles; first += run.tiles.group) {
      size_t rest = run.tiles.tiles - first;
      run.tiles.shared_first = first;
      run.tiles.shared_count = rest < run.tiles.group ? rest : run.tiles.group;
      ck_parallel_for(run.tiles.shared_count, 8, ck_gradient_shared_tiles, &run);
      ck_parallel_for(CK_PLACES, 2, ck_gradient_shared_places, &run);
    }
  }
  ck_parallel_for(c->input_channels, 32, ck_transform_sums, &run);
}
