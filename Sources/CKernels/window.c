// Windows: pooling, its gradients, and sums over windows and over what covers a position.
//
// What belongs to a position along one axis, be it the inputs of a window or the windows that cover
// an input, is an arithmetic progression. Loops over the three axes' progressions go around loops
// over a strip of channels, which are vectorized.

#include "kernel_types.h"

enum {
  strip_width = 64,            // channels whose running values stay in the first cache
  accumulator_count = 32768,   // f32 accumulators of a scatter of f16 or bf16
};

// Sources first, first + step, ... along an axis; the k-th is at window tap + k * tap_step.
typedef struct axis_terms {
  int64_t first, step, count, tap, tap_step;
} axis_terms;

static int64_t divide_down(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static int64_t divide_up(int64_t a, int64_t b) { return -divide_down(-a, b); }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// The inputs in the window of an output position.
static axis_terms window_terms(const ck_window *w, int axis, size_t position) {
  int64_t dilation = (int64_t)w->dilation[axis];
  int64_t origin = (int64_t)(position * w->stride[axis]) - w->padding[axis];
  int64_t begin = larger(divide_up(-origin, dilation), 0);
  int64_t end = smaller(divide_up((int64_t)w->input[axis] - origin, dilation),
                        (int64_t)w->size[axis]);
  return (axis_terms){origin + begin * dilation, dilation, larger(end - begin, 0), begin, 1};
}

// The outputs whose windows cover an input position: output * stride + tap * dilation is constant.
static axis_terms covering_terms(const ck_window *w, int axis, size_t position) {
  int64_t stride = (int64_t)w->stride[axis], dilation = (int64_t)w->dilation[axis];
  int64_t sum = (int64_t)position + w->padding[axis];
  int64_t reach = ((int64_t)w->size[axis] - 1) * dilation;
  if (w->size[axis] == 0) return (axis_terms){0, 1, 0, 0, 0};
  int64_t begin = larger(divide_up(sum - reach, stride), 0);
  int64_t end = smaller(divide_down(sum, stride), (int64_t)w->output[axis] - 1) + 1;
  while (begin < end && (sum - begin * stride) % dilation != 0) begin++;
  if (begin >= end) return (axis_terms){0, 1, 0, 0, 0};
  // The next solution is as far as the smallest step whose strides are whole dilations.
  int64_t step = 1;
  while (step * stride % dilation != 0) step++;
  return (axis_terms){begin, step, (end - begin - 1) / step + 1,
                      (sum - begin * stride) / dilation, -step * stride / dilation};
}

typedef struct window_job {
  const ck_window *window;
  void *out;
  const void *in;
  int32_t *indices;
  bool covering;              // targets are input positions, sources output positions
  const size_t *targets;      // spatial sizes
  const size_t *sources;
  size_t row_channels;        // from one source to the next
  size_t tap_channels;        // from one window position to the next within a source
} window_job;

static size_t spatial_count(const size_t *sizes) { return sizes[0] * sizes[1] * sizes[2]; }

static axis_terms terms_at(const window_job *job, int axis, size_t position) {
  return job->covering ? covering_terms(job->window, axis, position)
                       : window_terms(job->window, axis, position);
}

// NaN counts as largest, so a NaN replaces any number, and nothing replaces a NaN.
#define BEATS(challenger, best) \
  (((challenger) > (best)) | (((challenger) != (challenger)) & ((best) == (best))))

// The functions of a row of targets, numbered through the batch and the two leading axes.
//
// maximum_row: running maxima and their positions of a strip start with the first input.
// sum_row: the sum of all terms, added in the order of the sources.
#define DEFINE_ROWS(name, code, element, compared, value, wide, lowest, highest)                  \
  CK_CLONES static void maximum_row_##name(const window_job *job, size_t row) {                   \
    const size_t *sources = job->sources, *targets = job->targets;                                \
    size_t channels = job->window->channels;                                                      \
    size_t d0 = row / targets[1] % targets[0], d1 = row % targets[1];                             \
    size_t n = row / targets[1] / targets[0];                                                     \
    const element *in = (const element *)job->in + n * spatial_count(sources) * channels;         \
    element *out = (element *)job->out + row * targets[2] * channels;                             \
    int32_t *indices = job->indices + row * targets[2] * channels;                                \
    axis_terms t0 = window_terms(job->window, 0, d0), t1 = window_terms(job->window, 1, d1);      \
    for (size_t d2 = 0; d2 < targets[2]; d2++) {                                                  \
      axis_terms t2 = window_terms(job->window, 2, d2);                                           \
      for (size_t strip = 0; strip < channels; strip += strip_width) {                            \
        size_t width = ck_smaller(strip_width, channels - strip);                                 \
        compared best[strip_width];                                                               \
        int32_t position[strip_width];                                                            \
        bool empty = true;                                                                        \
        for (int64_t k0 = 0; k0 < t0.count; k0++) {                                               \
          for (int64_t k1 = 0; k1 < t1.count; k1++) {                                             \
            int64_t line = (t0.first + k0 * t0.step) * (int64_t)sources[1];                       \
            line = (line + t1.first + k1 * t1.step) * (int64_t)sources[2];                        \
            for (int64_t k2 = 0; k2 < t2.count; k2++) {                                           \
              int64_t source = line + t2.first + k2 * t2.step;                                    \
              const element *restrict x = in + (size_t)source * channels + strip;                 \
              if (empty) {                                                                        \
                for (size_t c = 0; c < width; c++) {                                              \
                  best[c] = ck_load_##name(x[c]);                                                 \
                  position[c] = (int32_t)source;                                                  \
                }                                                                                 \
                empty = false;                                                                    \
                continue;                                                                         \
              }                                                                                   \
              for (size_t c = 0; c < width; c++) {                                                \
                compared challenger = ck_load_##name(x[c]);                                       \
                bool better = BEATS(challenger, best[c]);                                         \
                best[c] = better ? challenger : best[c];                                          \
                position[c] = better ? (int32_t)source : position[c];                             \
              }                                                                                   \
            }                                                                                     \
          }                                                                                       \
        }                                                                                         \
        for (size_t c = 0; empty && c < width; c++) {                                             \
          best[c] = lowest;                                                                       \
          position[c] = -1;                                                                       \
        }                                                                                         \
        for (size_t c = 0; c < width; c++) out[c] = ck_store_##name(best[c]);                     \
        memcpy(indices, position, width * sizeof *indices);                                       \
        out += width;                                                                             \
        indices += width;                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void sum_row_##name(const window_job *job, size_t row) {                       \
    const size_t *sources = job->sources, *targets = job->targets, *size = job->window->size;     \
    size_t channels = job->window->channels;                                                      \
    size_t d0 = row / targets[1] % targets[0], d1 = row % targets[1];                             \
    size_t n = row / targets[1] / targets[0];                                                     \
    const element *in = job->in;                                                                  \
    in += n * spatial_count(sources) * job->row_channels;                                         \
    element *out = (element *)job->out + row * targets[2] * channels;                             \
    axis_terms t0 = terms_at(job, 0, d0), t1 = terms_at(job, 1, d1);                              \
    for (size_t d2 = 0; d2 < targets[2]; d2++) {                                                  \
      axis_terms t2 = terms_at(job, 2, d2);                                                       \
      for (size_t strip = 0; strip < channels; strip += strip_width) {                            \
        size_t width = ck_smaller(strip_width, channels - strip);                                 \
        value sum[strip_width] = {0};                                                             \
        for (int64_t k0 = 0; k0 < t0.count; k0++) {                                               \
          for (int64_t k1 = 0; k1 < t1.count; k1++) {                                             \
            int64_t line = (t0.first + k0 * t0.step) * (int64_t)sources[1];                       \
            line = (line + t1.first + k1 * t1.step) * (int64_t)sources[2];                        \
            int64_t taps = (t0.tap + k0 * t0.tap_step) * (int64_t)size[1];                        \
            taps = (taps + t1.tap + k1 * t1.tap_step) * (int64_t)size[2];                         \
            for (int64_t k2 = 0; k2 < t2.count; k2++) {                                           \
              size_t source = (size_t)(line + t2.first + k2 * t2.step);                           \
              size_t tap = (size_t)(taps + t2.tap + k2 * t2.tap_step);                            \
              const element *restrict x = in + source * job->row_channels;                        \
              x += tap * job->tap_channels + strip;                                               \
              if (width == 1) {                                                                   \
                sum[0] = (value)((wide)sum[0] + (wide)(value)ck_load_##name(x[0]));               \
                continue;                                                                         \
              }                                                                                   \
              for (size_t c = 0; c < width; c++) {                                                \
                value term = ck_load_##name(x[c]);                                                \
                sum[c] = (value)((wide)sum[c] + (wide)term);                                      \
              }                                                                                   \
            }                                                                                     \
          }                                                                                       \
        }                                                                                         \
        for (size_t c = 0; c < width; c++) out[c] = ck_store_##name(sum[c]);                      \
        out += width;                                                                             \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void maximum_##name(void *context, size_t begin, size_t end) {                           \
    for (size_t row = begin; row < end; row++) maximum_row_##name(context, row);                  \
  }                                                                                               \
  static void sum_##name(void *context, size_t begin, size_t end) {                               \
    for (size_t row = begin; row < end; row++) sum_row_##name(context, row);                      \
  }
CK_NUMERIC_TYPES(DEFINE_ROWS)

// ---------------------------------------------------------------------------------------------
// Scattering and gathering by the positions of maxima. An image is one unit of scattering: a wide
// one is cut into strips of channels, never into regions, whose terms would have to be searched.

typedef struct position_job {
  const ck_window *window;
  void *out;
  const void *in;
  const int32_t *indices;
  size_t outputs, inputs, channels;   // of an image
  size_t strip, strip_count;          // of channels
} position_job;

// scatter_strip: adds what falls on the positions first ..< first + count to accumulators.
// scatter: elements that are their own accumulators are added up in place; the others in as many
// channels and positions at a time as there are accumulators.
#define DEFINE_POSITIONS(name, code, element, compared, value, wide, lowest, highest)             \
  static void scatter_strip_##name(value *restrict accumulator, size_t stride,                    \
                                   const element *restrict in, const int32_t *restrict indices,   \
                                   size_t outputs, size_t channels, size_t first, size_t count,   \
                                   size_t width) {                                                \
    for (size_t o = 0; o < outputs; o++, in += channels, indices += channels) {                   \
      for (size_t c = 0; c < width; c++) {                                                        \
        /* The missing index, -1, becomes a huge one. */                                          \
        size_t target = (size_t)(int64_t)indices[c] - first;                                      \
        if (target >= count || indices[c] < 0) continue;                                          \
        value term = ck_load_##name(in[c]);                                                       \
        value *sum = &accumulator[target * stride + c];                                           \
        *sum = (value)((wide)*sum + (wide)term);                                                  \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void scatter_##name(void *context, size_t begin, size_t end) {                           \
    const position_job *job = context;                                                            \
    size_t channels = job->channels, inputs = job->inputs, outputs = job->outputs;                \
    for (size_t unit = begin; unit < end; unit++) {                                               \
      size_t image = unit / job->strip_count, column = unit % job->strip_count * job->strip;      \
      size_t columns = ck_smaller(job->strip, channels - column);                                 \
      element *out = (element *)job->out + image * inputs * channels + column;                    \
      const element *in = (const element *)job->in + image * outputs * channels + column;         \
      const int32_t *indices = job->indices + image * outputs * channels + column;                \
      if (sizeof(element) == sizeof(value)) {                                                     \
        if (columns == channels) {                                                                \
          memset(out, 0, inputs * channels * sizeof(element));                                    \
        } else {                                                                                  \
          for (size_t p = 0; p < inputs; p++) {                                                   \
            memset(out + p * channels, 0, columns * sizeof(element));                             \
          }                                                                                       \
        }                                                                                         \
        void *sums = out;                                                                         \
        scatter_strip_##name(sums, channels, in, indices, outputs, channels, 0, inputs, columns); \
        continue;                                                                                 \
      }                                                                                           \
      value accumulator[sizeof(element) == sizeof(value) ? 1 : accumulator_count];                \
      size_t most = ck_smaller(ck_larger(accumulator_count / inputs, 1), columns);                \
      size_t height = accumulator_count / most;                                                   \
      for (size_t c = 0; c < columns; c += most) {                                                \
        size_t width = ck_smaller(most, columns - c);                                             \
        for (size_t first = 0; first < inputs; first += height) {                                 \
          size_t count = ck_smaller(height, inputs - first);                                      \
          memset(accumulator, 0, count * width * sizeof(value));                                  \
          scatter_strip_##name(accumulator, width, in + c, indices + c, outputs, channels, first, \
                               count, width);                                                     \
          for (size_t p = 0; p < count; p++) {                                                    \
            element *y = out + (first + p) * channels + c;                                        \
            for (size_t i = 0; i < width; i++) y[i] = ck_store_##name(accumulator[p * width + i]); \
          }                                                                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void gather_##name(void *context, size_t begin, size_t end) {                            \
    const position_job *job = context;                                                            \
    size_t channels = job->channels;                                                              \
    for (size_t o = begin; o < end; o++) {                                                        \
      const element *in = (const element *)job->in + o / job->outputs * job->inputs * channels;   \
      element *out = (element *)job->out + o * channels;                                          \
      const int32_t *indices = job->indices + o * channels;                                       \
      for (size_t c = 0; c < channels; c++) {                                                     \
        int32_t source = indices[c];                                                              \
        out[c] = source < 0 ? (element){0} : in[(size_t)source * channels + c];                   \
      }                                                                                           \
    }                                                                                             \
  }
CK_NUMERIC_TYPES(DEFINE_POSITIONS)

typedef struct window_kernels {
  ck_range_body maximum, sum, scatter, gather;
} window_kernels;

#define TABLE_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = {maximum_##name, sum_##name, scatter_##name, gather_##name},
static const window_kernels kernels[CK_TYPE_COUNT] = {CK_NUMERIC_TYPES(TABLE_ENTRY)};

// Runs a job over rows of targets; `terms` is about how many sources a target has.
static void run_rows(window_job *job, ck_range_body body, size_t terms) {
  size_t rows = job->window->batch * job->targets[0] * job->targets[1];
  size_t work = job->targets[2] * job->window->channels;
  if (rows == 0 || work == 0) return;
  work *= ck_larger(terms, 1);
  ck_parallel_for(rows, ck_divide_up(CK_PARALLEL_GRAIN / 4, work), body, job);
}

void ck_window_maximum(const ck_window *w, ck_type type, void *out, int32_t *indices,
                       const void *in) {
  window_job job = {
    .window = w, .out = out, .in = in, .indices = indices,
    .targets = w->output, .sources = w->input, .row_channels = w->channels,
  };
  run_rows(&job, kernels[type].maximum, spatial_count(w->size));
}

void ck_window_sum(const ck_window *w, ck_type type, void *out, const void *in) {
  window_job job = {
    .window = w, .out = out, .in = in,
    .targets = w->output, .sources = w->input, .row_channels = w->channels,
  };
  run_rows(&job, kernels[type].sum, spatial_count(w->size));
}

void ck_window_sum_of_covering(const ck_window *w, ck_type type, void *out, const void *in,
                               bool unfolded) {
  size_t taps = spatial_count(w->size);
  window_job job = {
    .window = w, .out = out, .in = in, .covering = true,
    .targets = w->input, .sources = w->output,
    .row_channels = unfolded ? taps * w->channels : w->channels,
    .tap_channels = unfolded ? w->channels : 0,
  };
  run_rows(&job, kernels[type].sum, taps / ck_larger(spatial_count(w->stride), 1));
}

void ck_window_spread(const ck_window *w, ck_type type, void *out, const void *in) {
  ck_window_sum_of_covering(w, type, out, in, false);
}

static position_job position_job_of(const ck_window *w, void *out, const void *in,
                                    const int32_t *indices) {
  return (position_job){
    .window = w, .out = out, .in = in, .indices = indices,
    .outputs = spatial_count(w->output), .inputs = spatial_count(w->input),
    .channels = w->channels, .strip = w->channels, .strip_count = 1,
  };
}

void ck_window_scatter(const ck_window *w, ck_type type, void *out, const void *in,
                       const int32_t *indices) {
  position_job job = position_job_of(w, out, in, indices);
  size_t image = job.inputs * job.channels;
  if (w->batch == 0 || image == 0) return;
  if (w->batch < 16) job.strip = ck_smaller(job.channels, strip_width);
  job.strip_count = ck_divide_up(job.channels, job.strip);
  size_t work = (job.inputs + job.outputs) * job.strip;
  ck_parallel_for(w->batch * job.strip_count, ck_divide_up(CK_PARALLEL_GRAIN / 4, work),
                  kernels[type].scatter, &job);
}

void ck_window_gather(const ck_window *w, ck_type type, void *out, const void *in,
                      const int32_t *indices) {
  position_job job = position_job_of(w, out, in, indices);
  if (w->batch == 0 || job.outputs == 0 || job.channels == 0) return;
  ck_parallel_for(w->batch * job.outputs, ck_divide_up(CK_PARALLEL_GRAIN / 4, job.channels),
                  kernels[type].gather, &job);
}
