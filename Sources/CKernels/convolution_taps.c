// Convolutions tap by tap: for each tap of the kernel and each position of the result a product whose
// rows are the images of the batch.
//
// In images of a few pixels much of the windows lies outside, and a gradient of an input with strides
// meets only some of the taps; here neither costs anything.

#include "convolution.h"

#define CK_FEWEST_IMAGES 4
#define CK_MOST_POSITIONS 64      // of results whose windows are worth looking at tap by tap
#define CK_FEWEST_CHANNELS 128

// Where the input lies that a tap of the kernel multiplies for a position, along one axis; -1 if
// outside or between the strides.
static int64_t ck_source(const ck_convolution *c, size_t axis, size_t position, size_t tap) {
  int64_t place = (int64_t)tap - c->padding[axis];
  if (!c->turned) {
    place += (int64_t)(position * c->stride[axis]);
  } else {
    place += (int64_t)position;
    if (place < 0 || place % (int64_t)c->stride[axis] != 0) return -1;
    place /= (int64_t)c->stride[axis];
  }
  return place >= 0 && place < (int64_t)c->input[axis] ? place : -1;
}

// How many taps of an axis meet the input, summed over all positions.
static size_t ck_met_taps(const ck_convolution *c, size_t axis) {
  size_t count = 0;
  for (size_t position = 0; position < c->output[axis]; position++) {
    for (size_t tap = 0; tap < c->size[axis]; tap++) {
      count += ck_source(c, axis, position, tap) >= 0;
    }
  }
  return count;
}

bool ck_goes_by_taps(const ck_convolution *c) {
  if (c->turned && (c->stride[0] > 1 || c->stride[1] > 1)) return true;
  size_t positions = c->output[0] * c->output[1], taps = c->size[0] * c->size[1];
  if (c->batch < CK_FEWEST_IMAGES || positions > CK_MOST_POSITIONS
      || c->input_channels < CK_FEWEST_CHANNELS || c->output_channels < 2 * CK_PANEL) {
    return false;
  }
  return 5 * ck_met_taps(c, 0) * ck_met_taps(c, 1) <= 4 * positions * taps;
}

// One position's products with a part of a tap, for all images: rows of tiles of about equal size.
static void ck_add_images(const ck_convolution_run *run, size_t position, const float *source,
                          size_t depth, const float *panel, size_t stride, size_t column,
                          size_t width, bool is_first, const ck_tile_end *end) {
  const ck_convolution *c = run->convolution;
  size_t positions = c->output[0] * c->output[1];
  size_t image_stride = c->input[0] * c->input[1] * c->input_channels;
  size_t result_stride = positions * c->output_channels;
  size_t tiles = (c->batch + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  size_t most = (c->batch + tiles - 1) / tiles;
  for (size_t image = 0; image < c->batch; image += most) {
    size_t rows = c->batch - image < most ? c->batch - image : most;
    const float *left[CK_TILE_ROWS];
    for (size_t i = 0; i < rows; i++) left[i] = source + (image + i) * image_stride;
    size_t place = (image * positions + position) * c->output_channels + column;
    float *target = run->result + place;
    const float *start = !is_first ? target : run->residual ? run->residual + place : NULL;
    ck_tiles[width / CK_LANES - 1][rows - 1](
      depth, left, 1, panel, stride, start, target, result_stride, end);
    if (!end->is_last || !c->activation) continue;
    for (size_t i = 0; i < rows; i++) {
      float *elements = target + i * result_stride;
      const void *in[1] = {elements};
      c->activation(elements, in, 0, width);
    }
  }
}

static void ck_tap_task(const ck_convolution_run *run, size_t task) {
  const ck_convolution *c = run->convolution;
  size_t part = task % run->chunks, column = task / run->chunks * CK_PANEL;
  size_t rest = c->output_channels - column, width = rest < CK_PANEL ? rest : CK_PANEL;
  // A part is some rows of the output.
  size_t rows = (c->output[0] + run->chunks - 1) / run->chunks;
  size_t first_row = part * rows;
  size_t last_row = first_row + rows < c->output[0] ? first_row + rows : c->output[0];
  float panel_space[CK_RUN * CK_PANEL] __attribute__((aligned(64)));
  ck_tile_end end = {run->bias ? run->bias + column : NULL, false, c->rectifies};

  for (size_t tap = 0; tap < c->size[0] * c->size[1]; tap++) {
    size_t tap_row = tap / c->size[1], tap_column = tap % c->size[1];
    for (size_t k = 0; k < c->input_channels; k += CK_RUN) {
      size_t depth = c->input_channels - k < CK_RUN ? c->input_channels - k : CK_RUN;
      const float *panel = NULL;
      size_t stride = 0;
      for (size_t y = first_row; y < last_row; y++) {
        int64_t row = ck_source(c, 0, y, tap_row);
        if (row < 0) continue;
        for (size_t x = 0; x < c->output[1]; x++) {
          int64_t place = ck_source(c, 1, x, tap_column);
          if (place < 0) continue;
          // The panel is made for the first position that needs it.
          if (!panel) {
            panel = ck_kernel_panel(c, run->kernel, tap_row, tap_column * c->input_channels + k,
                                    depth, column, width, true, panel_space, &stride);
          }
          bool is_first = k == 0, is_last = k + depth == c->input_channels;
          for (size_t i = 0; i < c->size[0] * c->size[1]; i++) {
            bool is_met = ck_source(c, 0, y, i / c->size[1]) >= 0
              && ck_source(c, 1, x, i % c->size[1]) >= 0;
            if (is_met && i < tap) is_first = false;
            if (is_met && i > tap) is_last = false;
          }
          end.is_last = is_last;
          const float *source = run->input
            + ((size_t)row * c->input[1] + (size_t)place) * c->input_channels + k;
          ck_add_images(run, y * c->output[1] + x, source, depth, panel, stride, column, width,
                        is_first, &end);
        }
      }
    }
  }
  // Positions that no tap meets.
  end.is_last = true;
  for (size_t y = first_row; y < last_row; y++) {
    for (size_t x = 0; x < c->output[1]; x++) {
      bool is_met = false;
      for (size_t i = 0; i < c->size[0] * c->size[1]; i++) {
        is_met |= ck_source(c, 0, y, i / c->size[1]) >= 0
          && ck_source(c, 1, x, i % c->size[1]) >= 0;
      }
      if (is_met) continue;
      ck_add_images(run, y * c->output[1] + x, run->input, 0, run->kernel, 0, column, width, true,
                    &end);
    }
  }
}

static void ck_tap_tasks(void *context, size_t begin, size_t end) {
  for (size_t task = begin; task < end; task++) ck_tap_task(context, task);
}

void ck_run_by_taps(ck_convolution_run *run) {
  const ck_convolution *c = run->convolution;
  run->panels = (c->output_channels + CK_PANEL - 1) / CK_PANEL;
  double operations = 2.0 * (double)(c->batch * ck_met_taps(c, 0) * ck_met_taps(c, 1))
    * (double)(c->input_channels * c->output_channels);
  size_t wanted = 2 * (size_t)ck_thread_count();
  run->chunks = 1;
  if (run->panels < wanted && ck_is_shared(operations)) {
    run->chunks = (wanted + run->panels - 1) / run->panels;
    if (run->chunks > c->output[0]) run->chunks = c->output[0];
  }
  size_t tasks = run->panels * run->chunks;
  ck_parallel_for(tasks, ck_task_grain(operations, tasks), ck_tap_tasks, run);
}
