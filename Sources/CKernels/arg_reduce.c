// Positions of extreme elements.

#include "kernel_types.h"

enum {
  strip_width = 256,   // inner elements whose best values and positions stay in the first cache
  block = 256,         // elements of a contiguous row that are searched at a time
  lanes = 64,          // independent comparisons within a block
  at_once = 4,         // short rows that are searched together
  short_row = 128,     // contiguous rows shorter than this
  long_row = 8192,     // and longer than this have their own searches
};

typedef struct arg_reduction {
  ck_reduction_plan plan;
  const void *in;
  int32_t *out;
} arg_reduction;

// Whether `challenger`, which comes later, beats `best`: it is larger (smaller), or the first NaN.
// Bitwise operators keep it free of branches.
#define MAXIMUM_BEATS(challenger, best) \
  (((challenger) > (best)) | (((challenger) != (challenger)) & ((best) == (best))))
#define MINIMUM_BEATS(challenger, best) \
  (((challenger) < (best)) | (((challenger) != (challenger)) & ((best) == (best))))

// search_row: position of the best of `count` contiguous elements. Blocks are reduced to their best
// value in lanes, and only a block with a new best is searched for the position.
// search_rows: the same for `width` columns at once, of rows that are `stride` apart.
#define DEFINE_SEARCH(op, BEATS, name, element, compared)                                         \
  CK_CLONES static size_t search_row_##op##_##name(const element *in, size_t count) {             \
    size_t position = 0;                                                                          \
    compared best = ck_load_##name(in[0]);                                                        \
    size_t i = 0;                                                                                 \
    for (; i + block <= count && best == best; i += block) {                                      \
      const element *x = in + i;                                                                  \
      compared lane[lanes];                                                                       \
      for (size_t l = 0; l < lanes; l++) lane[l] = ck_load_##name(x[l]);                          \
      for (size_t j = lanes; j < block; j += lanes) {                                             \
        for (size_t l = 0; l < lanes; l++) {                                                      \
          compared challenger = ck_load_##name(x[j + l]);                                         \
          lane[l] = BEATS(challenger, lane[l]) ? challenger : lane[l];                            \
        }                                                                                         \
      }                                                                                           \
      for (size_t half = lanes / 2; half > 0; half /= 2) {                                        \
        for (size_t l = 0; l < half; l++) {                                                       \
          lane[l] = BEATS(lane[l + half], lane[l]) ? lane[l + half] : lane[l];                    \
        }                                                                                         \
      }                                                                                           \
      if (!BEATS(lane[0], best)) continue;                                                        \
      best = lane[0];                                                                             \
      bool seek_nan = best != best;                                                               \
      for (position = i;; position++) {                                                           \
        compared candidate = ck_load_##name(in[position]);                                        \
        if (seek_nan ? candidate != candidate : candidate == best) break;                         \
      }                                                                                           \
    }                                                                                             \
    for (; i < count && best == best; i++) {                                                      \
      compared challenger = ck_load_##name(in[i]);                                                \
      if (BEATS(challenger, best)) {                                                              \
        best = challenger;                                                                        \
        position = i;                                                                             \
      }                                                                                           \
    }                                                                                             \
    return position;                                                                              \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void search_rows_##op##_##name(const element *in, size_t count, size_t stride, \
                                                  size_t width, int32_t first,                    \
                                                  int32_t *restrict position) {                   \
    compared best[strip_width];                                                                   \
    for (size_t c = 0; c < width; c++) {                                                          \
      best[c] = ck_load_##name(in[c]);                                                            \
      position[c] = first;                                                                        \
    }                                                                                             \
    for (size_t r = 1; r < count; r++) {                                                          \
      const element *x = in + r * stride;                                                         \
      int32_t row = first + (int32_t)r;                                                           \
      for (size_t c = 0; c < width; c++) {                                                        \
        compared challenger = ck_load_##name(x[c]);                                               \
        bool better = BEATS(challenger, best[c]);                                                 \
        best[c] = better ? challenger : best[c];                                                  \
        position[c] = better ? row : position[c];                                                 \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  /* Short rows, several at once for the sake of independent comparisons. */                      \
  CK_CLONES static void search_short_rows_##op##_##name(int32_t *restrict out,                    \
                                                        const element *restrict in,               \
                                                        size_t rows, size_t row) {                \
    size_t step = 1;                                                                              \
    for (size_t o = 0; o < rows; o += step, in += step * row) {                                   \
      step = rows - o >= at_once ? at_once : 1;                                                   \
      compared best[at_once];                                                                     \
      int32_t position[at_once];                                                                  \
      if (step == at_once) {                                                                      \
        _Pragma("clang loop unroll(full)")                                                        \
        for (size_t l = 0; l < at_once; l++) {                                                    \
          best[l] = ck_load_##name(in[l * row]);                                                  \
          position[l] = 0;                                                                        \
        }                                                                                         \
        for (size_t c = 1; c < row; c++) {                                                        \
          _Pragma("clang loop unroll(full)")                                                      \
          for (size_t l = 0; l < at_once; l++) {                                                  \
            compared challenger = ck_load_##name(in[l * row + c]);                                \
            bool better = BEATS(challenger, best[l]);                                             \
            best[l] = better ? challenger : best[l];                                              \
            position[l] = better ? (int32_t)c : position[l];                                      \
          }                                                                                       \
        }                                                                                         \
        memcpy(out + o, position, sizeof position);                                               \
      } else {                                                                                    \
        search_rows_##op##_##name(in, row, 1, 1, 0, out + o);                                     \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  /* Rows of middling length: `lanes` interleaved columns, whose best elements compete last. */   \
  static size_t search_lanes_##op##_##name(const element *in, size_t count) {                     \
    int32_t lane[lanes];                                                                          \
    size_t full = count / lanes;                                                                  \
    search_rows_##op##_##name(in, full, lanes, lanes, 0, lane);                                   \
    size_t position = (size_t)lane[0] * lanes;                                                    \
    compared best = ck_load_##name(in[position]);                                                 \
    for (size_t l = 1; l < lanes; l++) {                                                          \
      size_t other = (size_t)lane[l] * lanes + l;                                                 \
      compared challenger = ck_load_##name(in[other]);                                            \
      bool level = challenger == best || (challenger != challenger && best != best);              \
      if (BEATS(challenger, best) || (level && other < position)) {                               \
        best = challenger;                                                                        \
        position = other;                                                                         \
      }                                                                                           \
    }                                                                                             \
    for (size_t i = full * lanes; i < count; i++) {                                               \
      compared challenger = ck_load_##name(in[i]);                                                \
      if (BEATS(challenger, best)) {                                                              \
        best = challenger;                                                                        \
        position = i;                                                                             \
      }                                                                                           \
    }                                                                                             \
    return position;                                                                              \
  }                                                                                               \
  static void run_##op##_##name(void *context, size_t begin, size_t end) {                        \
    const arg_reduction *r = context;                                                             \
    const ck_reduction_plan *plan = &r->plan;                                                     \
    if (plan->inner == 1 && plan->reduced < short_row) {                                          \
      search_short_rows_##op##_##name(r->out + begin,                                             \
                                      (const element *)r->in + begin * plan->reduced,             \
                                      end - begin, plan->reduced);                                \
      return;                                                                                     \
    }                                                                                             \
    for (size_t i = begin; i < end; i++) {                                                        \
      ck_reduction_task t = ck_reduction_task_at(plan, i);                                        \
      const element *in = (const element *)r->in +                                                \
                          (t.outer * plan->reduced + t.first) * plan->inner + t.inner;            \
      if (plan->inner == 1) {                                                                     \
        size_t position = t.count < long_row ? search_lanes_##op##_##name(in, t.count)            \
                                             : search_row_##op##_##name(in, t.count);             \
        r->out[t.partial] = (int32_t)(t.first + position);                                        \
      } else {                                                                                    \
        search_rows_##op##_##name(in, t.count, plan->inner, t.width, (int32_t)t.first,            \
                                  r->out + t.partial);                                            \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void combine_##op##_##name(const arg_reduction *r, int32_t *out) {                       \
    const ck_reduction_plan *plan = &r->plan;                                                     \
    for (size_t o = 0; o < plan->outer; o++) {                                                    \
      const element *in = (const element *)r->in + o * plan->reduced * plan->inner;               \
      for (size_t c = 0; c < plan->inner; c++) {                                                  \
        const int32_t *partial = r->out + o * plan->chunk_count * plan->inner + c;                \
        int32_t position = partial[0];                                                            \
        compared best = ck_load_##name(in[(size_t)position * plan->inner + c]);                   \
        for (size_t k = 1; k < plan->chunk_count; k++) {                                          \
          int32_t other = partial[k * plan->inner];                                               \
          compared challenger = ck_load_##name(in[(size_t)other * plan->inner + c]);              \
          if (BEATS(challenger, best)) {                                                          \
            best = challenger;                                                                    \
            position = other;                                                                     \
          }                                                                                       \
        }                                                                                         \
        out[o * plan->inner + c] = position;                                                      \
      }                                                                                           \
    }                                                                                             \
  }

#define DEFINE_TYPE(name, code, element, compared, value, wide, lowest, highest) \
  DEFINE_SEARCH(maximum, MAXIMUM_BEATS, name, element, compared)                 \
  DEFINE_SEARCH(minimum, MINIMUM_BEATS, name, element, compared)
CK_NUMERIC_TYPES(DEFINE_TYPE)

typedef struct arg_kernels {
  ck_range_body run;
  void (*combine)(const arg_reduction *reduction, int32_t *out);
} arg_kernels;

#define TABLE_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = {{run_minimum_##name, combine_minimum_##name},                        \
            {run_maximum_##name, combine_maximum_##name}},
static const arg_kernels kernels[CK_TYPE_COUNT][2] = {
  CK_NUMERIC_TYPES(TABLE_ENTRY)
  // Booleans are bytes of 0 and 1.
  [CK_BOOL] = {{run_minimum_u8, combine_minimum_u8}, {run_maximum_u8, combine_maximum_u8}},
};

void ck_arg_reduce(bool maximum, ck_type type, int32_t *out, const void *in,
                   size_t outer, size_t reduced, size_t inner) {
  if (outer == 0 || inner == 0) return;
  if (reduced == 0) {
    memset(out, 0, outer * inner * sizeof *out);
    return;
  }
  int32_t partial[CK_PARTIAL_BYTES / sizeof(int32_t)];
  arg_reduction reduction = {
    .plan = ck_plan_reduction(outer, reduced, inner, strip_width, 1, sizeof(int32_t)), .in = in,
  };
  const arg_kernels *kernel = &kernels[type][maximum];
  bool in_chunks = reduction.plan.chunk_count > 1;
  reduction.out = in_chunks ? partial : out;
  ck_parallel_for(reduction.plan.tasks, reduction.plan.grain, kernel->run, &reduction);
  if (in_chunks) kernel->combine(&reduction, out);
}
