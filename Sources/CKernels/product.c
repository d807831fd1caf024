// Matrix products of any numeric type, register-tiled.
//
// A block of the result, block_rows x (block_panels panels of one vector), is a unit of work. For
// a stretch of the common axis, the rows of a are packed in tiles of tile_rows, one element of each
// row after the other, and a panel of b is packed as vectors; both are converted to the type that
// accumulates on the way. A tile times a panel keeps its sums in registers.

#include "kernel_types.h"

enum {
  vector_bytes = 64,    // of a panel's row; compilers split it where registers are smaller
  tile_rows = 6,        // with two registers per vector, 12 sums fit 16 registers
  block_tiles = 8,
  block_rows = tile_rows * block_tiles,
  block_panels = 8,
  depth = 128,          // of a stretch of the common axis
};

typedef struct product_job {
  char *c;
  const char *a, *b;
  size_t m, n, k;
  size_t a_row, a_column, b_row, b_column;   // strides in elements
  size_t row_blocks, column_blocks;
} product_job;

#define DEFINE_PRODUCT(name, code, element, compared, value, wide, lowest, highest)               \
  typedef value vector_##name __attribute__((vector_size(vector_bytes), may_alias));              \
                                                                                                  \
  CK_INLINE void multiply_tile_##name(vector_##name *sums, size_t sum_stride, const value *a,     \
                                      const vector_##name *b, size_t k) {                         \
    vector_##name sum[tile_rows];                                                                 \
    _Pragma("clang loop unroll(full)")                                                            \
    for (size_t r = 0; r < tile_rows; r++) sum[r] = sums[r * sum_stride];                         \
    for (size_t i = 0; i < k; i++) {                                                              \
      _Pragma("clang loop unroll(full)")                                                          \
      for (size_t r = 0; r < tile_rows; r++) sum[r] += a[i * tile_rows + r] * b[i];               \
    }                                                                                             \
    _Pragma("clang loop unroll(full)")                                                            \
    for (size_t r = 0; r < tile_rows; r++) sums[r * sum_stride] = sum[r];                         \
  }                                                                                               \
                                                                                                  \
  CK_CLONES static void multiply_block_##name(const product_job *job, size_t batch, size_t row,   \
                                              size_t column) {                                    \
    enum { panel = vector_bytes / sizeof(value) };                                                \
    const element *a = (const element *)job->a + batch * job->m * job->k + row * job->a_row;      \
    const element *b = (const element *)job->b + batch * job->k * job->n + column * job->b_column; \
    size_t rows = ck_smaller(block_rows, job->m - row);                                           \
    size_t columns = ck_smaller(block_panels * panel, job->n - column);                           \
    size_t tiles = ck_divide_up(rows, tile_rows);                                                 \
    vector_##name sums[block_rows][block_panels], packed_b[depth];                                \
    value packed_a[block_tiles][depth * tile_rows];                                               \
    memset(sums, 0, tiles * tile_rows * sizeof sums[0]);                                          \
    for (size_t first = 0; first < job->k; first += depth) {                                      \
      size_t k = ck_smaller(depth, job->k - first);                                               \
      for (size_t r = 0; r < tiles * tile_rows; r++) {                                            \
        value *packed = packed_a[r / tile_rows] + r % tile_rows;                                  \
        const element *x = a + r * job->a_row + first * job->a_column;                            \
        for (size_t i = 0; i < k; i++) {                                                          \
          packed[i * tile_rows] = r < rows ? ck_load_##name(x[i * job->a_column]) : 0;            \
        }                                                                                         \
      }                                                                                           \
      for (size_t p = 0; p * panel < columns; p++) {                                              \
        size_t width = ck_smaller(panel, columns - p * panel);                                    \
        const element *x = b + first * job->b_row + p * panel * job->b_column;                    \
        value *packed = (value *)packed_b;                                                        \
        if (width < panel) memset(packed, 0, k * vector_bytes);                                   \
        if (job->b_column == 1) {                                                                 \
          for (size_t i = 0; i < k; i++, x += job->b_row, packed += panel) {                      \
            for (size_t j = 0; j < width; j++) packed[j] = ck_load_##name(x[j]);                  \
          }                                                                                       \
        } else {                                                                                  \
          for (size_t j = 0; j < width; j++, x += job->b_column, packed++) {                      \
            for (size_t i = 0; i < k; i++) packed[i * panel] = ck_load_##name(x[i]);              \
          }                                                                                       \
        }                                                                                         \
        for (size_t t = 0; t < tiles; t++) {                                                      \
          multiply_tile_##name(&sums[t * tile_rows][p], block_panels, packed_a[t], packed_b, k);  \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    element *c = (element *)job->c + (batch * job->m + row) * job->n + column;                    \
    for (size_t r = 0; r < rows; r++, c += job->n) {                                              \
      const value *sum = (const value *)sums[r];                                                  \
      for (size_t j = 0; j < columns; j++) c[j] = ck_store_##name(sum[j]);                        \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  static void multiply_##name(void *context, size_t begin, size_t end) {                          \
    enum { block_columns = block_panels * vector_bytes / sizeof(value) };                         \
    const product_job *job = context;                                                             \
    for (size_t unit = begin; unit < end; unit++) {                                               \
      size_t column = unit % job->column_blocks * block_columns;                                  \
      size_t row = unit / job->column_blocks % job->row_blocks * block_rows;                      \
      multiply_block_##name(job, unit / job->column_blocks / job->row_blocks, row, column);       \
    }                                                                                             \
  }
CK_NUMERIC_TYPES(DEFINE_PRODUCT)

typedef struct product_kernel {
  ck_range_body multiply;
  size_t block_columns;
} product_kernel;

#define TABLE_ENTRY(name, code, element, compared, value, wide, lowest, highest) \
  [code] = {multiply_##name, block_panels * vector_bytes / sizeof(value)},
static const product_kernel kernels[CK_TYPE_COUNT] = {CK_NUMERIC_TYPES(TABLE_ENTRY)};

void ck_matrix_product(ck_type type, void *c, const void *a, const void *b, size_t batch,
                       size_t m, size_t n, size_t k, bool transpose_a, bool transpose_b) {
  if (batch == 0 || m == 0 || n == 0) return;
  const product_kernel *kernel = &kernels[type];
  product_job job = {
    .c = c, .a = a, .b = b, .m = m, .n = n, .k = k,
    .a_row = transpose_a ? 1 : k, .a_column = transpose_a ? m : 1,
    .b_row = transpose_b ? 1 : n, .b_column = transpose_b ? k : 1,
    .row_blocks = ck_divide_up(m, block_rows),
    .column_blocks = ck_divide_up(n, kernel->block_columns),
  };
  size_t work = ck_smaller(m, block_rows) * ck_smaller(n, kernel->block_columns) * (k + 1);
  ck_parallel_for(batch * job.row_blocks * job.column_blocks,
                  ck_divide_up(4 * CK_PARALLEL_GRAIN, work), kernel->multiply, &job);
}
