// Elements by their position along an axis, each with a position of its own.

#include "kernel_types.h"

enum {
  strip_width = 64,          // inner elements that are worked on together
  accumulator_count = 8192,  // f32 accumulators of a block of f16 or bf16 elements
};

typedef struct elements_job {
  void *out;
  const void *in;
  const void *positions;
  bool wide;                               // positions are i64, else i32
  bool clamps;                             // whether positions outside count as the nearest inside
  size_t extent, count, inner, strips;     // the axis's size, and the number of positions along it
} elements_job;

CK_INLINE int64_t position_at(const elements_job *job, size_t index) {
  return job->wide ? ((const int64_t *)job->positions)[index]
                   : ((const int32_t *)job->positions)[index];
}

// A unit of work is one run of `inner` results.
#define DEFINE_GATHER(bits)                                                                    \
  static void gather_##bits(void *context, size_t begin, size_t end) {                         \
    const elements_job *job = context;                                                         \
    size_t inner = job->inner;                                                                 \
    int64_t last = (int64_t)job->extent - 1;                                                   \
    uint##bits##_t *out = job->out;                                                            \
    for (size_t unit = begin; unit < end; unit++) {                                            \
      const uint##bits##_t *in =                                                               \
        (const uint##bits##_t *)job->in + unit / job->count * job->extent * inner;             \
      for (size_t i = 0; i < inner; i++) {                                                     \
        int64_t position = position_at(job, unit * inner + i);                                 \
        position = position < 0 ? 0 : position > last ? last : position;                       \
        out[unit * inner + i] = in[(size_t)position * inner + i];                              \
      }                                                                                        \
    }                                                                                          \
  }
DEFINE_GATHER(8)
DEFINE_GATHER(16)
DEFINE_GATHER(32)
DEFINE_GATHER(64)

static const ck_range_body gathers[9] = {
  [1] = gather_8, [2] = gather_16, [4] = gather_32, [8] = gather_64,
};

void ck_gather_elements(size_t size, bool wide, void *out, const void *in, const void *positions,
                        size_t outer, size_t extent, size_t inner, size_t count) {
  if (outer == 0 || extent == 0 || inner == 0 || count == 0) return;
  elements_job job = {out, in, positions, wide, true, extent, count, inner, 1};
  ck_parallel_for(outer * count, ck_divide_up(CK_PARALLEL_GRAIN / 8, inner * size),
                  gathers[size], &job);
}

CK_INLINE int64_t clamped(int64_t position, size_t extent) {
  int64_t last = (int64_t)extent - 1;
  return position < 0 ? 0 : position > last ? last : position;
}

// Columns do not depend on each other: a unit of work is a strip of them within one outer block.
// Elements that are their own accumulators are added up in place; the others in blocks of
// accumulators, so that they are rounded once.
// add_terms: adds the terms of a strip to `rows` rows of sums from `first` on.
#define DEFINE_TERMS(name, integer, element, value, wide_value)                                   \
  CK_INLINE void add_terms_##name##_##integer(                                                    \
      value *restrict sums, size_t stride, size_t first, size_t rows, const element *restrict in, \
      const integer##_t *restrict positions, const elements_job *job, size_t width) {             \
    size_t inner = job->inner, extent = job->extent;                                              \
    for (size_t i = 0; i < job->count; i++, in += inner, positions += inner) {                    \
      if (job->clamps && rows == extent) {                                                        \
        /* Every term belongs to one of the rows. */                                              \
        for (size_t c = 0; c < width; c++) {                                                      \
          value *sum = sums + (size_t)clamped(positions[c], extent) * stride + c;                 \
          *sum = (value)((wide_value)*sum + (wide_value)ck_load_##name(in[c]));                   \
        }                                                                                         \
        continue;                                                                                 \
      }                                                                                           \
      for (size_t c = 0; c < width; c++) {                                                        \
        int64_t position = job->clamps ? clamped(positions[c], extent) : positions[c];            \
        /* A negative position becomes a huge one. */                                             \
        size_t row = (size_t)position - first;                                                    \
        if (position < 0 || row >= rows) continue;                                                \
        value *sum = sums + row * stride + c;                                                     \
        *sum = (value)((wide_value)*sum + (wide_value)ck_load_##name(in[c]));                     \
      }                                                                                           \
    }                                                                                             \
  }

#define DEFINE_SCATTER(name, integer, element, value)                                             \
  static void scatter_##name##_##integer(void *context, size_t begin, size_t end) {               \
    const elements_job *job = context;                                                            \
    size_t inner = job->inner;                                                                    \
    bool in_place = sizeof(element) == sizeof(value);                                             \
    value block[sizeof(element) == sizeof(value) ? 1 : accumulator_count];                        \
    for (size_t unit = begin; unit < end; unit++) {                                               \
      size_t outer = unit / job->strips, column = unit % job->strips * strip_width;               \
      size_t width = ck_smaller(strip_width, inner - column);                                     \
      size_t terms = outer * job->count * inner + column;                                         \
      element *out = (element *)job->out + outer * job->extent * inner + column;                  \
      size_t height = in_place ? job->extent : accumulator_count / width;                         \
      for (size_t first = 0; first < job->extent; first += height) {                              \
        size_t rows = ck_smaller(height, job->extent - first);                                    \
        value *sums = in_place ? (value *)(void *)out : block;                                    \
        size_t stride = in_place ? inner : width;                                                 \
        for (size_t r = 0; r < rows; r++) memset(sums + r * stride, 0, width * sizeof(value));    \
        add_terms_##name##_##integer(sums, stride, first, rows, (const element *)job->in + terms, \
                                     (const integer##_t *)job->positions + terms, job, width);    \
        if (in_place) continue;                                                                   \
        for (size_t r = 0; r < rows; r++) {                                                       \
          for (size_t c = 0; c < width; c++) {                                                    \
            out[(first + r) * inner + c] = ck_store_##name(sums[r * stride + c]);                 \
          }                                                                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }
#define DEFINE_SCATTERS(name, code, element, compared, value, wide_value, lowest, highest) \
  DEFINE_TERMS(name, int32, element, value, wide_value)                                    \
  DEFINE_TERMS(name, int64, element, value, wide_value)                                    \
  DEFINE_SCATTER(name, int32, element, value)                                              \
  DEFINE_SCATTER(name, int64, element, value)
CK_NUMERIC_TYPES(DEFINE_SCATTERS)

#define SCATTER_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = {scatter_##name##_int32, scatter_##name##_int64},
static const ck_range_body scatters[CK_TYPE_COUNT][2] = {CK_NUMERIC_TYPES(SCATTER_ENTRY)};

void ck_scatter_add_elements(ck_type type, bool wide, bool clamps, void *out, const void *in,
                             const void *positions, size_t outer, size_t extent, size_t inner,
                             size_t count) {
  if (outer == 0 || extent == 0 || inner == 0) return;
  elements_job job = {out, in, positions, wide, clamps, extent, count, inner,
                      ck_divide_up(inner, strip_width)};
  size_t work = (extent + count) * ck_smaller(inner, strip_width) * ck_type_size(type);
  ck_parallel_for(outer * job.strips, ck_divide_up(CK_PARALLEL_GRAIN / 8, work),
                  scatters[type][wide], &job);
}
