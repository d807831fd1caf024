// Cumulative operations along the middle of [outer, extent, inner].
//
// Along the axis each result needs the one before it, so the axis is walked in sequence; what lies
// beside it is independent. A task is a strip of the inner axis of one outer index. It carries one
// running total for each element of the strip, which vectorizes over the strip.

#include "kernel_types.h"

enum { strip_width = 512 };   // running totals at most, so that they stay in the first cache

// An output is either the same buffer as an input or does not overlap it.
#define VECTOR_LOOP _Pragma("clang loop vectorize(assume_safety)")

typedef struct scan {
  void *out;
  const void *in, *coefficients;
  size_t extent, inner;
  size_t strip, strip_count;
  bool reversed;
} scan;

// Where a task begins, how many elements wide it is and how far it is to the next row.
typedef struct scan_task {
  size_t first, width;
  ptrdiff_t step;
} scan_task;

static scan_task scan_task_at(const scan *s, size_t index) {
  size_t inner = index % s->strip_count * s->strip;
  size_t row = index / s->strip_count * s->extent + (s->reversed ? s->extent - 1 : 0);
  return (scan_task){
    .first = row * s->inner + inner,
    .width = ck_smaller(s->strip, s->inner - inner),
    .step = s->reversed ? -(ptrdiff_t)s->inner : (ptrdiff_t)s->inner,
  };
}

// ---------------------------------------------------------------------------------------------
// Element types: X(name, code, element, acc, wide). Running totals are wider than f32 and the
// 16-bit floats, so that neither rounding errors nor an overflow on the way pile up; those of
// integers are unsigned because they wrap, and combined in `wide` to avoid promotion to int.

#define INTEGER_TYPES(X)                      \
  X(i8, CK_I8, int8_t, uint8_t, uint32_t)     \
  X(i16, CK_I16, int16_t, uint16_t, uint32_t) \
  X(i32, CK_I32, int32_t, uint32_t, uint32_t) \
  X(i64, CK_I64, int64_t, uint64_t, uint64_t) \
  X(u8, CK_U8, uint8_t, uint8_t, uint32_t)    \
  X(u16, CK_U16, uint16_t, uint16_t, uint32_t) \
  X(u32, CK_U32, uint32_t, uint32_t, uint32_t) \
  X(u64, CK_U64, uint64_t, uint64_t, uint64_t)

#define SHORT_FLOAT_TYPES(X)                 \
  X(f16, CK_F16, _Float16, float, float)     \
  X(bf16, CK_BF16, ck_bf16, float, float)    \
  X(f32, CK_F32, float, double, double)

#define DOUBLE_TYPE(X) X(f64, CK_F64, double, double, double)

#define ALL_TYPES(X) INTEGER_TYPES(X) SHORT_FLOAT_TYPES(X) DOUBLE_TYPE(X)

// ---------------------------------------------------------------------------------------------
// Sums, products, maxima and minima: total = COMBINE(total, element).

#define DEFINE_SCAN(op, COMBINE, name, element, acc, wide)                                       \
  CK_CLONES static void rows_##op##_##name(element *out, const element *in, size_t extent,       \
                                           ptrdiff_t step, size_t width) {                       \
    if (extent == 0) return;                                                                     \
    if (width == 1) {                                                                            \
      acc total = (acc)ck_load_##name(*in);                                                      \
      *out = *in;                                                                                \
      for (size_t row = 1; row < extent; row++) {                                                \
        in += step, out += step;                                                                 \
        acc next = (acc)ck_load_##name(*in);                                                     \
        total = (acc)COMBINE(total, next, wide);                                                 \
        *out = ck_store_##name(total);                                                           \
      }                                                                                          \
      return;                                                                                    \
    }                                                                                            \
    acc total[strip_width];                                                                      \
    VECTOR_LOOP                                                                                  \
    for (size_t c = 0; c < width; c++) {                                                         \
      total[c] = (acc)ck_load_##name(in[c]);                                                     \
      out[c] = in[c];                                                                            \
    }                                                                                            \
    for (size_t row = 1; row < extent; row++) {                                                  \
      in += step, out += step;                                                                   \
      VECTOR_LOOP                                                                                \
      for (size_t c = 0; c < width; c++) {                                                       \
        acc next = (acc)ck_load_##name(in[c]);                                                   \
        total[c] = (acc)COMBINE(total[c], next, wide);                                           \
        out[c] = ck_store_##name(total[c]);                                                      \
      }                                                                                          \
    }                                                                                            \
  }                                                                                              \
  DEFINE_RUN(op, name, element)

#define DEFINE_RUN(op, name, element)                                                            \
  static void run_##op##_##name(void *context, size_t begin, size_t end) {                       \
    const scan *s = context;                                                                     \
    for (size_t i = begin; i < end; i++) {                                                       \
      scan_task t = scan_task_at(s, i);                                                          \
      rows_##op##_##name((element *)s->out + t.first, (const element *)s->in + t.first,          \
                         s->extent, t.step, t.width);                                            \
    }                                                                                            \
  }

// NaN stays: no comparison with it is true, and a NaN always replaces a number.
#define SUM(a, b, wide) ((wide)(a) + (wide)(b))
#define PRODUCT(a, b, wide) ((wide)(a) * (wide)(b))
#define MAXIMUM(a, b, wide) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define MINIMUM(a, b, wide) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))

#define DEFINE_SUM(name, code, element, acc, wide) DEFINE_SCAN(sum, SUM, name, element, acc, wide)
INTEGER_TYPES(DEFINE_SUM)
SHORT_FLOAT_TYPES(DEFINE_SUM)

#define DEFINE_PRODUCT(name, code, element, acc, wide) \
  DEFINE_SCAN(product, PRODUCT, name, element, acc, wide)
ALL_TYPES(DEFINE_PRODUCT)

#define DEFINE_EXTREMA(name, code, element, compared, value, wide, lowest, highest) \
  DEFINE_SCAN(maximum, MAXIMUM, name, element, compared, wide)                      \
  DEFINE_SCAN(minimum, MINIMUM, name, element, compared, wide)
CK_NUMERIC_TYPES(DEFINE_EXTREMA)

// Nothing is wider than f64: each total carries the rounding errors of its additions along (Knuth's
// exact sum of two numbers), so that they do not pile up.
CK_CLONES static void rows_sum_f64(double *out, const double *in, size_t extent, ptrdiff_t step,
                                   size_t width) {
  if (extent == 0) return;
  double total[strip_width], error[strip_width];
  for (size_t c = 0; c < width; c++) {
    total[c] = in[c];
    error[c] = 0;
    out[c] = in[c];
  }
  for (size_t row = 1; row < extent; row++) {
    in += step, out += step;
    VECTOR_LOOP
    for (size_t c = 0; c < width; c++) {
      double before = total[c], next = in[c];
      double sum = before + next;
      double added = sum - before;
      double lost = (before - (sum - added)) + (next - added);
      // An infinite or undefined sum has lost nothing that could be named.
      error[c] += sum - sum == 0 ? lost : 0;
      total[c] = sum;
      out[c] = sum + error[c];
    }
  }
}
DEFINE_RUN(sum, f64, double)

// ---------------------------------------------------------------------------------------------
// log(sum(exp(x))): the largest element so far, and the sum of exp(x - largest) over all the others.

#define DEFINE_LOG_SUM_EXP(name, code, element, acc, wide)                                       \
  static void rows_log_sum_exp_##name(element *out, const element *in, size_t extent,            \
                                      ptrdiff_t step, size_t width) {                            \
    double largest[strip_width], others[strip_width];                                            \
    for (size_t c = 0; c < width; c++) {                                                         \
      largest[c] = -INFINITY;                                                                    \
      others[c] = -1;   /* nothing yet, not even a largest element */                            \
    }                                                                                            \
    for (size_t row = 0; row < extent; row++, in += step, out += step) {                         \
      for (size_t c = 0; c < width; c++) {                                                       \
        double x = ck_load_##name(in[c]);                                                        \
        if (x != x || x == INFINITY || largest[c] == -INFINITY) {                                \
          /* NaN stays, infinity gives way to NaN only. */                                       \
          if (!(largest[c] != largest[c])) {                                                     \
            largest[c] = x;                                                                      \
            others[c] = 0;                                                                       \
          }                                                                                      \
        } else if (x > largest[c]) {                                                             \
          others[c] = (1 + others[c]) * exp(largest[c] - x);                                     \
          largest[c] = x;                                                                        \
        } else if (x <= largest[c]) {                                                            \
          others[c] += exp(x - largest[c]);                                                      \
        }                                                                                        \
        out[c] = ck_store_##name((acc)(largest[c] + log1p(others[c])));                          \
      }                                                                                          \
    }                                                                                            \
  }                                                                                              \
  DEFINE_RUN(log_sum_exp, name, element)
SHORT_FLOAT_TYPES(DEFINE_LOG_SUM_EXP)
DOUBLE_TYPE(DEFINE_LOG_SUM_EXP)

// ---------------------------------------------------------------------------------------------
// Linear recurrences: total = coefficient * total + element.

#define DEFINE_RECURRENCE(name, code, element, acc, wide)                                        \
  CK_CLONES static void rows_recurrence_##name(element *out, const element *a, const element *b, \
                                               size_t extent, ptrdiff_t step, size_t width) {    \
    if (extent == 0) return;                                                                     \
    acc total[strip_width];                                                                      \
    for (size_t c = 0; c < width; c++) {                                                         \
      total[c] = (acc)ck_load_##name(b[c]);                                                      \
      out[c] = b[c];                                                                             \
    }                                                                                            \
    for (size_t row = 1; row < extent; row++) {                                                  \
      a += step, b += step, out += step;                                                         \
      VECTOR_LOOP                                                                                \
      for (size_t c = 0; c < width; c++) {                                                       \
        acc factor = (acc)ck_load_##name(a[c]), next = (acc)ck_load_##name(b[c]);                \
        total[c] = (acc)((wide)factor * (wide)total[c] + (wide)next);                            \
        out[c] = ck_store_##name(total[c]);                                                      \
      }                                                                                          \
    }                                                                                            \
  }                                                                                              \
  static void run_recurrence_##name(void *context, size_t begin, size_t end) {                   \
    const scan *s = context;                                                                     \
    for (size_t i = begin; i < end; i++) {                                                       \
      scan_task t = scan_task_at(s, i);                                                          \
      rows_recurrence_##name((element *)s->out + t.first,                                        \
                             (const element *)s->coefficients + t.first,                         \
                             (const element *)s->in + t.first, s->extent, t.step, t.width);      \
    }                                                                                            \
  }
ALL_TYPES(DEFINE_RECURRENCE)

// ---------------------------------------------------------------------------------------------

#define ENTRIES(name, code, ...)                 \
  [code] = {                                     \
    [CK_SCAN_SUM] = run_sum_##name,              \
    [CK_SCAN_PRODUCT] = run_product_##name,      \
    [CK_SCAN_MAXIMUM] = run_maximum_##name,      \
    [CK_SCAN_MINIMUM] = run_minimum_##name,      \
  },
static const ck_range_body kernels[CK_TYPE_COUNT][CK_SCAN_LOG_SUM_EXP] = {ALL_TYPES(ENTRIES)};

#define LOG_SUM_EXP_ENTRY(name, code, ...) [code] = run_log_sum_exp_##name,
static const ck_range_body log_sum_exp_kernels[CK_TYPE_COUNT] = {
  SHORT_FLOAT_TYPES(LOG_SUM_EXP_ENTRY)
  DOUBLE_TYPE(LOG_SUM_EXP_ENTRY)
};

#define RECURRENCE_ENTRY(name, code, ...) [code] = run_recurrence_##name,
static const ck_range_body recurrence_kernels[CK_TYPE_COUNT] = {ALL_TYPES(RECURRENCE_ENTRY)};

static void run(ck_range_body body, scan *s, size_t outer, size_t cost) {
  if (outer == 0 || s->extent == 0 || s->inner == 0) return;
  s->strip = ck_smaller(s->inner, strip_width);
  s->strip_count = ck_divide_up(s->inner, s->strip);
  size_t work = s->extent * s->strip * cost;
  ck_parallel_for(outer * s->strip_count, ck_larger(CK_PARALLEL_GRAIN / 4 / work, 1), body, s);
}

void ck_scan(ck_scan_operation operation, ck_type type, bool reversed, void *out, const void *in,
             size_t outer, size_t extent, size_t inner) {
  scan s = {.out = out, .in = in, .extent = extent, .inner = inner, .reversed = reversed};
  if (operation == CK_SCAN_LOG_SUM_EXP) {
    run(log_sum_exp_kernels[type], &s, outer, 16);
  } else {
    run(kernels[type][operation], &s, outer, 1);
  }
}

void ck_linear_recurrence(ck_type type, bool reversed, void *out, const void *coefficients,
                          const void *in, size_t outer, size_t extent, size_t inner) {
  scan s = {.out = out, .in = in, .coefficients = coefficients, .extent = extent, .inner = inner,
            .reversed = reversed};
  run(recurrence_kernels[type], &s, outer, 1);
}
