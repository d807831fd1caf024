// Windows as rows of a matrix, for convolutions by matrix products.

#include "kernel_types.h"

typedef struct unfold_job {
  const ck_window *window;
  char *out;
  const char *in;
  size_t size;   // bytes of the channels of one position
} unfold_job;

// A run of window positions along the last axis whose inputs are neighbours.
static void copy_run(char *out, const char *in, size_t bytes) {
  // Without many channels, runs are a few elements, for which calling memcpy costs too much.
  if (bytes >= 64) {
    memcpy(out, in, bytes);
  } else if (bytes % sizeof(uint32_t) == 0) {
    for (size_t i = 0; i < bytes; i += sizeof(uint32_t)) memcpy(out + i, in + i, sizeof(uint32_t));
  } else {
    for (size_t i = 0; i < bytes; i++) out[i] = in[i];
  }
}

// Writes the taps begin ..< end of the last axis for one line of the input, or zeros without one.
static char *unfold_line(const unfold_job *job, char *out, const char *line, int64_t origin) {
  const ck_window *w = job->window;
  int64_t dilation = (int64_t)w->dilation[2], extent = (int64_t)w->input[2];
  int64_t taps = (int64_t)w->size[2], size = (int64_t)job->size;
  int64_t begin = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
  int64_t end = origin < extent ? (extent - origin + dilation - 1) / dilation : 0;
  if (end > taps) end = taps;
  if (line == NULL || begin >= end) {
    memset(out, 0, (size_t)(taps * size));
    return out + taps * size;
  }
  if (begin > 0) memset(out, 0, (size_t)(begin * size));
  if (dilation == 1) {
    copy_run(out + begin * size, line + (origin + begin) * size, (size_t)((end - begin) * size));
  } else {
    for (int64_t k = begin; k < end; k++) {
      copy_run(out + k * size, line + (origin + k * dilation) * size, (size_t)size);
    }
  }
  if (end < taps) memset(out + end * size, 0, (size_t)((taps - end) * size));
  return out + taps * size;
}

// A unit is a line of output positions: the batch and the two leading axes.
static void unfold_lines(void *context, size_t begin, size_t end) {
  const unfold_job *job = context;
  const ck_window *w = job->window;
  size_t taps = w->size[0] * w->size[1] * w->size[2];
  int64_t extent0 = (int64_t)w->input[0], extent1 = (int64_t)w->input[1];
  char *out = job->out + begin * w->output[2] * taps * job->size;
  for (size_t unit = begin; unit < end; unit++) {
    size_t n = unit / w->output[1] / w->output[0];
    size_t d0 = unit / w->output[1] % w->output[0], d1 = unit % w->output[1];
    const char *image = job->in + n * w->input[0] * w->input[1] * w->input[2] * job->size;
    int64_t origin0 = (int64_t)(d0 * w->stride[0]) - w->padding[0];
    int64_t origin1 = (int64_t)(d1 * w->stride[1]) - w->padding[1];
    for (size_t d2 = 0; d2 < w->output[2]; d2++) {
      int64_t origin2 = (int64_t)(d2 * w->stride[2]) - w->padding[2];
      for (size_t k0 = 0; k0 < w->size[0]; k0++) {
        int64_t i0 = origin0 + (int64_t)(k0 * w->dilation[0]);
        bool inside0 = i0 >= 0 && i0 < extent0;
        for (size_t k1 = 0; k1 < w->size[1]; k1++) {
          int64_t i1 = origin1 + (int64_t)(k1 * w->dilation[1]);
          const char *line = NULL;
          if (inside0 && i1 >= 0 && i1 < extent1) {
            line = image + (size_t)(i0 * extent1 + i1) * w->input[2] * job->size;
          }
          out = unfold_line(job, out, line, origin2);
        }
      }
    }
  }
}

void ck_unfold(const ck_window *w, ck_type type, void *out, const void *in) {
  size_t lines = w->batch * w->output[0] * w->output[1];
  unfold_job job = {w, out, in, w->channels * ck_type_size(type)};
  size_t work = w->output[2] * w->size[0] * w->size[1] * w->size[2] * job.size;
  if (lines == 0 || work == 0) return;
  ck_parallel_for(lines, ck_divide_up(CK_PARALLEL_GRAIN, work), unfold_lines, &job);
}

// Adding what is unfolded reads it once and in order. An image, or a strip of its channels, is a
// unit, so that no two threads share an output.
typedef struct fold_job {
  const ck_window *window;
  void *out;
  const void *in;
  size_t strip, strip_count;
} fold_job;

#define DEFINE_FOLD(name, element)                                                                \
  CK_CLONES static void add_run_##name(element *restrict out, const element *restrict in,         \
                                       size_t count) {                                            \
    for (size_t i = 0; i < count; i++) out[i] += in[i];                                           \
  }                                                                                               \
                                                                                                  \
  /* Adds the window at one output position, whose first input is at `origin`. */                 \
  static void fold_window_##name(const ck_window *w, element *out, const element *in,             \
                                 const int64_t *origin, size_t width) {                           \
    size_t channels = w->channels;                                                                \
    int64_t dilation = (int64_t)w->dilation[2], extent = (int64_t)w->input[2];                    \
    int64_t begin = origin[2] < 0 ? (-origin[2] + dilation - 1) / dilation : 0;                   \
    int64_t end = origin[2] < extent ? (extent - origin[2] + dilation - 1) / dilation : 0;        \
    if (end > (int64_t)w->size[2]) end = (int64_t)w->size[2];                                     \
    if (begin >= end) return;                                                                     \
    bool joined = dilation == 1 && width == channels;                                             \
    size_t run = joined ? (size_t)(end - begin) * channels : width;                               \
    for (size_t k0 = 0; k0 < w->size[0]; k0++) {                                                  \
      int64_t i0 = origin[0] + (int64_t)(k0 * w->dilation[0]);                                    \
      if (i0 < 0 || i0 >= (int64_t)w->input[0]) continue;                                         \
      for (size_t k1 = 0; k1 < w->size[1]; k1++) {                                                \
        int64_t i1 = origin[1] + (int64_t)(k1 * w->dilation[1]);                                  \
        if (i1 < 0 || i1 >= (int64_t)w->input[1]) continue;                                       \
        int64_t line = (i0 * (int64_t)w->input[1] + i1) * extent + origin[2];                     \
        const element *taps = in + (k0 * w->size[1] + k1) * w->size[2] * channels;                \
        for (int64_t k2 = begin; k2 < end; k2 = joined ? end : k2 + 1) {                          \
          element *y = out + (size_t)(line + k2 * dilation) * channels;                           \
          const element *x = taps + (size_t)k2 * channels;                                        \
          if (run < 8) {                                                                          \
            for (size_t i = 0; i < run; i++) y[i] += x[i];                                        \
          } else {                                                                                \
            add_run_##name(y, x, run);                                                            \
          }                                                                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void fold_##name(void *context, size_t begin, size_t end) {                              \
    const fold_job *job = context;                                                                \
    const ck_window *w = job->window;                                                             \
    size_t inputs = w->input[0] * w->input[1] * w->input[2];                                      \
    size_t outputs = w->output[0] * w->output[1] * w->output[2];                                  \
    size_t row = w->size[0] * w->size[1] * w->size[2] * w->channels;                              \
    for (size_t unit = begin; unit < end; unit++) {                                               \
      size_t n = unit / job->strip_count, column = unit % job->strip_count * job->strip;          \
      size_t width = ck_smaller(job->strip, w->channels - column);                                \
      element *out = (element *)job->out + n * inputs * w->channels + column;                     \
      const element *in = (const element *)job->in + n * outputs * row + column;                  \
      for (size_t p = 0; p < inputs; p++) {                                                       \
        memset(out + p * w->channels, 0, width * sizeof(element));                                \
      }                                                                                           \
      for (size_t o = 0; o < outputs; o++, in += row) {                                           \
        size_t position[3] = {o / w->output[2] / w->output[1], o / w->output[2] % w->output[1],   \
                              o % w->output[2]};                                                  \
        int64_t origin[3];                                                                        \
        for (int a = 0; a < 3; a++) {                                                             \
          origin[a] = (int64_t)(position[a] * w->stride[a]) - w->padding[a];                      \
        }                                                                                         \
        fold_window_##name(w, out, in, origin, width);                                            \
      }                                                                                           \
    }                                                                                             \
  }
DEFINE_FOLD(f32, float)
DEFINE_FOLD(f64, double)

void ck_fold(const ck_window *w, ck_type type, void *out, const void *in) {
  if (type != CK_F32 && type != CK_F64) {
    // Sums of other types need another type to accumulate in, hence one target at a time.
    ck_window_sum_of_covering(w, type, out, in, true);
    return;
  }
  size_t inputs = w->input[0] * w->input[1] * w->input[2];
  size_t work = w->output[0] * w->output[1] * w->output[2] * w->size[0] * w->size[1] * w->size[2];
  if (w->batch == 0 || w->channels == 0 || inputs == 0) return;
  size_t strip = w->batch < 16 ? ck_smaller(w->channels, 64) : w->channels;
  fold_job job = {w, out, in, strip, ck_divide_up(w->channels, strip)};
  ck_parallel_for(w->batch * job.strip_count,
                  ck_divide_up(CK_PARALLEL_GRAIN / 4, (work + inputs) * strip),
                  type == CK_F32 ? fold_f32 : fold_f64, &job);
}
