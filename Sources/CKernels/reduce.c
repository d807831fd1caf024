// Reductions over one axis.
//
// Everything is reduced to one operation: adding rows element by element into an accumulator row,
// which compilers vectorize whatever the element type. When the inner axis is short, several rows
// are taken as one long row, and the long accumulator is folded at the end.

#include "kernel_types.h"

enum {
  strip_width = 512,   // accumulator elements at most, so that they stay in the first cache
  rows_at_once = 128,  // rows that are added up in sequence; longer runs are summed pairwise
  short_row = 64,      // contiguous rows shorter than this are reduced without an accumulator row
  lanes = 8,           // independent accumulators of a short row
  at_once = 4,         // rows reduced together that are too short for those
  longest_row = 8192,  // contiguous rows of floats up to this length are reduced lane by lane
};

// NaN stays: no comparison with it is true, and a NaN always replaces a number.
#define SUM(a, b, wide) ((wide)(a) + (wide)(b))
#define PRODUCT(a, b, wide) ((wide)(a) * (wide)(b))
#define MAXIMUM(a, b, wide) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define MINIMUM(a, b, wide) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))
#define ANY(a, b, wide) ((a) | (b))
#define ALL(a, b, wide) ((a) & (b))

// The same on vectors, to which an arithmetic type cannot be cast.
#define LANE_SUM(a, b) ((a) + (b))
#define LANE_PRODUCT(a, b) ((a) * (b))
#define LANE_MAXIMUM(a, b) MAXIMUM(a, b, )
#define LANE_MINIMUM(a, b) MINIMUM(a, b, )

// A vector of 16 or 8 elements as one of 8.
#define HALVED(COMBINE, vector) COMBINE((vector).lo, (vector).hi)
#define WHOLE(COMBINE, vector) (vector)

// Contiguous rows of floats, lane by lane: four vectors of accumulators, which hides the latency of
// additions and keeps sequential sums short.
#define DEFINE_LANES(op, COMBINE, FOLD, name, element)                                            \
  CK_CLONES static void lanes_##op##_##name(element *restrict out, const element *restrict in,    \
                                            size_t rows, size_t row) {                            \
    enum { width = 64 / sizeof(element) };                                                        \
    typedef element vector __attribute__((ext_vector_type(width), aligned(sizeof(element))));     \
    for (size_t o = 0; o < rows; o++, in += row) {                                                \
      vector total = *(const vector *)in;                                                         \
      size_t c = width;                                                                           \
      if (row >= 4 * width) {                                                                     \
        vector v1 = *(const vector *)(in + width), v2 = *(const vector *)(in + 2 * width);        \
        vector v3 = *(const vector *)(in + 3 * width);                                            \
        for (c = 4 * width; c + 4 * width <= row; c += 4 * width) {                               \
          total = COMBINE(total, *(const vector *)(in + c));                                      \
          v1 = COMBINE(v1, *(const vector *)(in + c + width));                                    \
          v2 = COMBINE(v2, *(const vector *)(in + c + 2 * width));                                \
          v3 = COMBINE(v3, *(const vector *)(in + c + 3 * width));                                \
        }                                                                                         \
        total = COMBINE(total, v1);                                                               \
        v2 = COMBINE(v2, v3);                                                                     \
        total = COMBINE(total, v2);                                                               \
      }                                                                                           \
      for (; c + width <= row; c += width) total = COMBINE(total, *(const vector *)(in + c));     \
      __auto_type eight = FOLD(COMBINE, total);                                                   \
      __auto_type four = COMBINE(eight.lo, eight.hi);                                             \
      __auto_type two = COMBINE(four.lo, four.hi);                                                \
      element result = COMBINE(two.lo, two.hi);                                                   \
      for (; c < row; c++) result = COMBINE(result, in[c]);                                       \
      out[o] = result;                                                                            \
    }                                                                                             \
  }

typedef struct reduction {
  ck_reduction_plan plan;
  const void *in;
  void *out;       // elements, if there is a single chunk
  void *partial;   // else accumulators
  bool is_wide;    // results stay accumulators
} reduction;

// Number of rows to take as one: a power of two, so that folding halves it.
static size_t rows_per_group(size_t rows, size_t width) {
  size_t wanted = rows * width >= 8192 ? 256 : short_row;
  size_t group = 1;
  while (group * 2 * width <= wanted && group * 2 <= rows) group *= 2;
  return group;
}

// Everything for one operation on one type; `acc` is the type of accumulators.
//
// add_rows: accumulator[c] += the sum over rows of in[row, c].
// sum_rows: accumulator[c] = the sum over rows of in[row, c], pairwise.
// sum_short_rows: out[o] = the sum of in[o, :] for short contiguous rows.
#define DEFINE_REDUCTION(op, COMBINE, identity, name, element, acc, wide)                         \
  CK_INLINE acc combine_##op##_##name(acc a, acc b) { return (acc)COMBINE(a, b, wide); }          \
                                                                                                  \
  CK_CLONES static void add_rows_##op##_##name(acc *restrict accumulator,                         \
                                               const element *restrict in, size_t rows,           \
                                               size_t stride, size_t width) {                     \
    size_t r = 0;                                                                                 \
    for (; r + 4 <= rows; r += 4) {                                                               \
      const element *x0 = in + r * stride, *x1 = x0 + stride, *x2 = x1 + stride;                  \
      const element *x3 = x2 + stride;                                                            \
      for (size_t c = 0; c < width; c++) {                                                        \
        acc first = combine_##op##_##name(ck_load_##name(x0[c]), ck_load_##name(x1[c]));          \
        acc second = combine_##op##_##name(ck_load_##name(x2[c]), ck_load_##name(x3[c]));         \
        accumulator[c] =                                                                          \
            combine_##op##_##name(accumulator[c], combine_##op##_##name(first, second));          \
      }                                                                                           \
    }                                                                                             \
    for (; r < rows; r++) {                                                                       \
      const element *x = in + r * stride;                                                         \
      for (size_t c = 0; c < width; c++) {                                                        \
        accumulator[c] = combine_##op##_##name(accumulator[c], ck_load_##name(x[c]));             \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void sum_rows_##op##_##name(acc *restrict accumulator, const element *in, size_t rows,   \
                                     size_t stride, size_t width) {                               \
    if (rows <= rows_at_once) {                                                                   \
      for (size_t c = 0; c < width; c++) accumulator[c] = identity;                               \
      add_rows_##op##_##name(accumulator, in, rows, stride, width);                               \
      return;                                                                                     \
    }                                                                                             \
    size_t half = ck_divide_up(rows / 2, rows_at_once) * rows_at_once;                            \
    acc other[strip_width];                                                                       \
    sum_rows_##op##_##name(accumulator, in, half, stride, width);                                 \
    sum_rows_##op##_##name(other, in + half * stride, rows - half, stride, width);                \
    for (size_t c = 0; c < width; c++) {                                                          \
      accumulator[c] = combine_##op##_##name(accumulator[c], other[c]);                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void sum_short_rows_##op##_##name(element *restrict out,                       \
                                                     const element *restrict in, size_t rows,     \
                                                     size_t row) {                                \
    size_t o = 0;                                                                                 \
    for (; row < 2 * lanes && o + at_once <= rows; o += at_once, in += at_once * row) {           \
      acc lane[at_once];                                                                          \
      _Pragma("clang loop unroll(full)")                                                          \
      for (size_t l = 0; l < at_once; l++) lane[l] = identity;                                    \
      for (size_t c = 0; c < row; c++) {                                                          \
        _Pragma("clang loop unroll(full)")                                                        \
        for (size_t l = 0; l < at_once; l++) {                                                    \
          lane[l] = combine_##op##_##name(lane[l], ck_load_##name(in[l * row + c]));              \
        }                                                                                         \
      }                                                                                           \
      for (size_t l = 0; l < at_once; l++) out[o + l] = ck_store_##name(lane[l]);                 \
    }                                                                                             \
    for (; o < rows; o++, in += row) {                                                            \
      acc total = identity;                                                                       \
      size_t c = 0;                                                                               \
      if (row >= lanes) {                                                                         \
        acc lane[lanes];                                                                          \
        for (size_t l = 0; l < lanes; l++) lane[l] = ck_load_##name(in[l]);                       \
        for (c = lanes; c + lanes <= row; c += lanes) {                                           \
          for (size_t l = 0; l < lanes; l++) {                                                    \
            lane[l] = combine_##op##_##name(lane[l], ck_load_##name(in[c + l]));                  \
          }                                                                                       \
        }                                                                                         \
        for (size_t half = lanes / 2; half > 0; half /= 2) {                                      \
          for (size_t l = 0; l < half; l++) {                                                     \
            lane[l] = combine_##op##_##name(lane[l], lane[l + half]);                             \
          }                                                                                       \
        }                                                                                         \
        total = lane[0];                                                                          \
      }                                                                                           \
      for (; c < row; c++) total = combine_##op##_##name(total, ck_load_##name(in[c]));           \
      out[o] = ck_store_##name(total);                                                            \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void run_##op##_##name(void *context, size_t begin, size_t end) {                        \
    const reduction *r = context;                                                                 \
    const ck_reduction_plan *plan = &r->plan;                                                     \
    const element *in = r->in;                                                                    \
    element *out = r->out;                                                                        \
    if (plan->inner == 1 && plan->reduced < short_row && !r->is_wide) {                           \
      sum_short_rows_##op##_##name(out + begin, in + begin * plan->reduced, end - begin,          \
                                   plan->reduced);                                                \
      return;                                                                                     \
    }                                                                                             \
    acc accumulator[strip_width];                                                                 \
    for (size_t i = begin; i < end; i++) {                                                        \
      ck_reduction_task t = ck_reduction_task_at(plan, i);                                        \
      const element *x = in + (t.outer * plan->reduced + t.first) * plan->inner + t.inner;        \
      size_t group = t.width == plan->inner ? rows_per_group(t.count, t.width) : 1;               \
      size_t groups = t.count / group, rest = t.count % group;                                    \
      sum_rows_##op##_##name(accumulator, x, groups, plan->inner * group, t.width * group);       \
      if (rest > 0) {                                                                             \
        add_rows_##op##_##name(accumulator, x + groups * group * t.width, 1, 0,                   \
                               rest * t.width);                                                   \
      }                                                                                           \
      for (size_t left = group / 2; left > 0; left /= 2) {                                        \
        size_t half = left * t.width;                                                             \
        for (size_t c = 0; c < half; c++) {                                                       \
          accumulator[c] = combine_##op##_##name(accumulator[c], accumulator[half + c]);          \
        }                                                                                         \
      }                                                                                           \
      if (plan->chunk_count > 1) {                                                                \
        memcpy((acc *)r->partial + t.partial, accumulator, t.width * sizeof(acc));                \
      } else if (r->is_wide) {                                                                    \
        memcpy((acc *)r->out + t.partial, accumulator, t.width * sizeof(acc));                    \
      } else {                                                                                    \
        element *result = out + t.partial;                                                        \
        for (size_t c = 0; c < t.width; c++) result[c] = ck_store_##name(accumulator[c]);         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void combine_chunks_##op##_##name(const reduction *r) {                                  \
    const ck_reduction_plan *plan = &r->plan;                                                     \
    size_t inner = plan->inner;                                                                   \
    for (size_t o = 0; o < plan->outer; o++) {                                                    \
      acc *partial = (acc *)r->partial + o * plan->chunk_count * inner;                           \
      for (size_t chunks = plan->chunk_count; chunks > 1; chunks = ck_divide_up(chunks, 2)) {     \
        size_t half = ck_divide_up(chunks, 2) * inner;                                            \
        for (size_t c = 0; c < chunks * inner - half; c++) {                                      \
          partial[c] = combine_##op##_##name(partial[c], partial[half + c]);                      \
        }                                                                                         \
      }                                                                                           \
      if (r->is_wide) {                                                                           \
        memcpy((acc *)r->out + o * inner, partial, inner * sizeof(acc));                          \
        continue;                                                                                 \
      }                                                                                           \
      element *out = (element *)r->out + o * inner;                                               \
      for (size_t c = 0; c < inner; c++) out[c] = ck_store_##name(partial[c]);                    \
    }                                                                                             \
  }

#define DEFINE_FLOAT_LANES(FOLD, name, element)            \
  DEFINE_LANES(sum, LANE_SUM, FOLD, name, element)         \
  DEFINE_LANES(product, LANE_PRODUCT, FOLD, name, element) \
  DEFINE_LANES(maximum, LANE_MAXIMUM, FOLD, name, element) \
  DEFINE_LANES(minimum, LANE_MINIMUM, FOLD, name, element)
DEFINE_FLOAT_LANES(HALVED, f32, float)
DEFINE_FLOAT_LANES(WHOLE, f64, double)

#define LANE_KERNELS(name) \
  {lanes_sum_##name, lanes_product_##name, lanes_maximum_##name, lanes_minimum_##name}
typedef void (*lane_kernel_f32)(float *restrict, const float *restrict, size_t, size_t);
typedef void (*lane_kernel_f64)(double *restrict, const double *restrict, size_t, size_t);
static const lane_kernel_f32 lane_kernels_f32[] = LANE_KERNELS(f32);
static const lane_kernel_f64 lane_kernels_f64[] = LANE_KERNELS(f64);

#define DEFINE_TYPE(name, code, element, compared, value, wide, lowest, highest) \
  DEFINE_REDUCTION(sum, SUM, 0, name, element, value, wide)                      \
  DEFINE_REDUCTION(product, PRODUCT, 1, name, element, value, wide)              \
  DEFINE_REDUCTION(maximum, MAXIMUM, lowest, name, element, compared, wide)      \
  DEFINE_REDUCTION(minimum, MINIMUM, highest, name, element, compared, wide)
CK_NUMERIC_TYPES(DEFINE_TYPE)
DEFINE_REDUCTION(any, ANY, 0, u8, uint8_t, uint8_t, uint8_t)
DEFINE_REDUCTION(all, ALL, 1, u8, uint8_t, uint8_t, uint8_t)

typedef struct reduction_kernels {
  ck_range_body run;
  void (*combine_chunks)(const reduction *r);
} reduction_kernels;

#define KERNELS(op, name) {run_##op##_##name, combine_chunks_##op##_##name}
#define TABLE_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = {                                                                     \
    [CK_REDUCE_SUM] = KERNELS(sum, name),                                        \
    [CK_REDUCE_PRODUCT] = KERNELS(product, name),                                \
    [CK_REDUCE_MAXIMUM] = KERNELS(maximum, name),                                \
    [CK_REDUCE_MINIMUM] = KERNELS(minimum, name),                                \
  },
static const reduction_kernels kernels[CK_TYPE_COUNT][CK_REDUCE_ALL + 1] = {
  CK_NUMERIC_TYPES(TABLE_ENTRY)
  // Booleans are bytes of 0 and 1: their maximum is "any" and their minimum is "all".
  [CK_BOOL] = {
    [CK_REDUCE_ANY] = KERNELS(any, u8),
    [CK_REDUCE_ALL] = KERNELS(all, u8),
    [CK_REDUCE_MAXIMUM] = KERNELS(any, u8),
    [CK_REDUCE_MINIMUM] = KERNELS(all, u8),
  },
};

typedef struct lane_rows {
  ck_reduction operation;
  ck_type type;
  void *out;
  const void *in;
  size_t row;
} lane_rows;

static void run_lane_rows(void *context, size_t begin, size_t end) {
  const lane_rows *r = context;
  if (r->type == CK_F32) {
    lane_kernels_f32[r->operation]((float *)r->out + begin, (const float *)r->in + begin * r->row,
                                   end - begin, r->row);
  } else {
    lane_kernels_f64[r->operation]((double *)r->out + begin,
                                   (const double *)r->in + begin * r->row, end - begin, r->row);
  }
}

static void reduce(ck_reduction operation, ck_type type, bool is_wide, void *out, const void *in,
                   size_t outer, size_t reduced, size_t inner) {
  _Alignas(64) unsigned char partial[CK_PARTIAL_BYTES];
  size_t partial_size = ck_larger(ck_type_size(type), sizeof(float));
  reduction r = {
    .plan = ck_plan_reduction(outer, reduced, inner, strip_width, 256, partial_size),
    .in = in, .out = out, .partial = partial, .is_wide = is_wide,
  };
  const reduction_kernels *kernel = &kernels[type][operation];
  ck_parallel_for(r.plan.tasks, r.plan.grain, kernel->run, &r);
  if (r.plan.chunk_count > 1) kernel->combine_chunks(&r);
}

void ck_reduce(ck_reduction operation, ck_type type, void *out, const void *in,
               size_t outer, size_t reduced, size_t inner) {
  if (outer == 0 || inner == 0) return;
  bool is_float = type == CK_F32 || type == CK_F64;
  if (is_float && inner == 1 && reduced >= 64 / ck_type_size(type) && reduced <= longest_row) {
    lane_rows rows = {operation, type, out, in, reduced};
    ck_parallel_for(outer, ck_larger(CK_PARALLEL_GRAIN / 4 / reduced, 1), run_lane_rows, &rows);
    return;
  }
  reduce(operation, type, false, out, in, outer, reduced, inner);
}

void ck_reduce_wide(ck_reduction operation, ck_type type, float *out, const void *in,
                    size_t outer, size_t reduced, size_t inner) {
  if (outer == 0 || inner == 0) return;
  reduce(operation, type, true, out, in, outer, reduced, inner);
}
