// Convolutions of f32 with kernels of 3 x 3 and strides of 1 in fewer products: four by four results
// at once from six by six elements of the input, with 36 products instead of 144.
//
// The six places of an axis stand for a polynomial's values at 0, 3/4, -3/4, 3/2, -3/2 and its leading
// coefficient (Toom and Cook; for convolutional networks: Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2016). Input and kernel are taken there, multiplied place by
// place, which is a matrix product over the channels for each of 36 places, and brought back. At
// these points, whose powers are exact, the largest error is a quarter of that at 1, -1, 2 and -2.
//
// Tiles of the output are taken in groups small enough for their transformed input to stay in the
// second-level cache. Where the kernel is small each thread takes groups of its own; where it is
// large, threads share a group and each takes other panels of the kernel.

#include "winograd.h"

#define CK_OWN_GROUP (128 << 10)     // bytes of a group's buffers where each thread has its own
#define CK_SHARED_TILES 96           // tiles of a group that threads share
#define CK_SMALL_KERNEL (2400 << 10) // bytes of a transformed kernel that every thread may read

ck_winograd_run ck_plan_winograd(const ck_convolution *c, size_t lanes) {
  ck_winograd_run run = {.convolution = c, .lanes = lanes};
  run.rows = (c->output[0] + CK_OUTPUTS - 1) / CK_OUTPUTS;
  run.columns = (c->output[1] + CK_OUTPUTS - 1) / CK_OUTPUTS;
  run.tiles = c->batch * run.rows * run.columns;
  run.panels = (c->output_channels + CK_PANEL - 1) / CK_PANEL;
  size_t kernel_bytes = CK_PLACES * c->input_channels * c->output_channels * sizeof(float);
  run.owns = kernel_bytes <= CK_SMALL_KERNEL;
  if (run.owns) {
    size_t group = CK_OWN_GROUP / (CK_PLACES * sizeof(float) * (c->input_channels + CK_PANEL));
    group = group / CK_TILE_ROWS * CK_TILE_ROWS;
    if (group < CK_TILE_ROWS) group = CK_TILE_ROWS;
    // Groups of about the same size, as many for each lane.
    size_t groups = (run.tiles + group - 1) / group;
    groups = (groups + lanes - 1) / lanes * lanes;
    group = (run.tiles + groups - 1) / groups;
    run.group = (group + CK_TILE_ROWS - 1) / CK_TILE_ROWS * CK_TILE_ROWS;
  } else {
    size_t groups = (run.tiles + CK_SHARED_TILES - 1) / CK_SHARED_TILES;
    run.group = (run.tiles + groups - 1) / groups;
  }
  run.groups = (run.tiles + run.group - 1) / run.group;
  size_t input_space = CK_PLACES * ck_place_stride(run.group, c->input_channels);
  size_t product_space = CK_PLACES * ck_place_stride(run.group, CK_PANEL);
  run.lane_space = run.owns ? input_space + product_space : product_space;
  return run;
}

size_t ck_winograd_scratch_count(const ck_convolution *c, size_t lanes) {
  ck_winograd_run run = ck_plan_winograd(c, lanes);
  size_t shared = run.owns ? 0 : CK_PLACES * ck_place_stride(run.group, c->input_channels);
  return shared + lanes * run.lane_space;
}

size_t ck_winograd_kernel_count(const ck_convolution *c) {
  return CK_PLACES * c->input_channels * c->output_channels;
}

// ---------------------------------------------------------------------------------------------
// Transformations of one axis

CK_INLINE CK_WIDE void ck_input_points(ck_v16 to[CK_POINTS], const ck_v16 from[CK_POINTS]) {
  ck_v16 near_even = from[4] - CK_FAR2 * from[2], near_odd = from[3] - CK_FAR2 * from[1];
  ck_v16 far_even = from[4] - CK_NEAR2 * from[2], far_odd = from[3] - CK_NEAR2 * from[1];
  to[0] = from[4] - (CK_NEAR2 + CK_FAR2) * from[2] + (CK_NEAR2 * CK_FAR2) * from[0];
  to[1] = near_even + CK_NEAR * near_odd;
  to[2] = near_even - CK_NEAR * near_odd;
  to[3] = far_even + CK_FAR * far_odd;
  to[4] = far_even - CK_FAR * far_odd;
  to[5] = from[5] - (CK_NEAR2 + CK_FAR2) * from[3] + (CK_NEAR2 * CK_FAR2) * from[1];
}

CK_INLINE CK_WIDE void ck_kernel_points(ck_v16 to[CK_POINTS], const ck_v16 from[3]) {
  ck_v16 near_even = CK_NEAR_SCALE * (from[0] + CK_NEAR2 * from[2]);
  ck_v16 near_odd = (CK_NEAR_SCALE * CK_NEAR) * from[1];
  ck_v16 far_even = CK_FAR_SCALE * (from[0] + CK_FAR2 * from[2]);
  ck_v16 far_odd = (CK_FAR_SCALE * CK_FAR) * from[1];
  to[0] = CK_ZERO_SCALE * from[0];
  to[1] = near_even + near_odd;
  to[2] = near_even - near_odd;
  to[3] = far_even + far_odd;
  to[4] = far_even - far_odd;
  to[5] = from[2];
}

CK_INLINE CK_WIDE void ck_output_points(ck_v16 to[CK_OUTPUTS], const ck_v16 from[CK_POINTS]) {
  ck_v16 near_sum = from[1] + from[2], near_difference = CK_NEAR * (from[1] - from[2]);
  ck_v16 far_sum = from[3] + from[4], far_difference = CK_FAR * (from[3] - from[4]);
  to[0] = from[0] + near_sum + far_sum;
  to[1] = near_difference + far_difference;
  to[2] = CK_NEAR2 * near_sum + CK_FAR2 * far_sum;
  to[3] = CK_NEAR2 * near_difference + CK_FAR2 * far_difference + from[5];
}

// ---------------------------------------------------------------------------------------------
// Kernel: panel by panel, in each 36 matrices [input channels, columns of the panel]

typedef struct ck_winograd_kernel_run {
  const ck_convolution *convolution;
  const float *kernel;
  float *transformed;
} ck_winograd_kernel_run;

// 16 columns of one input channel; taps lie `tap_stride` apart.
CK_WIDE static void ck_transform_taps(float *to, size_t place_stride, const float *taps,
                                      size_t tap_stride, bool turned) {
  ck_v16 columns[CK_POINTS][3];
  for (size_t j = 0; j < 3; j++) {
    ck_v16 from[3], points[CK_POINTS];
    for (size_t i = 0; i < 3; i++) {
      size_t tap = turned ? 8 - (i * 3 + j) : i * 3 + j;
      from[i] = *(const ck_v16 *)(taps + tap * tap_stride);
    }
    ck_kernel_points(points, from);
    for (size_t i = 0; i < CK_POINTS; i++) columns[i][j] = points[i];
  }
  for (size_t i = 0; i < CK_POINTS; i++) {
    ck_v16 points[CK_POINTS];
    ck_kernel_points(points, columns[i]);
    for (size_t j = 0; j < CK_POINTS; j++) {
      *(ck_v16 *)(to + (i * CK_POINTS + j) * place_stride) = points[j];
    }
  }
}

// A task is a panel's 16 input channels.
CK_WIDE static void ck_transform_kernel_tasks(void *context, size_t begin, size_t end) {
  const ck_winograd_kernel_run *run = context;
  const ck_convolution *c = run->convolution;
  size_t channels = c->input_channels, outputs = c->output_channels;
  size_t blocks = channels / CK_LANES;
  float turned[9 * CK_LANES * CK_PANEL] __attribute__((aligned(64)));
  for (size_t task = begin; task < end; task++) {
    size_t column = task / blocks * CK_PANEL, channel = task % blocks * CK_LANES;
    size_t width = outputs - column < CK_PANEL ? outputs - column : CK_PANEL;
    float *panel = run->transformed + CK_PLACES * channels * column;
    if (c->turned) {
      for (size_t tap = 0; tap < 9; tap++) {
        ck_transpose_panel(
          turned + tap * CK_LANES * width, width,
          run->kernel + (tap * outputs + column) * channels + channel, channels, CK_LANES, width);
      }
    }
    for (size_t i = 0; i < CK_LANES; i++) {
      for (size_t j = 0; j < width; j += CK_LANES) {
        float *to = panel + (channel + i) * width + j;
        if (c->turned) {
          ck_transform_taps(to, channels * width, turned + i * width + j, CK_LANES * width, true);
        } else {
          ck_transform_taps(
            to, channels * width, run->kernel + (channel + i) * outputs + column + j,
            channels * outputs, false);
        }
      }
    }
  }
}

void ck_winograd_transform_kernel(const ck_convolution *c, const float *kernel,
                                  float *transformed) {
  ck_winograd_kernel_run run = {c, kernel, transformed};
  size_t panels = (c->output_channels + CK_PANEL - 1) / CK_PANEL;
  size_t tasks = panels * (c->input_channels / CK_LANES);
  double operations = 8.0 * (double)ck_winograd_kernel_count(c);
  ck_parallel_for(tasks, ck_task_grain(operations, tasks), ck_transform_kernel_tasks, &run);
}

// ---------------------------------------------------------------------------------------------
// Input and output

// Tiles first ..< first + count of the input, to [36, group, channels].
CK_WIDE void ck_transform_input(const ck_winograd_run *run, size_t group_first, size_t first,
                                size_t count, float *transformed) {
  const ck_convolution *c = run->convolution;
  size_t channels = c->input_channels, place_stride = ck_place_stride(run->group, channels);
  size_t line = c->input[1] * channels;
  static const float zeros[CK_LANES] __attribute__((aligned(64)));
  for (size_t tile = first; tile < first + count; tile++) {
    ck_tile_place at = ck_tile_at(run, tile);
    const float *pixels[CK_POINTS][CK_POINTS];
    size_t steps[CK_POINTS][CK_POINTS];
    const float *image = run->input + at.image * c->input[0] * line;
    for (size_t i = 0; i < CK_POINTS; i++) {
      int64_t row = (int64_t)(at.row + i) - c->padding[0];
      bool has_row = row >= 0 && row < (int64_t)c->input[0];
      for (size_t j = 0; j < CK_POINTS; j++) {
        int64_t column = (int64_t)(at.column + j) - c->padding[1];
        bool is_inside = has_row && column >= 0 && column < (int64_t)c->input[1];
        pixels[i][j] = is_inside ? image + (size_t)row * line + (size_t)column * channels : zeros;
        steps[i][j] = is_inside;
      }
    }
    float *target = transformed + (tile - group_first) * channels;
    for (size_t channel = 0; channel < channels; channel += CK_LANES) {
      ck_v16 columns[CK_POINTS][CK_POINTS];
      CK_UNROLL for (size_t j = 0; j < CK_POINTS; j++) {
        ck_v16 from[CK_POINTS], points[CK_POINTS];
        CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) {
          from[i] = *(const ck_v16 *)(pixels[i][j] + channel * steps[i][j]);
        }
        ck_input_points(points, from);
        CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) columns[i][j] = points[i];
      }
      CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) {
        ck_v16 points[CK_POINTS];
        ck_input_points(points, columns[i]);
        CK_UNROLL for (size_t j = 0; j < CK_POINTS; j++) {
          *(ck_v16 *)(target + (i * CK_POINTS + j) * place_stride + channel) = points[j];
        }
      }
    }
  }
}

// Tiles first ..< first + count of a panel's products, [36, group, width], to the result.
CK_WIDE static void ck_transform_output(const ck_winograd_run *run, size_t group_first,
                                        size_t first, size_t count, const float *products,
                                        size_t column, size_t width) {
  const ck_convolution *c = run->convolution;
  size_t outputs = c->output_channels, place_stride = ck_place_stride(run->group, width);
  size_t line = c->output[1] * outputs;
  for (size_t tile = first; tile < first + count; tile++) {
    ck_tile_place at = ck_tile_at(run, tile);
    size_t rows = c->output[0] - at.row < CK_OUTPUTS ? c->output[0] - at.row : CK_OUTPUTS;
    size_t columns =
      c->output[1] - at.column < CK_OUTPUTS ? c->output[1] - at.column : CK_OUTPUTS;
    size_t start = (at.image * c->output[0] + at.row) * line + at.column * outputs + column;
    float *target = run->result + start;
    const float *source = products + (tile - group_first) * width;
    for (size_t k = 0; k < width; k += CK_LANES) {
      ck_v16 between[CK_OUTPUTS][CK_POINTS];
      CK_UNROLL for (size_t j = 0; j < CK_POINTS; j++) {
        ck_v16 from[CK_POINTS], points[CK_OUTPUTS];
        CK_UNROLL for (size_t i = 0; i < CK_POINTS; i++) {
          from[i] = *(const ck_v16 *)(source + (i * CK_POINTS + j) * place_stride + k);
        }
        ck_output_points(points, from);
        CK_UNROLL for (size_t i = 0; i < CK_OUTPUTS; i++) between[i][j] = points[i];
      }
      ck_v16 bias = (ck_v16)0.0f;
      if (run->bias) bias = *(const ck_v16 *)(run->bias + column + k);
      for (size_t i = 0; i < rows; i++) {
        ck_v16 points[CK_OUTPUTS];
        ck_output_points(points, between[i]);
        for (size_t j = 0; j < columns; j++) {
          size_t place = i * line + j * outputs + k;
          ck_v16 value = points[j] + bias;
          if (run->residual) value += *(const ck_v16 *)(run->residual + start + place);
          if (c->rectifies) value = value < 0.0f ? (ck_v16)0.0f : value;
          *(ck_v16 *)(target + place) = value;
        }
      }
    }
    if (!c->activation) continue;
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < columns; j++) {
        float *elements = target + i * line + j * outputs;
        const void *in[1] = {elements};
        c->activation(elements, in, 0, width);
      }
    }
  }
}

// The products of a group's tiles first ..< first + count with one panel, and their results.
static void ck_winograd_panel(const ck_winograd_run *run, size_t group_first, size_t first,
                              size_t count, size_t panel, const float *transformed,
                              float *products) {
  const ck_convolution *c = run->convolution;
  size_t channels = c->input_channels, column = panel * CK_PANEL;
  size_t rest = c->output_channels - column, width = rest < CK_PANEL ? rest : CK_PANEL;
  size_t input_stride = ck_place_stride(run->group, channels);
  size_t product_stride = ck_place_stride(run->group, width);
  const float *kernel = run->kernel + CK_PLACES * channels * column;
  const ck_tile_end end = {NULL, false, false};
  for (size_t place = 0; place < CK_PLACES; place++) {
    const float *rows = transformed + place * input_stride + (first - group_first) * channels;
    float *target = products + place * product_stride + (first - group_first) * width;
    for (size_t i = 0; i < count; i += CK_TILE_ROWS) {
      size_t some = count - i < CK_TILE_ROWS ? count - i : CK_TILE_ROWS;
      const float *left[CK_TILE_ROWS];
      for (size_t row = 0; row < some; row++) left[row] = rows + (i + row) * channels;
      ck_tiles[width / CK_LANES - 1][some - 1](
        channels, left, 1, kernel + place * channels * width, width, NULL, target + i * width, width,
        &end);
    }
  }
  ck_transform_output(run, group_first, first, count, products, column, width);
}

// ---------------------------------------------------------------------------------------------
// Groups that each thread takes for itself

static void ck_winograd_own_groups(void *context, size_t begin, size_t end) {
  const ck_winograd_run *run = context;
  size_t channels = run->convolution->input_channels;
  for (size_t lane = begin; lane < end; lane++) {
    float *transformed = run->space + lane * run->lane_space;
    float *products = transformed + CK_PLACES * ck_place_stride(run->group, channels);
    for (size_t group = lane; group < run->groups; group += run->lanes) {
      size_t first = group * run->group;
      size_t count = run->tiles - first < run->group ? run->tiles - first : run->group;
      ck_transform_input(run, first, first, count, transformed);
      for (size_t panel = 0; panel < run->panels; panel++) {
        ck_winograd_panel(run, first, first, count, panel, transformed, products);
      }
    }
  }
}

// ---------------------------------------------------------------------------------------------
// Groups that threads share

static void ck_winograd_shared_input(void *context, size_t begin, size_t end) {
  const ck_winograd_run *run = context;
  ck_transform_input(run, run->shared_first, run->shared_first + begin, end - begin,
                     run->space + run->lanes * run->lane_space);
}

// Lanes take panels in turn, or parts of the tiles where there are fewer panels than lanes.
static void ck_winograd_shared_panels(void *context, size_t begin, size_t end) {
  const ck_winograd_run *run = context;
  const float *transformed = run->space + run->lanes * run->lane_space;
  size_t parts = (run->lanes + run->panels - 1) / run->panels;
  size_t part_tiles = (run->shared_count + parts - 1) / parts;
  part_tiles = (part_tiles + CK_TILE_ROWS - 1) / CK_TILE_ROWS * CK_TILE_ROWS;
  for (size_t lane = begin; lane < end; lane++) {
    float *products = run->space + lane * run->lane_space;
    for (size_t task = lane; task < run->panels * parts; task += run->lanes) {
      size_t first = task / run->panels * part_tiles;
      if (first >= run->shared_count) continue;
      size_t count =
        run->shared_count - first < part_tiles ? run->shared_count - first : part_tiles;
      ck_winograd_panel(run, run->shared_first, run->shared_first + first, count,
                        task % run->panels, transformed, products);
    }
  }
}

void ck_run_winograd(const ck_convolution *c, size_t lanes, float *result, const float *input,
                     const float *transformed, const float *bias, const float *residual,
                     float *scratch) {
  ck_winograd_run run = ck_plan_winograd(c, lanes);
  run.result = result;
  run.input = input;
  run.kernel = transformed;
  run.bias = bias;
  run.residual = residual;
  run.space = scratch;
  if (run.owns) {
    ck_parallel_for(lanes, 1, ck_winograd_own_groups, &run);
    return;
  }
  for (size_t group = 0; group < run.groups; group++) {
    size_t first = group * run.group;
    run.shared_first = first;
    run.shared_count = run.tiles - first < run.group ? run.tiles - first : run.group;
    ck_parallel_for(run.shared_count, (run.shared_count + 4 * lanes - 1) / (4 * lanes),
                    ck_winograd_shared_input, &run);
    ck_parallel_for(lanes, 1, ck_winograd_shared_panels, &run);
  }
}
