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
};

// NaN stays: no comparison with it is true, and a NaN always replaces a number.
#define SUM(a, b, wide) ((wide)(a) + (wide)(b))
#define PRODUCT(a, b, wide) ((wide)(a) * (wide)(b))
#define MAXIMUM(a, b, wide) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define MINIMUM(a, b, wide) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))
#define ANY(a, b, wide) ((a) | (b))
#define ALL(a, b, wide) ((a) & (b))

// What is combined for an element, and the result for what has been combined.
#define ITSELF(x) (x)
#define SQUARE(x) ((x) * (x))
#define ROOT(x) sqrt(x)

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
#define DEFINE_REDUCTION(op, TERM, COMBINE, RESULT, identity, name, element, acc, wide)           \
  CK_INLINE acc term_##op##_##name(element x) { return (acc)TERM(ck_load_##name(x)); }            \
  CK_INLINE element result_##op##_##name(acc x) { return ck_store_##name((acc)RESULT(x)); }       \
  CK_INLINE acc combine_##op##_##name(acc a, acc b) { return (acc)COMBINE(a, b, wide); }          \
                                                                                                  \
  CK_CLONES static void add_rows_##op##_##name(acc *restrict accumulator,                           \
                                               const element *restrict in, size_t rows,           \
                                               size_t stride, size_t width) {                     \
    size_t r = 0;                                                                                 \
    for (; r + 4 <= rows; r += 4) {                                                               \
      const element *x0 = in + r * stride, *x1 = x0 + stride, *x2 = x1 + stride;                  \
      const element *x3 = x2 + stride;                                                            \
      for (size_t c = 0; c < width; c++) {                                                        \
        acc first = combine_##op##_##name(term_##op##_##name(x0[c]), term_##op##_##name(x1[c]));  \
        acc second = combine_##op##_##name(term_##op##_##name(x2[c]), term_##op##_##name(x3[c])); \
        accumulator[c] =                                                                          \
            combine_##op##_##name(accumulator[c], combine_##op##_##name(first, second));          \
      }                                                                                           \
    }                                                                                             \
    for (; r < rows; r++) {                                                                       \
      const element *x = in + r * stride;                                                         \
      for (size_t c = 0; c < width; c++) {                                                        \
        accumulator[c] = combine_##op##_##name(accumulator[c], term_##op##_##name(x[c]));         \
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
          lane[l] = combine_##op##_##name(lane[l], term_##op##_##name(in[l * row + c]));          \
        }                                                                                         \
      }                                                                                           \
      for (size_t l = 0; l < at_once; l++) out[o + l] = result_##op##_##name(lane[l]);            \
    }                                                                                             \
    for (; o < rows; o++, in += row) {                                                            \
      acc total = identity;                                                                       \
      size_t c = 0;                                                                               \
      if (row >= lanes) {                                                                         \
        acc lane[lanes];                                                                          \
        for (size_t l = 0; l < lanes; l++) lane[l] = term_##op##_##name(in[l]);                   \
        for (c = lanes; c + lanes <= row; c += lanes) {                                           \
          for (size_t l = 0; l < lanes; l++) {                                                    \
            lane[l] = combine_##op##_##name(lane[l], term_##op##_##name(in[c + l]));              \
          }                                                                                       \
        }                                                                                         \
        for (size_t half = lanes / 2; half > 0; half /= 2) {                                      \
          for (size_t l = 0; l < half; l++) {                                                     \
            lane[l] = combine_##op##_##name(lane[l], lane[l + half]);                             \
          }                                                                                       \
        }                                                                                         \
        total = lane[0];                                                                          \
      }                                                                                           \
      for (; c < row; c++) total = combine_##op##_##name(total, term_##op##_##name(in[c]));       \
      out[o] = result_##op##_##name(total);                                                       \
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
        for (size_t c = 0; c < t.width; c++) result[c] = result_##op##_##name(accumulator[c]);    \
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
      for (size_t c = 0; c < inner; c++) out[c] = result_##op##_##name(partial[c]);               \
    }                                                                                             \
  }

// Elements are combined as they are.
#define DEFINE_COMBINATION(op, COMBINE, identity, name, element, acc, wide) \
  DEFINE_REDUCTION(op, ITSELF, COMBINE, ITSELF, identity, name, element, acc, wide)

#define DEFINE_TYPE(name, code, element, compared, value, wide, lowest, highest) \
  DEFINE_COMBINATION(sum, SUM, 0, name, element, value, wide)                    \
  DEFINE_COMBINATION(product, PRODUCT, 1, name, element, value, wide)            \
  DEFINE_COMBINATION(maximum, MAXIMUM, lowest, name, element, compared, wide)    \
  DEFINE_COMBINATION(minimum, MINIMUM, highest, name, element, compared, wide)
CK_NUMERIC_TYPES(DEFINE_TYPE)
DEFINE_COMBINATION(any, ANY, 0, u8, uint8_t, uint8_t, uint8_t)
DEFINE_COMBINATION(all, ALL, 1, u8, uint8_t, uint8_t, uint8_t)
DEFINE_REDUCTION(norm, SQUARE, SUM, ROOT, 0, f16, _Float16, float, float)
DEFINE_REDUCTION(norm, SQUARE, SUM, ROOT, 0, bf16, ck_bf16, float, float)
DEFINE_REDUCTION(norm, SQUARE, SUM, ROOT, 0, f32, float, float, float)
DEFINE_REDUCTION(norm, SQUARE, SUM, ROOT, 0, f64, double, double, double)

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
  [CK_F16][CK_REDUCE_NORM] = KERNELS(norm, f16),
  [CK_BF16][CK_REDUCE_NORM] = KERNELS(norm, bf16),
  [CK_F32][CK_REDUCE_NORM] = KERNELS(norm, f32),
  [CK_F64][CK_REDUCE_NORM] = KERNELS(norm, f64),
};

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

typedef struct norms {
  ck_type type;
  void *out;
  const void *in;
  size_t reduced, inner;
} norms;

static void correct_norms(void *context, size_t begin, size_t end) {
  const norms *n = context;
  ck_correct_norms(n->type, n->out, n->in, begin, end, n->reduced, n->inner);
}

void ck_reduce(ck_reduction operation, ck_type type, void *out, const void *in,
               size_t outer, size_t reduced, size_t inner) {
  if (outer == 0 || inner == 0) return;
  if (inner == 1 && ck_reduce_rows(operation, type, out, in, outer, reduced)) return;
  reduce(operation, type, false, out, in, outer, reduced, inner);
  if (operation == CK_REDUCE_NORM) {
    norms context = {type, out, in, reduced, inner};
    ck_parallel_for(outer * inner, CK_PARALLEL_GRAIN, correct_norms, &context);
  }
}

void ck_reduce_wide(ck_reduction operation, ck_type type, float *out, const void *in,
                    size_t outer, size_t reduced, size_t inner) {
  if (outer == 0 || inner == 0) return;
  reduce(operation, type, true, out, in, outer, reduced, inner);
}
