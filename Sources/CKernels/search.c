// Finding where values belong in sorted rows, and where truth values are true.

#include "kernel_types.h"

typedef struct search_job {
  int32_t *out;
  const void *sorted, *values;
  size_t extent, count;
} search_job;

// The half of the row that may hold the place is halved again until nothing is left of it. Whether
// an element precedes is asked in a form that puts NaN behind everything: NaN != NaN.
#define DEFINE_SEARCH(name, code, element, compared, value, wide, lowest, highest)                 \
  CK_INLINE bool precedes_##name(compared a, compared b) {                                         \
    return a < b || (b != b && a == a);                                                            \
  }                                                                                                \
                                                                                                   \
  CK_INLINE void search_rows_##name(const search_job *job, size_t begin, size_t end,               \
                                    bool after_equal) {                                            \
    const element *values = job->values;                                                           \
    for (size_t i = begin; i < end; i++) {                                                         \
      const element *row = (const element *)job->sorted + i / job->count * job->extent;            \
      compared wanted = ck_load_##name(values[i]);                                                 \
      size_t first = 0;                                                                            \
      for (size_t left = job->extent; left > 0;) {                                                 \
        size_t half = left / 2;                                                                    \
        compared middle = ck_load_##name(row[first + half]);                                       \
        bool goes_on = after_equal ? !precedes_##name(wanted, middle)                              \
                                   : precedes_##name(middle, wanted);                              \
        first = goes_on ? first + half + 1 : first;                                                \
        left = goes_on ? left - half - 1 : half;                                                   \
      }                                                                                            \
      job->out[i] = (int32_t)first;                                                                \
    }                                                                                              \
  }                                                                                                \
                                                                                                   \
  static void search_before_##name(void *context, size_t begin, size_t end) {                      \
    search_rows_##name(context, begin, end, false);                                                \
  }                                                                                                \
  static void search_after_##name(void *context, size_t begin, size_t end) {                       \
    search_rows_##name(context, begin, end, true);                                                 \
  }
CK_NUMERIC_TYPES(DEFINE_SEARCH)

#define BEFORE_ENTRY(name, code, ...) [code] = search_before_##name,
static const ck_range_body searches_before[] = {CK_NUMERIC_TYPES(BEFORE_ENTRY)};
#define AFTER_ENTRY(name, code, ...) [code] = search_after_##name,
static const ck_range_body searches_after[] = {CK_NUMERIC_TYPES(AFTER_ENTRY)};

void ck_search_sorted(ck_type type, bool after_equal, int32_t *out, const void *sorted,
                      const void *values, size_t outer, size_t extent, size_t count) {
  if (outer == 0 || count == 0) return;
  search_job job = {out, sorted, values, extent, count};
  ck_parallel_for(outer * count, CK_PARALLEL_GRAIN / 64,
                  (after_equal ? searches_after : searches_before)[type], &job);
}

size_t ck_positions_of_true(int64_t *out, const bool *in, size_t count) {
  size_t found = 0;
  if (out == NULL) {
    for (size_t i = 0; i < count; i++) found += in[i];
  } else {
    for (size_t i = 0; i < count; i++) {
      if (in[i]) out[found++] = (int64_t)i;
    }
  }
  return found;
}
