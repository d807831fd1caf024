// Convolutions of f32 over two spatial axes, channels last, on processors with AVX-512: products of
// tiles whose rows are pixels, without unfolding the input or reordering the kernel.
//
// The window of a pixel is `size[0]` runs of size[1] * channels elements of the input, one for each
// row of the kernel, and the kernel's rows for such a run lie behind each other as well. So a row of
// the kernel is one product, whose left rows begin at the pixels' windows. Where windows reach over
// the border, runs are copied with zeros.

#include "convolution.h"

#define CK_SHORT_RUN 64       // shorter runs of a window are copied behind each other
#define CK_BLOCK_PIXELS 192   // of a task: its results stay in the second-level cache
#define CK_TURNED_PIXELS 768  // the same where panels are transposed first
#define CK_GRADIENT_PIXELS 128
#define CK_GRADIENT_ROWS 252
#define CK_GRADIENT_TASKS 16          // enough for any number of threads to share
#define CK_GRADIENT_PARTIAL (1 << 20) // elements of all parts

// ---------------------------------------------------------------------------------------------
// Windows

typedef struct ck_pixel {
  size_t image;
  int64_t row, column;   // of the input where the window begins; may lie before or behind it
} ck_pixel;

static ck_pixel ck_pixel_at(const ck_convolution *c, size_t index) {
  size_t positions = c->output[0] * c->output[1];
  size_t place = index % positions;
  return (ck_pixel){
    index / positions,
    (int64_t)(place / c->output[1] * c->stride[0]) - (int64_t)c->padding[0],
    (int64_t)(place % c->output[1] * c->stride[1]) - (int64_t)c->padding[1],
  };
}

// The pixel behind another one.
static void ck_advance(const ck_convolution *c, ck_pixel *pixel) {
  pixel->column += (int64_t)c->stride[1];
  if (pixel->column + (int64_t)c->padding[1] < (int64_t)(c->output[1] * c->stride[1])) return;
  pixel->column = -(int64_t)c->padding[1];
  pixel->row += (int64_t)c->stride[0];
  if (pixel->row + (int64_t)c->padding[0] < (int64_t)(c->output[0] * c->stride[0])) return;
  pixel->row = -(int64_t)c->padding[0];
  pixel->image++;
}

// Elements first ..< first + count of the run that a kernel row meets: a pointer into the input, or
// a copy in `space` where some lie outside.
static const float *ck_run_of(const ck_convolution *c, const float *input, ck_pixel pixel,
                              size_t kernel_row, size_t first, size_t count, float *space) {
  int64_t row = pixel.row + (int64_t)kernel_row;
  size_t channels = c->input_channels;
  int64_t begin = pixel.column * (int64_t)channels + (int64_t)first;
  int64_t width = (int64_t)(c->input[1] * channels);
  if (row < 0 || row >= (int64_t)c->input[0]) {
    memset(space, 0, count * sizeof(float));
    return space;
  }
  const float *line = input + ((int64_t)pixel.image * (int64_t)c->input[0] + row) * width;
  int64_t end = begin + (int64_t)count;
  if (begin >= 0 && end <= width) return line + begin;
  int64_t from = begin < 0 ? 0 : begin > width ? width : begin;
  int64_t to = end > width ? width : end < 0 ? 0 : end;
  if (to < from) to = from;
  size_t before = (size_t)(from - begin), inside = (size_t)(to - from);
  if (before > count) before = count;
  memset(space, 0, before * sizeof(float));
  memcpy(space + before, line + from, inside * sizeof(float));
  memset(space + before + inside, 0, (count - before - inside) * sizeof(float));
  return space;
}

// Whether a window is taken as one run, copied together.
static bool ck_is_merged(const ck_convolution *c, size_t most) {
  size_t length = c->size[1] * c->input_channels;
  return c->size[0] > 1 && length < CK_SHORT_RUN && c->size[0] * length <= most;
}

// Copies a window that lies within its image, in whole vectors: what is written behind a row of it
// is written again with the next one.
CK_WIDE static void ck_copy_inner_window(const float *from, size_t line, size_t rows, size_t length,
                                         float *space) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < length; i += CK_LANES) {
      *(ck_v16 *)(space + i) = *(const ck_v16 *)(from + i);
    }
    from += line;
    space += length;
  }
}

// Elements first ..< first + count of a whole window, row after row. Up to CK_LANES elements behind
// them may be written.
static void ck_copy_window(const ck_convolution *c, const float *input, ck_pixel pixel,
                           size_t first, size_t count, float *space) {
  size_t length = c->size[1] * c->input_channels;
  if (count == c->size[0] * length && pixel.row >= 0 && pixel.column >= 0
      && (size_t)pixel.row + c->size[0] <= c->input[0]
      && (size_t)pixel.column + c->size[1] <= c->input[1]) {
    size_t line = c->input[1] * c->input_channels;
    size_t begin = (pixel.image * c->input[0] + (size_t)pixel.row) * line
      + (size_t)pixel.column * c->input_channels;
    size_t end = begin + (c->size[0] - 1) * line + (length + CK_LANES - 1) / CK_LANES * CK_LANES;
    if (end <= c->batch * c->input[0] * line) {
      ck_copy_inner_window(input + begin, line, c->size[0], length, space);
      return;
    }
  }
  for (size_t done = 0; done < count;) {
    size_t row = (first + done) / length, begin = (first + done) % length;
    size_t part = length - begin < count - done ? length - begin : count - done;
    const float *from = ck_run_of(c, input, pixel, row, begin, part, space + done);
    if (from != space + done) memcpy(space + done, from, part * sizeof(float));
    done += part;
  }
}

// ---------------------------------------------------------------------------------------------
// Forward, and the gradient of the input as a convolution with the turned kernel

static void ck_convolution_task(const ck_convolution_run *run, size_t task) {
  const ck_convolution *c = run->convolution;
  size_t chunk = task % run->chunks, column = task / run->chunks * CK_PANEL;
  size_t rest = c->output_channels - column, width = rest < CK_PANEL ? rest : CK_PANEL;
  size_t first = chunk * run->chunk_pixels;
  size_t last = first + run->chunk_pixels < run->pixels ? first + run->chunk_pixels : run->pixels;
  bool is_merged = !c->turned && ck_is_merged(c, CK_RUN);
  size_t rows_at_once = is_merged ? c->size[0] : 1;
  size_t length = rows_at_once * c->size[1] * c->input_channels;
  size_t last_row = c->size[0] - rows_at_once;
  // A panel that many pixels read is worth a copy in one range of memory.
  bool copies = last - first >= 16 * CK_TILE_ROWS;
  float panel_space[CK_RUN * CK_PANEL] __attribute__((aligned(64)));
  float run_space[CK_TILE_ROWS][CK_RUN + CK_LANES] __attribute__((aligned(64)));

  for (size_t kernel_row = 0; kernel_row <= last_row; kernel_row++) {
    for (size_t k = 0; k < length; k += CK_RUN) {
      size_t depth = length - k < CK_RUN ? length - k : CK_RUN;
      size_t stride;
      const float *panel = ck_kernel_panel(
        c, run->kernel, kernel_row, k, depth, column, width, copies, panel_space, &stride);
      bool is_first = kernel_row == 0 && k == 0;
      ck_tile_end end = {
        run->bias ? run->bias + column : NULL, kernel_row == last_row && k + depth == length,
        c->rectifies,
      };
      ck_pixel at = ck_pixel_at(c, first);
      for (size_t pixel = first; pixel < last; pixel += CK_TILE_ROWS) {
        size_t rows = last - pixel < CK_TILE_ROWS ? last - pixel : CK_TILE_ROWS;
        const float *left[CK_TILE_ROWS];
        for (size_t i = 0; i < rows; i++, ck_advance(c, &at)) {
          if (is_merged) {
            ck_copy_window(c, run->input, at, k, depth, run_space[i]);
            left[i] = run_space[i];
          } else {
            left[i] = ck_run_of(c, run->input, at, kernel_row, k, depth, run_space[i]);
          }
        }
        size_t place = pixel * c->output_channels + column;
        float *target = run->result + place;
        const float *start = !is_first ? target : run->residual ? run->residual + place : NULL;
        ck_tiles[width / CK_LANES - 1][rows - 1](
          depth, left, 1, panel, stride, start, target, c->output_channels, &end);
        if (end.is_last && c->activation) {
          for (size_t i = 0; i < rows; i++) {
            float *elements = target + i * c->output_channels;
            const void *in[1] = {elements};
            c->activation(elements, in, 0, width);
          }
        }
      }
    }
  }
}

static void ck_convolution_tasks(void *context, size_t begin, size_t end) {
  for (size_t task = begin; task < end; task++) ck_convolution_task(context, task);
}

void ck_run_convolution(const ck_convolution *c, float *result, const float *input,
                        const float *kernel, const float *bias, const float *residual) {
  ck_convolution_run run = {c, result, input, kernel, bias, residual, 0, 1, 0, 0};
  if (ck_goes_by_taps(c)) {
    ck_run_by_taps(&run);
    return;
  }
  run.pixels = c->batch * c->output[0] * c->output[1];
  run.panels = (c->output_channels + CK_PANEL - 1) / CK_PANEL;
  double operations = 2.0 * (double)run.pixels * (double)c->output_channels
    * (double)(c->size[0] * c->size[1] * c->input_channels);
  size_t tiles = (run.pixels + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  size_t threads = (size_t)ck_thread_count(), chunks = 1;
  // Turned panels cost so much that they are made once, unless threads would have nothing to do.
  size_t wanted = c->turned ? threads : 4 * threads;
  if (run.panels < wanted && ck_is_shared(operations)) {
    chunks = (wanted + run.panels - 1) / run.panels;
    if (chunks > tiles) chunks = tiles;
  }
  run.chunk_pixels = (tiles + chunks - 1) / chunks * CK_TILE_ROWS;
  size_t most = c->turned ? CK_TURNED_PIXELS : CK_BLOCK_PIXELS;
  if (run.chunk_pixels > most) run.chunk_pixels = most;
  run.chunks = (run.pixels + run.chunk_pixels - 1) / run.chunk_pixels;
  size_t tasks = run.panels * run.chunks;
  ck_parallel_for(tasks, ck_task_grain(operations, tasks), ck_convolution_tasks, &run);
}

// ---------------------------------------------------------------------------------------------
// Gradient of the kernel: windows, transposed, times gradients of the output
//
// The work is cut by rows of the kernel as a matrix, and where those are few also by pixels, into
// parts whose sums are added in the end. How it is cut depends on the sizes only.

typedef struct ck_gradient_run {
  const ck_convolution *convolution;
  float *result, *partial;
  const float *input, *gradient;
  size_t pixels, part_pixels;
  size_t rows, block_rows, blocks;
} ck_gradient_run;

static ck_gradient_run ck_plan_gradient(const ck_convolution *c) {
  ck_gradient_run run = {.convolution = c};
  run.pixels = c->batch * c->output[0] * c->output[1];
  run.rows = c->size[0] * c->size[1] * c->input_channels;
  run.blocks = (run.rows + CK_GRADIENT_ROWS - 1) / CK_GRADIENT_ROWS;
  size_t block = (run.rows + run.blocks - 1) / run.blocks;
  run.block_rows = (block + CK_TILE_ROWS - 1) / CK_TILE_ROWS * CK_TILE_ROWS;
  run.blocks = (run.rows + run.block_rows - 1) / run.block_rows;
  size_t parts = run.blocks < CK_GRADIENT_TASKS ? CK_GRADIENT_TASKS / run.blocks : 1;
  size_t most = CK_GRADIENT_PARTIAL / (run.rows * c->output_channels);
  if (parts > most) parts = most;
  size_t steps = (run.pixels + CK_GRADIENT_PIXELS - 1) / CK_GRADIENT_PIXELS;
  if (parts > steps / 2) parts = steps / 2;
  if (parts < 1) parts = 1;
  run.part_pixels = (steps + parts - 1) / parts * CK_GRADIENT_PIXELS;
  return run;
}

static size_t ck_gradient_parts(const ck_gradient_run *run) {
  return (run->pixels + run->part_pixels - 1) / run->part_pixels;
}

size_t ck_kernel_gradient_scratch_count(const ck_convolution *c) {
  ck_gradient_run run = ck_plan_gradient(c);
  size_t parts = ck_gradient_parts(&run);
  return parts > 1 ? parts * run.rows * c->output_channels : 0;
}

static void ck_gradient_task(const ck_gradient_run *run, size_t task) {
  const ck_convolution *c = run->convolution;
  size_t part = task / run->blocks, first = task % run->blocks * run->block_rows;
  size_t count = run->rows - first < run->block_rows ? run->rows - first : run->block_rows;
  size_t begin = part * run->part_pixels;
  size_t behind = begin + run->part_pixels < run->pixels ? begin + run->part_pixels : run->pixels;
  float *base = run->partial ? run->partial + part * run->rows * c->output_channels : run->result;
  float *result = base + first * c->output_channels;
  float windows[CK_GRADIENT_PIXELS * CK_GRADIENT_ROWS + CK_LANES] __attribute__((aligned(64)));
  const ck_tile_end end = {NULL, false, false};

  for (size_t pixel = begin; pixel < behind; pixel += CK_GRADIENT_PIXELS) {
    size_t left = behind - pixel;
    size_t depth = left < CK_GRADIENT_PIXELS ? left : CK_GRADIENT_PIXELS;
    ck_pixel at = ck_pixel_at(c, pixel);
    for (size_t i = 0; i < depth; i++, ck_advance(c, &at)) {
      ck_copy_window(c, run->input, at, first, count, windows + i * count);
    }
    for (size_t column = 0; column < c->output_channels; column += CK_PANEL) {
      size_t rest = c->output_channels - column, width = rest < CK_PANEL ? rest : CK_PANEL;
      const float *panel = run->gradient + pixel * c->output_channels + column;
      for (size_t row = 0; row < count; row += CK_TILE_ROWS) {
        size_t rows = count - row < CK_TILE_ROWS ? count - row : CK_TILE_ROWS;
        const float *pointers[CK_TILE_ROWS];
        for (size_t i = 0; i < rows; i++) pointers[i] = windows + row + i;
        float *target = result + row * c->output_channels + column;
        ck_tiles[width / CK_LANES - 1][rows - 1](
          depth, pointers, count, panel, c->output_channels, pixel > begin ? target : NULL, target,
          c->output_channels, &end);
      }
    }
  }
}

static void ck_gradient_tasks(void *context, size_t begin, size_t end) {
  for (size_t task = begin; task < end; task++) ck_gradient_task(context, task);
}

typedef struct ck_part_sum {
  float *result;
  const float *partial;
  size_t parts, count;
} ck_part_sum;

static void ck_add_parts(void *context, size_t begin, size_t end) {
  const ck_part_sum *sum = context;
  for (size_t i = begin; i < end; i++) sum->result[i] = sum->partial[i];
  for (size_t part = 1; part < sum->parts; part++) {
    const float *from = sum->partial + part * sum->count;
    for (size_t i = begin; i < end; i++) sum->result[i] += from[i];
  }
}

void ck_run_kernel_gradient(const ck_convolution *c, float *result, const float *input,
                            const float *gradient, float *scratch) {
  ck_gradient_run run = ck_plan_gradient(c);
  size_t parts = ck_gradient_parts(&run);
  run.result = result;
  run.partial = parts > 1 ? scratch : NULL;
  run.input = input;
  run.gradient = gradient;
  size_t count = run.rows * c->output_channels;
  double operations = 2.0 * (double)run.pixels * (double)count;
  size_t tasks = run.blocks * parts;
  ck_parallel_for(tasks, ck_task_grain(operations, tasks), ck_gradient_tasks, &run);
  if (parts == 1) return;
  ck_part_sum sum = {result, scratch, parts, count};
  ck_parallel_for(count, 65536, ck_add_parts, &sum);
}
