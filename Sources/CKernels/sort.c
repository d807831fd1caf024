// Sorted order of rows, whole or its beginning.
//
// Every element becomes an unsigned key in whose order the elements are wanted, and key and
// position together one number, a pair. Pairs are never equal, so that any way of sorting them
// keeps the order of equal elements.

#include "kernel_types.h"

enum {
  run = 16,              // pairs that are sorted by insertion
  radix_from = 256,      // longer rows are sorted digit by digit, shorter ones by merging
  selection_share = 8,   // at most this part of a row is selected; for more, all of it is sorted
};

// How an element's bits become a key. Zeros are equal whatever their sign, and not-a-number is the
// greatest of all.
typedef struct key_rule {
  uint64_t sign;       // the sign bit; 0 for unsigned numbers
  uint64_t infinity;   // the bits of infinity; 0 for integers
  uint64_t flip;       // all bits for descending order
} key_rule;

typedef struct sort_job {
  char *values;
  int32_t *positions;
  const char *in;
  size_t rows, extent, inner, count, parts, part_bytes;
  char *scratch;
  key_rule rule;
} sort_job;

static key_rule rule_for(ck_type type, bool descending) {
  key_rule rule = {0, 0, descending ? UINT64_MAX : 0};
  switch (type) {
    case CK_I8: case CK_I16: case CK_I32: case CK_I64:
    case CK_F16: case CK_BF16: case CK_F32: case CK_F64:
      rule.sign = UINT64_C(1) << (8 * ck_type_size(type) - 1);
      break;
    default: break;
  }
  switch (type) {
    case CK_F16: rule.infinity = 0x7c00; break;
    case CK_BF16: rule.infinity = 0x7f80; break;
    case CK_F32: rule.infinity = 0x7f800000; break;
    case CK_F64: rule.infinity = UINT64_C(0x7ff0000000000000); break;
    default: break;
  }
  return rule;
}

static bool selects(size_t extent, size_t count) { return count <= extent / selection_share; }

// key: of an element's bits. sort_pairs: sorts `n` pairs with the help of as many others, and
// returns where the result is. select_pairs: leaves the `count` first pairs of a row in `heap`,
// unsorted. sort_part: rows of one part, which has scratch memory of its own.
#define DEFINE_SORT(bits, word, pair)                                                             \
  CK_INLINE word key_##bits(word x, const key_rule *rule) {                                       \
    word sign = (word)rule->sign;                                                                 \
    word key = x ^ sign;                                                                          \
    if (rule->infinity != 0) {                                                                    \
      word magnitude = x & (word)~sign;                                                           \
      if (magnitude > (word)rule->infinity) {                                                     \
        key = (word)~(word)0;                                                                     \
      } else if (magnitude == 0) {                                                                \
        key = sign;                                                                               \
      } else if (x & sign) {                                                                      \
        key = (word)~x;                                                                           \
      }                                                                                           \
    }                                                                                             \
    return key ^ (word)rule->flip;                                                                \
  }                                                                                               \
                                                                                                  \
  static void sort_run_##bits(pair *x, size_t n) {                                                \
    for (size_t i = 1; i < n; i++) {                                                              \
      pair moved = x[i];                                                                          \
      size_t to = i;                                                                              \
      for (; to > 0 && x[to - 1] > moved; to--) x[to] = x[to - 1];                                \
      x[to] = moved;                                                                              \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static pair *merge_sort_##bits(pair *x, pair *y, size_t n) {                                    \
    for (size_t i = 0; i < n; i += run) sort_run_##bits(x + i, ck_smaller(run, n - i));           \
    for (size_t width = run; width < n; width *= 2) {                                             \
      for (size_t first = 0; first < n; first += 2 * width) {                                     \
        size_t middle = ck_smaller(first + width, n);                                             \
        size_t end = ck_smaller(first + 2 * width, n);                                            \
        size_t a = first, b = middle;                                                             \
        for (size_t i = first; i < end; i++) {                                                    \
          bool left = b == end || (a < middle && x[a] < x[b]);                                    \
          y[i] = left ? x[a] : x[b];                                                              \
          a += left;                                                                              \
          b += !left;                                                                             \
        }                                                                                         \
      }                                                                                           \
      pair *swapped = x;                                                                          \
      x = y;                                                                                      \
      y = swapped;                                                                                \
    }                                                                                             \
    return x;                                                                                     \
  }                                                                                               \
                                                                                                  \
  /* Positions, the lower 32 bits, are in order; digits that all pairs share are skipped. */      \
  static pair *radix_sort_##bits(pair *x, pair *y, size_t n) {                                    \
    size_t counts[sizeof(word)][256];                                                             \
    memset(counts, 0, sizeof counts);                                                             \
    for (size_t i = 0; i < n; i++) {                                                              \
      word key = (word)(x[i] >> 32);                                                              \
      for (size_t d = 0; d < sizeof(word); d++) counts[d][(key >> (8 * d)) & 255]++;              \
    }                                                                                             \
    for (size_t d = 0; d < sizeof(word); d++) {                                                   \
      unsigned shift = (unsigned)(32 + 8 * d);                                                    \
      size_t *count = counts[d];                                                                  \
      if (count[(x[0] >> shift) & 255] == n) continue;                                            \
      size_t sum = 0;                                                                             \
      for (size_t v = 0; v < 256; v++) {                                                          \
        size_t here = count[v];                                                                   \
        count[v] = sum;                                                                           \
        sum += here;                                                                              \
      }                                                                                           \
      for (size_t i = 0; i < n; i++) y[count[(x[i] >> shift) & 255]++] = x[i];                    \
      pair *swapped = x;                                                                          \
      x = y;                                                                                      \
      y = swapped;                                                                                \
    }                                                                                             \
    return x;                                                                                     \
  }                                                                                               \
                                                                                                  \
  static void sink_##bits(pair *heap, size_t n, size_t at, pair moved) {                          \
    for (size_t child; (child = 2 * at + 1) < n; at = child) {                                    \
      if (child + 1 < n && heap[child + 1] > heap[child]) child++;                                \
      if (heap[child] < moved) break;                                                             \
      heap[at] = heap[child];                                                                     \
    }                                                                                             \
    heap[at] = moved;                                                                             \
  }                                                                                               \
                                                                                                  \
  static void select_pairs_##bits(pair *heap, const word *in, size_t extent, size_t inner,        \
                                  size_t count, const key_rule *rule) {                           \
    for (size_t i = 0; i < count; i++) {                                                          \
      heap[i] = (pair)key_##bits(in[i * inner], rule) << 32 | i;                                  \
    }                                                                                             \
    for (size_t i = count / 2; i-- > 0;) sink_##bits(heap, count, i, heap[i]);                    \
    word last = (word)(heap[0] >> 32);                                                            \
    for (size_t i = count; i < extent; i++) {                                                     \
      word key = key_##bits(in[i * inner], rule);                                                 \
      /* A later one of equals comes after the earlier ones. */                                   \
      if (key >= last) continue;                                                                  \
      sink_##bits(heap, count, 0, (pair)key << 32 | i);                                           \
      last = (word)(heap[0] >> 32);                                                               \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void sort_row_##bits(const sort_job *job, size_t row, void *scratch) {                   \
    size_t extent = job->extent, inner = job->inner, count = job->count;                          \
    size_t outer = row / inner, column = row % inner;                                             \
    const word *in = (const word *)job->in + outer * extent * inner + column;                     \
    word *values = (word *)job->values + outer * count * inner + column;                          \
    int32_t *positions = job->positions + outer * count * inner + column;                         \
    bool selected = selects(extent, count);                                                       \
    size_t n = selected ? count : extent;                                                         \
    pair *x = scratch, *y = x + n;                                                                \
    if (selected) {                                                                               \
      select_pairs_##bits(x, in, extent, inner, count, &job->rule);                               \
    } else {                                                                                      \
      for (size_t i = 0; i < n; i++) {                                                            \
        x[i] = (pair)key_##bits(in[i * inner], &job->rule) << 32 | i;                             \
      }                                                                                           \
    }                                                                                             \
    /* What was selected is not in the order of positions. */                                     \
    x = selected || n < radix_from ? merge_sort_##bits(x, y, n) : radix_sort_##bits(x, y, n);     \
    for (size_t i = 0; i < count; i++) {                                                          \
      uint32_t position = (uint32_t)x[i];                                                         \
      values[i * inner] = in[position * inner];                                                   \
      positions[i * inner] = (int32_t)position;                                                   \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void sort_parts_##bits(void *context, size_t begin, size_t end) {                        \
    const sort_job *job = context;                                                                \
    for (size_t part = begin; part < end; part++) {                                               \
      size_t first = job->rows * part / job->parts, stop = job->rows * (part + 1) / job->parts;   \
      void *scratch = job->scratch + part * job->part_bytes;                                      \
      for (size_t row = first; row < stop; row++) sort_row_##bits(job, row, scratch);             \
    }                                                                                             \
  }
DEFINE_SORT(8, uint8_t, uint64_t)
DEFINE_SORT(16, uint16_t, uint64_t)
DEFINE_SORT(32, uint32_t, uint64_t)
DEFINE_SORT(64, uint64_t, unsigned __int128)

static const ck_range_body sorts[9] = {
  [1] = sort_parts_8, [2] = sort_parts_16, [4] = sort_parts_32, [8] = sort_parts_64,
};

size_t ck_sort_scratch_bytes(ck_type type, size_t extent, size_t count) {
  size_t pair = ck_type_size(type) == 8 ? 16 : 8;
  size_t bytes = 2 * (selects(extent, count) ? count : extent) * pair;
  return ck_divide_up(bytes, 64) * 64;
}

void ck_sort(ck_type type, bool descending, void *values, int32_t *positions, const void *in,
             size_t outer, size_t extent, size_t inner, size_t count, size_t parts,
             void *scratch) {
  if (outer == 0 || inner == 0 || count == 0) return;
  sort_job job = {
    .values = values, .positions = positions, .in = in,
    .rows = outer * inner, .extent = extent, .inner = inner, .count = count,
    .parts = parts, .part_bytes = ck_sort_scratch_bytes(type, extent, count),
    .scratch = scratch, .rule = rule_for(type, descending),
  };
  ck_parallel_for(parts, 1, sorts[ck_type_size(type)], &job);
}
