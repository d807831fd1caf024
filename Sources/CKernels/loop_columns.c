#include "loop_columns.h"

#include "element_kernel.h"

// Groups of rows have about this many elements: several vectors at once, and room in the cache.
#define CK_GROUP_WIDTH 256

// As many chunks as keep all threads busy, unless they would be too small to be worth it.
#define CK_WANTED_CHUNKS 64
#define CK_SMALLEST_CHUNK 16384

ck_columns ck_plan_columns(const ck_loop *loop) {
  ck_columns plan = {.columns = loop->columns};
  if (loop->columns == 0) return plan;
  plan.group = 1;
  while (2 * plan.group * plan.columns <= CK_GROUP_WIDTH && 2 * plan.group <= loop->column_rows) {
    plan.group *= 2;
  }
  plan.width = plan.group * plan.columns;
  plan.segment = loop->column_rows * plan.columns;
  size_t segments = loop->count / plan.segment;
  size_t chunks = (CK_WANTED_CHUNKS + segments - 1) / segments;
  if (chunks > plan.segment / CK_SMALLEST_CHUNK) chunks = plan.segment / CK_SMALLEST_CHUNK;
  if (chunks < 1) chunks = 1;
  size_t groups = (loop->column_rows + plan.group - 1) / plan.group;
  plan.chunk = (groups + chunks - 1) / chunks * plan.width;
  plan.chunks_per_segment = (plan.segment + plan.chunk - 1) / plan.chunk;
  plan.chunk_count = segments * plan.chunks_per_segment;
  return plan;
}

void ck_chunk_range(const ck_columns *plan, size_t chunk, size_t *begin, size_t *end) {
  size_t segment = chunk / plan->chunks_per_segment * plan->segment;
  size_t first = chunk % plan->chunks_per_segment * plan->chunk;
  *begin = segment + first;
  *end = segment + (plan->segment - first < plan->chunk ? plan->segment : first + plan->chunk);
}

size_t ck_chunk_at(const ck_columns *plan, size_t begin) {
  return begin / plan->segment * plan->chunks_per_segment + begin % plan->segment / plan->chunk;
}

size_t ck_loop_scratch(const ck_loop *loop) {
  if (loop->count == 0) return 0;
  ck_columns plan = ck_plan_columns(loop);
  size_t bytes = 0;
  for (int32_t i = 0; i < loop->output_count; i++) {
    if (loop->outputs[i].sums == 0) continue;
    bytes += (plan.chunk_count * plan.columns * ck_type_size(loop->outputs[i].type) + 63) & ~(size_t)63;
  }
  return bytes;
}

// Four rows at once: shorter chains of additions, which are faster and more exact.
#define CK_COLUMN_SUMS(suffix, element) \
  CK_CLONES static void ck_add_##suffix(element *restrict sums, const element *restrict in, \
                                        size_t rows, size_t width) { \
    size_t r = 0; \
    for (; r + 4 <= rows; r += 4) { \
      const element *a = in + r * width, *b = a + width, *c = b + width, *d = c + width; \
      for (size_t i = 0; i < width; i++) sums[i] += (a[i] + b[i]) + (c[i] + d[i]); \
    } \
    for (; r < rows; r++) { \
      const element *a = in + r * width; \
      for (size_t i = 0; i < width; i++) sums[i] += a[i]; \
    } \
  } \
  static void ck_fold_##suffix(element *sums, size_t group, size_t columns) { \
    for (group /= 2; group > 0; group /= 2) ck_add_##suffix(sums, sums + group * columns, 1, \
                                                            group * columns); \
  } \
  static void ck_combine_##suffix(element *partial, size_t chunks, size_t columns) { \
    while (chunks > 1) { \
      size_t kept = chunks - chunks / 2; \
      ck_add_##suffix(partial, partial + kept * columns, 1, (chunks - kept) * columns); \
      chunks = kept; \
    } \
  }
CK_COLUMN_SUMS(f32, float)
CK_COLUMN_SUMS(f64, double)

void ck_add_columns(const ck_columns *plan, ck_type type, void *accumulators, const void *in,
                    size_t count) {
  size_t rows = count / plan->width, rest = count % plan->width;
  if (type == CK_F64) {
    ck_add_f64(accumulators, in, rows, plan->width);
    if (rest > 0) ck_add_f64(accumulators, (const double *)in + count - rest, 1, rest);
  } else {
    ck_add_f32(accumulators, in, rows, plan->width);
    if (rest > 0) ck_add_f32(accumulators, (const float *)in + count - rest, 1, rest);
  }
}

void ck_finish_columns(const ck_columns *plan, ck_type type, void *accumulators, void *out) {
  if (type == CK_F64) {
    ck_fold_f64(accumulators, plan->group, plan->columns);
  } else {
    ck_fold_f32(accumulators, plan->group, plan->columns);
  }
  memcpy(out, accumulators, plan->columns * ck_type_size(type));
}

void ck_combine_chunks(const ck_columns *plan, ck_type type, void *partial, void *out,
                       size_t groups) {
  size_t chunks = plan->chunk_count / groups, bytes = plan->columns * ck_type_size(type);
  for (size_t g = 0; g < groups; g++) {
    char *part = (char *)partial + g * chunks * bytes;
    if (type == CK_F64) {
      ck_combine_f64((double *)part, chunks, plan->columns);
    } else {
      ck_combine_f32((float *)part, chunks, plan->columns);
    }
    memcpy((char *)out + g * bytes, part, bytes);
  }
}
