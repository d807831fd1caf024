// Rows by index, and ranges of numbers.

#include "kernel_types.h"

enum {
  accumulator_count = 32768,   // f32 accumulators of a block of f16 or bf16 rows
  widest_strip = 4096,         // elements of a row that are accumulated at a time
  strip_bytes = 16384,         // blocks that stay in the first-level cache
  fewest_blocks = 16,          // for positions in registers to pay
  most_taken = 1024,           // numbers of each block, likewise
};

// ---------------------------------------------------------------------------------------------
// Gathering

typedef struct gather_job {
  char *out;
  const char *in;
  const int64_t *indices;
  size_t rows, row_bytes, index_count;
} gather_job;

static size_t clamped(int64_t index, size_t rows) {
  return index < 0 ? 0 : ck_smaller((size_t)index, rows - 1);
}

static void gather_rows(void *context, size_t begin, size_t end) {
  const gather_job *job = context;
  size_t outer = begin / job->index_count, i = begin % job->index_count;
  size_t bytes = job->row_bytes;
  char *out = job->out + begin * bytes;
  for (size_t left = end - begin; left > 0; outer++, i = 0) {
    const char *block = job->in + outer * job->rows * bytes;
    size_t stop = ck_smaller(job->index_count, i + left);
    left -= stop - i;
    for (; i < stop; i++, out += bytes) {
      memcpy(out, block + clamped(job->indices[i], job->rows) * bytes, bytes);
    }
  }
}

// Rows as short as a number are frequent (picking a class out of each row, for one), and calling
// memcpy for them would cost several times what they need. A number may be several smaller ones.
#define DEFINE_GATHER(bits)                                                               \
  typedef uint##bits##_t number_##bits __attribute__((aligned(1), may_alias));            \
                                                                                          \
  static void gather_numbers_##bits(void *context, size_t begin, size_t end) {            \
    const gather_job *job = context;                                                      \
    size_t outer = begin / job->index_count, i = begin % job->index_count;                \
    number_##bits *out = (number_##bits *)job->out + begin;                               \
    for (size_t left = end - begin; left > 0; outer++, i = 0) {                           \
      const number_##bits *block = (const number_##bits *)job->in + outer * job->rows;    \
      size_t stop = ck_smaller(job->index_count, i + left);                               \
      left -= stop - i;                                                                   \
      for (; i < stop; i++) *out++ = block[clamped(job->indices[i], job->rows)];          \
    }                                                                                     \
  }                                                                                       \
  DEFINE_TAKE(bits, 1)                                                                    \
  DEFINE_TAKE(bits, 2)                                                                    \
  DEFINE_TAKE(bits, 3)                                                                    \
  DEFINE_TAKE(bits, 4)                                                                    \
  DEFINE_TAKE(bits, 8)                                                                    \
                                                                                          \
  /* The same few numbers out of each of many blocks, the blocks begin ..< end. */        \
  static void gather_blocks_##bits(void *context, size_t begin, size_t end) {             \
    const gather_job *job = context;                                                      \
    size_t rows = job->rows, count = job->index_count;                                    \
    size_t strip = ck_larger(strip_bytes / (ck_larger(rows, count) * (bits / 8)), 1);     \
    for (size_t first = begin; first < end; first += strip) {                             \
      size_t blocks = ck_smaller(strip, end - first);                                     \
      number_##bits *out = (number_##bits *)job->out + first * count;                     \
      const number_##bits *in = (const number_##bits *)job->in + first * rows;            \
      const int64_t *indices = job->indices;                                              \
      size_t left = count;                                                                \
      for (; left >= 8; left -= 8, out += 8, indices += 8) {                              \
        take_8_##bits(out, count, in, rows, indices, blocks);                             \
      }                                                                                   \
      for (; left >= 4; left -= 4, out += 4, indices += 4) {                              \
        take_4_##bits(out, count, in, rows, indices, blocks);                             \
      }                                                                                   \
      switch (left) {                                                                     \
        case 3: take_3_##bits(out, count, in, rows, indices, blocks); break;              \
        case 2: take_2_##bits(out, count, in, rows, indices, blocks); break;              \
        case 1: take_1_##bits(out, count, in, rows, indices, blocks); break;              \
      }                                                                                   \
    }                                                                                     \
  }

// Several numbers out of each block: their positions stay in registers.
#define DEFINE_TAKE(bits, taken)                                                          \
  static void take_##taken##_##bits(number_##bits *restrict out, size_t out_step,         \
                                    const number_##bits *restrict in, size_t rows,        \
                                    const int64_t *indices, size_t blocks) {              \
    size_t positions[taken];                                                              \
    for (size_t i = 0; i < taken; i++) positions[i] = clamped(indices[i], rows);          \
    for (size_t b = 0; b < blocks; b++, out += out_step, in += rows) {                    \
      number_##bits numbers[taken];                                                       \
      for (size_t i = 0; i < taken; i++) numbers[i] = in[positions[i]];                   \
      for (size_t i = 0; i < taken; i++) out[i] = numbers[i];                             \
    }                                                                                     \
  }
DEFINE_GATHER(8)
DEFINE_GATHER(16)
DEFINE_GATHER(32)
DEFINE_GATHER(64)

typedef struct number_gathers {
  ck_range_body numbers, blocks;
} number_gathers;

#define NUMBER_GATHERS(bits) [bits / 8] = {gather_numbers_##bits, gather_blocks_##bits}
static const number_gathers gathers_of_size[9] = {
  NUMBER_GATHERS(8), NUMBER_GATHERS(16), NUMBER_GATHERS(32), NUMBER_GATHERS(64),
};

void ck_gather_rows(size_t size, void *out, const void *in, const int64_t *indices,
                    size_t outer, size_t rows, size_t row, size_t index_count) {
  if (outer == 0 || rows == 0 || row == 0 || index_count == 0) return;
  size_t bytes = row * size;
  gather_job job = {out, in, indices, rows, bytes, index_count};
  const number_gathers *gathers = bytes <= 8 ? &gathers_of_size[bytes] : NULL;
  if (gathers && gathers->blocks && outer >= fewest_blocks && index_count <= most_taken) {
    ck_parallel_for(outer, ck_divide_up(CK_PARALLEL_GRAIN, index_count * bytes), gathers->blocks,
                    &job);
    return;
  }
  ck_parallel_for(outer * index_count, ck_divide_up(CK_PARALLEL_GRAIN, bytes),
                  gathers && gathers->numbers ? gathers->numbers : gather_rows, &job);
}

// ---------------------------------------------------------------------------------------------
// Scattering. The rows of the output are divided among threads, each of which goes through all
// indices and adds what falls into its rows; every row thus receives its terms in index order.

typedef struct scatter_job {
  void *out;
  const void *in;
  const int64_t *indices;
  size_t rows, row, index_count;
} scatter_job;

// A range of output rows of one outer block: rows first ..< first + count, and the columns
// column ..< column + width.
typedef struct scatter_part {
  size_t outer, first, count, column, width;
} scatter_part;

// add_part: adds the part's terms to accumulators, whose rows are `stride` apart.
// scatter: elements that are their own accumulators are added up in place; the others in blocks of
// accumulators, so that they are rounded once.
#define DEFINE_SCATTER(name, code, element, compared, value, wide, lowest, highest)               \
  CK_CLONES static void add_part_##name(const scatter_job *job, scatter_part part,                \
                                        value *restrict accumulator, size_t stride) {             \
    const element *in = (const element *)job->in + part.outer * job->index_count * job->row;      \
    in += part.column;                                                                            \
    size_t width = part.width;                                                                    \
    for (size_t i = 0; i < job->index_count; i++) {                                               \
      /* A negative index becomes a huge one. */                                                  \
      size_t target = (size_t)job->indices[i] - part.first;                                       \
      if (job->indices[i] < 0 || target >= part.count) continue;                                  \
      value *restrict y = accumulator + target * stride;                                          \
      const element *restrict x = in + i * job->row;                                              \
      for (size_t c = 0; c < width; c++) {                                                        \
        value term = ck_load_##name(x[c]);                                                        \
        y[c] = (value)((wide)y[c] + (wide)term);                                                  \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void scatter_##name(void *context, size_t begin, size_t end) {                           \
    const scatter_job *job = context;                                                             \
    size_t row = job->row;                                                                        \
    bool in_place = sizeof(element) == sizeof(value);                                             \
    scatter_part part = {.outer = begin / job->rows, .first = begin % job->rows};                 \
    for (size_t left = end - begin; left > 0; part.outer++, part.first = 0) {                     \
      size_t stop = ck_smaller(job->rows, part.first + left);                                     \
      left -= stop - part.first;                                                                  \
      element *out = (element *)job->out + part.outer * job->rows * row;                          \
      if (in_place) {                                                                             \
        part.count = stop - part.first;                                                           \
        part.column = 0;                                                                          \
        part.width = row;                                                                         \
        void *first = out + part.first * row;                                                     \
        memset(first, 0, part.count * row * sizeof(element));                                     \
        add_part_##name(job, part, first, row);                                                   \
        continue;                                                                                 \
      }                                                                                           \
      value accumulator[sizeof(element) == sizeof(value) ? 1 : accumulator_count];                \
      size_t strip = ck_smaller(row, widest_strip);                                               \
      size_t height = accumulator_count / strip;                                                  \
      for (; part.first < stop; part.first += height) {                                           \
        part.count = ck_smaller(height, stop - part.first);                                       \
        for (part.column = 0; part.column < row; part.column += strip) {                          \
          part.width = ck_smaller(strip, row - part.column);                                      \
          memset(accumulator, 0, part.count * part.width * sizeof(value));                        \
          add_part_##name(job, part, accumulator, part.width);                                    \
          for (size_t r = 0; r < part.count; r++) {                                               \
            element *y = out + (part.first + r) * row + part.column;                              \
            const value *sum = accumulator + r * part.width;                                      \
            for (size_t c = 0; c < part.width; c++) y[c] = ck_store_##name(sum[c]);               \
          }                                                                                       \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }
CK_NUMERIC_TYPES(DEFINE_SCATTER)

#define SCATTER_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = scatter_##name,
static const ck_range_body scatters[CK_TYPE_COUNT] = {CK_NUMERIC_TYPES(SCATTER_ENTRY)};

void ck_scatter_add_rows(ck_type type, void *out, const void *in, const int64_t *indices,
                         size_t outer, size_t rows, size_t row, size_t index_count) {
  if (outer == 0 || rows == 0 || row == 0) return;
  scatter_job job = {out, in, indices, rows, row, index_count};
  // Every range costs a pass over the indices, so there are no more ranges than threads. That is
  // harmless to results: no sum is ever divided.
  size_t total = outer * rows;
  size_t work = outer * (rows + index_count) * row * ck_type_size(type);
  size_t ranges = ck_smaller((size_t)ck_thread_count(), ck_larger(work / CK_PARALLEL_GRAIN, 1));
  ck_parallel_for(total, ck_divide_up(total, ranges), scatters[type], &job);
}

// ---------------------------------------------------------------------------------------------
// Ranges of numbers

typedef struct iota_job {
  void *out;
  size_t extent, inner;
} iota_job;

// A unit of work is one middle index: `inner` equal elements. Without an inner axis, a run of
// consecutive numbers is written in one loop.
#define DEFINE_IOTA(name, code, element, compared, value, wide, lowest, highest)                  \
  CK_CLONES static void count_up_##name(element *out, size_t first, size_t count) {               \
    for (size_t i = 0; i < count; i++) out[i] = ck_store_##name((value)(int64_t)(first + i));     \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void repeat_##name(element *out, size_t number, size_t count) {                \
    element stored = ck_store_##name((value)(int64_t)number);                                     \
    for (size_t i = 0; i < count; i++) out[i] = stored;                                           \
  }                                                                                               \
                                                                                                  \
  static void iota_##name(void *context, size_t begin, size_t end) {                              \
    const iota_job *job = context;                                                                \
    element *out = (element *)job->out + begin * job->inner;                                      \
    size_t number = begin % job->extent;                                                          \
    for (size_t left = end - begin; left > 0; number = 0) {                                       \
      size_t run = ck_smaller(left, job->extent - number);                                        \
      left -= run;                                                                                \
      if (job->inner == 1) {                                                                      \
        count_up_##name(out, number, run);                                                        \
        out += run;                                                                               \
        continue;                                                                                 \
      }                                                                                           \
      for (size_t i = 0; i < run; i++, out += job->inner) {                                       \
        repeat_##name(out, number + i, job->inner);                                               \
      }                                                                                           \
    }                                                                                             \
  }
CK_NUMERIC_TYPES(DEFINE_IOTA)

#define IOTA_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = iota_##name,
static const ck_range_body iotas[CK_TYPE_COUNT] = {CK_NUMERIC_TYPES(IOTA_ENTRY)};

void ck_iota(ck_type type, void *out, size_t outer, size_t extent, size_t inner) {
  if (outer == 0 || extent == 0 || inner == 0) return;
  iota_job job = {out, extent, inner};
  ck_parallel_for(outer * extent, ck_divide_up(CK_PARALLEL_GRAIN, inner * ck_type_size(type)),
                  iotas[type], &job);
}
