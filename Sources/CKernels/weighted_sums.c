// Weighted sums of neighbouring positions along the spatial axes: resizing, bins, and their
// gradients.
//
// A row of results is a weighted sum of rows of the input, which is computed a piece at a time into
// a buffer that stays in the first caches; sums along the last axis are then taken of that. So the
// input and the result pass through memory once, whatever the number of axes.

#include "kernel_types.h"

enum { buffer_count = CK_PARTIAL_BYTES / sizeof(double) };

typedef struct weighted_job {
  const ck_weighted_sums *sums;
  void *out;
  const void *in;
} weighted_job;

// The run of a result: count positions from start on.
typedef struct run {
  size_t start, count, offset;   // offset of the first weight
  bool is_one;                   // the element itself
} run;

static run run_at(const ck_weighted_axis *axis, size_t position) {
  if (!axis->starts) return (run){position, 1, 0, true};
  size_t offset = (size_t)axis->offsets[position];
  return (run){(size_t)axis->starts[position], (size_t)axis->offsets[position + 1] - offset, offset,
               false};
}

// weigh: out[i] = (adds ? out[i] : 0) + scale * sum over t of weights[t] * in[t * step + i].
// combine: elements first ..< first + width of the weighted sum of input rows.
#define DEFINE_WEIGHTED(name, value)                                                              \
  CK_INLINE void weigh_##name(value *restrict out, const value *restrict in, size_t step,         \
                              const value *weights, size_t count, value scale, size_t width,      \
                              bool adds) {                                                        \
    size_t t = 0;                                                                                 \
    if (!adds) {                                                                                  \
      if (count >= 4) {                                                                           \
        value a = scale * weights[0], b = scale * weights[1];                                     \
        value c = scale * weights[2], d = scale * weights[3];                                     \
        for (size_t i = 0; i < width; i++) {                                                      \
          out[i] = (a * in[i] + b * in[step + i])                                                 \
            + (c * in[2 * step + i] + d * in[3 * step + i]);                                      \
        }                                                                                         \
        t = 4;                                                                                    \
      } else if (count >= 2) {                                                                    \
        value a = scale * weights[0], b = scale * weights[1];                                     \
        for (size_t i = 0; i < width; i++) out[i] = a * in[i] + b * in[step + i];                 \
        t = 2;                                                                                    \
      } else if (count == 1) {                                                                    \
        value a = scale * weights[0];                                                             \
        for (size_t i = 0; i < width; i++) out[i] = a * in[i];                                    \
        t = 1;                                                                                    \
      } else {                                                                                    \
        for (size_t i = 0; i < width; i++) out[i] = 0;                                            \
      }                                                                                           \
    }                                                                                             \
    for (; t + 1 < count; t += 2) {                                                               \
      value a = scale * weights[t], b = scale * weights[t + 1];                                   \
      const value *x = in + t * step;                                                             \
      for (size_t i = 0; i < width; i++) out[i] += a * x[i] + b * x[step + i];                    \
    }                                                                                             \
    if (t < count) {                                                                              \
      value a = scale * weights[t];                                                               \
      const value *x = in + t * step;                                                             \
      for (size_t i = 0; i < width; i++) out[i] += a * x[i];                                      \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  CK_INLINE void combine_##name(value *restrict out, const value *in, const value *weights,       \
                                run r0, run r1, size_t rows, size_t line, size_t width) {         \
    static const value one = 1;                                                                   \
    const value *w1 = r1.is_one ? &one : weights + r1.offset;                                     \
    if (r0.count == 0) weigh_##name(out, in, line, w1, 0, 1, width, false);                       \
    for (size_t k = 0; k < r0.count; k++) {                                                       \
      value scale = r0.is_one ? 1 : weights[r0.offset + k];                                       \
      const value *x = in + ((r0.start + k) * rows + r1.start) * line;                            \
      weigh_##name(out, x, line, w1, r1.count, scale, width, k > 0);                              \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  /* Results first ..< end of a row, of a piece of the input's row that begins at `origin`. */    \
  CK_INLINE void along_##name(value *restrict out, const value *restrict in,                      \
                              const ck_weighted_axis *axis, const value *weights, size_t first,   \
                              size_t end, size_t origin, size_t channels) {                       \
    for (size_t o = first; o < end; o++) {                                                        \
      run r = run_at(axis, o);                                                                    \
      weigh_##name(out + o * channels, in + (r.start - origin) * channels, channels,              \
                   weights + r.offset, r.count, 1, channels, false);                              \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void row_##name(const weighted_job *job, size_t row) {                         \
    const ck_weighted_sums *s = job->sums;                                                        \
    const value *weights = s->weights;                                                            \
    size_t channels = s->channels, outputs = s->axes[2].outputs;                                  \
    size_t line = s->axes[2].inputs * channels, rows = s->axes[1].inputs;                         \
    run r1 = run_at(&s->axes[1], row % s->axes[1].outputs);                                       \
    run r0 = run_at(&s->axes[0], row / s->axes[1].outputs % s->axes[0].outputs);                  \
    size_t image = row / s->axes[1].outputs / s->axes[0].outputs;                                 \
    const value *in = (const value *)job->in + image * s->axes[0].inputs * rows * line;           \
    value *out = (value *)job->out + row * outputs * channels;                                    \
    if (!s->axes[2].starts) {                                                                     \
      combine_##name(out, in, weights, r0, r1, rows, line, line);                                 \
      return;                                                                                     \
    }                                                                                             \
    value buffer[buffer_count];                                                                   \
    for (size_t first = 0, end; first < outputs; first = end) {                                   \
      /* As many results as the buffer has room for. */                                           \
      run r = run_at(&s->axes[2], first);                                                         \
      size_t low = r.start, high = r.start + r.count;                                             \
      for (end = first + 1; end < outputs; end++) {                                               \
        r = run_at(&s->axes[2], end);                                                             \
        size_t wider_low = ck_smaller(low, r.start);                                              \
        size_t wider_high = ck_larger(high, r.start + r.count);                                   \
        if ((wider_high - wider_low) * channels > buffer_count) break;                            \
        low = wider_low;                                                                          \
        high = wider_high;                                                                        \
      }                                                                                           \
      if ((high - low) * channels > buffer_count) {                                               \
        /* One result of a long run: strips of channels, one position at a time. */               \
        r = run_at(&s->axes[2], first);                                                           \
        for (size_t c = 0; c < channels; c += buffer_count) {                                     \
          size_t width = ck_smaller(buffer_count, channels - c);                                  \
          for (size_t k = 0; k < r.count; k++) {                                                  \
            const value *x = in + (r.start + k) * channels + c;                                   \
            combine_##name(buffer, x, weights, r0, r1, rows, line, width);                        \
            weigh_##name(out + first * channels + c, buffer, 0, weights + r.offset + k, 1, 1,     \
                         width, k > 0);                                                           \
          }                                                                                       \
        }                                                                                         \
        continue;                                                                                 \
      }                                                                                           \
      const value *piece = in + low * channels;                                                   \
      if (r0.is_one && r1.is_one) {                                                               \
        piece += (r0.start * rows + r1.start) * line;                                             \
      } else {                                                                                    \
        combine_##name(buffer, piece, weights, r0, r1, rows, line, (high - low) * channels);      \
        piece = buffer;                                                                           \
      }                                                                                           \
      const ck_weighted_axis *axis = &s->axes[2];                                                 \
      switch (channels) {                                                                         \
        case 1: along_##name(out, piece, axis, weights, first, end, low, 1); break;               \
        case 3: along_##name(out, piece, axis, weights, first, end, low, 3); break;               \
        case 4: along_##name(out, piece, axis, weights, first, end, low, 4); break;               \
        default: along_##name(out, piece, axis, weights, first, end, low, channels); break;       \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void rows_##name(void *context, size_t begin, size_t end) {                              \
    for (size_t row = begin; row < end; row++) row_##name(context, row);                          \
  }
DEFINE_WEIGHTED(f32, float)
DEFINE_WEIGHTED(f64, double)

void ck_weighted_sum(const ck_weighted_sums *sums, ck_type type, void *out, const void *in) {
  weighted_job job = {sums, out, in};
  size_t rows = sums->batch * sums->axes[0].outputs * sums->axes[1].outputs;
  size_t work = sums->axes[2].outputs * sums->channels;
  if (rows == 0 || work == 0) return;
  ck_parallel_for(rows, ck_divide_up(CK_PARALLEL_GRAIN / 16, work),
                  type == CK_F64 ? rows_f64 : rows_f32, &job);
}
