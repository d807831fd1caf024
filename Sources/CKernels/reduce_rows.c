// Reductions of contiguous rows of floats, lane by lane: four vectors of accumulators, which hides
// the latency of additions and keeps sequential sums short.

#include "kernel_types.h"

enum { longest_row = 8192 };  // sums of longer rows would lose digits

// What is combined: elements, their squares, or the products of those of two rows.
#define ELEMENT(type, c) (*(const type *)(in + (c)))
#define SQUARE(type, c) (ELEMENT(type, c) * ELEMENT(type, c))
#define PRODUCT_OF_TWO(type, c) (ELEMENT(type, c) * *(const type *)(other + (c)))

// NaN stays, as in the reductions of any shape.
#define SUM(a, b) ((a) + (b))
#define PRODUCT(a, b) ((a) * (b))
#define MAXIMUM(a, b) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define MINIMUM(a, b) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))

#define ITSELF(x) (x)
#define ROOT(x) sqrt(x)

// A vector of 16 or 8 elements as one of 8.
#define HALVED(COMBINE, vector) COMBINE((vector).lo, (vector).hi)
#define WHOLE(COMBINE, vector) (vector)

// Squares and products are rounded before they are added, so that sums of products are the same as
// products that are summed up.
#define DEFINE_ROWS(op, TERM, COMBINE, RESULT, FOLD, name, element)                               \
  CK_CLONES static void rows_##op##_##name(void *restrict result, const void *elements,           \
                                           const void *others, size_t rows, size_t row) {         \
    _Pragma("clang fp contract(off)")                                                             \
    enum { width = 64 / sizeof(element) };                                                        \
    typedef element vector __attribute__((ext_vector_type(width), aligned(sizeof(element))));     \
    element *restrict out = result;                                                               \
    const element *in = elements, *other = others;                                                \
    for (size_t o = 0; o < rows; o++, in += row, other = other ? other + row : NULL) {            \
      vector total = TERM(vector, 0);                                                             \
      size_t c = width;                                                                           \
      if (row >= 4 * width) {                                                                     \
        vector v1 = TERM(vector, width), v2 = TERM(vector, 2 * width);                            \
        vector v3 = TERM(vector, 3 * width);                                                      \
        for (c = 4 * width; c + 4 * width <= row; c += 4 * width) {                               \
          total = COMBINE(total, TERM(vector, c));                                                \
          v1 = COMBINE(v1, TERM(vector, c + width));                                              \
          v2 = COMBINE(v2, TERM(vector, c + 2 * width));                                          \
          v3 = COMBINE(v3, TERM(vector, c + 3 * width));                                          \
        }                                                                                         \
        total = COMBINE(total, v1);                                                               \
        v2 = COMBINE(v2, v3);                                                                     \
        total = COMBINE(total, v2);                                                               \
      }                                                                                           \
      for (; c + width <= row; c += width) total = COMBINE(total, TERM(vector, c));               \
      __auto_type eight = FOLD(COMBINE, total);                                                   \
      __auto_type four = COMBINE(eight.lo, eight.hi);                                             \
      __auto_type two = COMBINE(four.lo, four.hi);                                                \
      element last = COMBINE(two.lo, two.hi);                                                     \
      for (; c < row; c++) last = COMBINE(last, TERM(element, c));                                \
      out[o] = (element)RESULT(last);                                                             \
    }                                                                                             \
  }

#define DEFINE_TYPE(FOLD, name, element)                                       \
  DEFINE_ROWS(sum, ELEMENT, SUM, ITSELF, FOLD, name, element)                  \
  DEFINE_ROWS(product, ELEMENT, PRODUCT, ITSELF, FOLD, name, element)          \
  DEFINE_ROWS(maximum, ELEMENT, MAXIMUM, ITSELF, FOLD, name, element)          \
  DEFINE_ROWS(minimum, ELEMENT, MINIMUM, ITSELF, FOLD, name, element)          \
  DEFINE_ROWS(norm, SQUARE, SUM, ROOT, FOLD, name, element)                    \
  DEFINE_ROWS(sum_of_products, PRODUCT_OF_TWO, SUM, ITSELF, FOLD, name, element)
DEFINE_TYPE(HALVED, f32, float)
DEFINE_TYPE(WHOLE, f64, double)

#define KERNELS(name) {                                                          \
    [CK_REDUCE_SUM] = rows_sum_##name, [CK_REDUCE_PRODUCT] = rows_product_##name, \
    [CK_REDUCE_MAXIMUM] = rows_maximum_##name,                                   \
    [CK_REDUCE_MINIMUM] = rows_minimum_##name, [CK_REDUCE_NORM] = rows_norm_##name, \
  }
static const ck_row_kernel kernels[2][CK_REDUCE_ALL + 1] = {KERNELS(f32), KERNELS(f64)};

// Of f32 or f64; no call, which would take as long as a short row.
static size_t size_of(ck_type type) { return type == CK_F64 ? sizeof(double) : sizeof(float); }

static bool has_lanes(ck_type type, size_t row) {
  bool is_float = type == CK_F32 || type == CK_F64;
  return is_float && row * size_of(type) >= 64 && row <= longest_row;
}

ck_row_kernel ck_sum_of_products_kernel(ck_type type, size_t row) {
  if (!has_lanes(type, row)) return NULL;
  return type == CK_F32 ? rows_sum_of_products_f32 : rows_sum_of_products_f64;
}

typedef struct lane_rows {
  ck_reduction operation;
  ck_type type;
  char *out;
  const char *in;
  size_t row;
} lane_rows;

static void run_rows(void *context, size_t begin, size_t end) {
  const lane_rows *r = context;
  size_t size = size_of(r->type);
  kernels[r->type == CK_F64][r->operation](
    r->out + begin * size, r->in + begin * r->row * size, NULL, end - begin, r->row);
  if (r->operation == CK_REDUCE_NORM) {
    ck_correct_norms(r->type, r->out, r->in, begin, end, r->row, 1);
  }
}

bool ck_reduce_rows(ck_reduction operation, ck_type type, void *out, const void *in, size_t rows,
                    size_t row) {
  if (!has_lanes(type, row)) return false;
  lane_rows context = {operation, type, out, in, row};
  if (rows * row <= CK_PARALLEL_GRAIN / 4) {
    run_rows(&context, 0, rows);
  } else {
    ck_parallel_for(rows, ck_larger(CK_PARALLEL_GRAIN / 4 / row, 1), run_rows, &context);
  }
  return true;
}
