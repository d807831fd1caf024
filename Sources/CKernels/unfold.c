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

// Every input position sums what its copies received, so that no two threads share an output.
void ck_fold(const ck_window *w, ck_type type, void *out, const void *in) {
  ck_window_sum_of_covering(w, type, out, in, true);
}
