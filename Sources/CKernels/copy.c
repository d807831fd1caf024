// Moving elements between strided layouts.

#include "kernel_types.h"

// A copy in normal form: the axes that remain after merging, in the order of the output, of which
// two are copied by a kernel, a panel of `rows` x `columns`, and the others are walked around it.
typedef struct strided_copy strided_copy;

typedef void (*panel_kernel)(const strided_copy *copy, char *out, const char *in, size_t rows,
                             size_t columns);

struct strided_copy {
  char *out;
  const char *in;
  size_t rows, columns;
  int64_t out_row, out_column, in_row, in_column;   // strides in bytes
  size_t row_block, column_block;                   // a panel is copied in blocks of this size
  size_t row_blocks, column_blocks;
  int32_t rank;                                     // of the axes around the panel
  size_t shape[CK_MAX_RANK];
  int64_t out_strides[CK_MAX_RANK], in_strides[CK_MAX_RANK];   // in bytes
  panel_kernel kernel;
};

enum {
  panel_bytes = 32768,      // wanted size of a block of a panel
  longest_row = 65536,      // bytes of a row that are not cut further
  copied_inline = 64,       // bytes below which calling memcpy costs more than copying
};

// ---------------------------------------------------------------------------------------------
// Panels whose rows are copied one after the other.

static void copy_rows(const strided_copy *copy, char *out, const char *in, size_t rows,
                      size_t bytes) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(out, in, bytes);
    out += copy->out_row;
    in += copy->in_row;
  }
}

#define DEFINE_ROW_KERNELS(bits)                                                              \
  CK_CLONES static void fill_##bits(uint##bits##_t *out, uint##bits##_t value, size_t count) { \
    for (size_t i = 0; i < count; i++) out[i] = value;                                        \
  }                                                                                           \
                                                                                              \
  static void copy_rows_##bits(const strided_copy *copy, char *out, const char *in,           \
                               size_t rows, size_t columns) {                                 \
    typedef uint##bits##_t element;                                                           \
    if (columns * sizeof(element) >= copied_inline) {                                         \
      copy_rows(copy, out, in, rows, columns * sizeof(element));                              \
      return;                                                                                 \
    }                                                                                         \
    for (size_t r = 0; r < rows; r++) {                                                       \
      element *restrict y = (element *)out;                                                   \
      const element *restrict x = (const element *)in;                                        \
      _Pragma("clang loop vectorize(disable) unroll(disable)")                                \
      for (size_t c = 0; c < columns; c++) y[c] = x[c];                                       \
      out += copy->out_row;                                                                   \
      in += copy->in_row;                                                                     \
    }                                                                                         \
  }                                                                                           \
                                                                                              \
  static void fill_rows_##bits(const strided_copy *copy, char *out, const char *in,           \
                               size_t rows, size_t columns) {                                 \
    typedef uint##bits##_t element;                                                           \
    for (size_t r = 0; r < rows; r++) {                                                       \
      element value = *(const element *)in;                                                   \
      if (columns < 8) {                                                                      \
        for (size_t c = 0; c < columns; c++) ((element *)out)[c] = value;                     \
      } else {                                                                                \
        fill_##bits((element *)out, value, columns);                                          \
      }                                                                                       \
      out += copy->out_row;                                                                   \
      in += copy->in_row;                                                                     \
    }                                                                                         \
  }                                                                                           \
                                                                                              \
  static void reverse_rows_##bits(const strided_copy *copy, char *out, const char *in,        \
                                  size_t rows, size_t columns) {                              \
    typedef uint##bits##_t element;                                                           \
    for (size_t r = 0; r < rows; r++) {                                                       \
      element *restrict y = (element *)out;                                                   \
      const element *restrict x = (const element *)in - (columns - 1);                        \
      for (size_t c = 0; c < columns; c++) y[c] = x[columns - 1 - c];                         \
      out += copy->out_row;                                                                   \
      in += copy->in_row;                                                                     \
    }                                                                                         \
  }                                                                                           \
                                                                                              \
  static void stride_rows_##bits(const strided_copy *copy, char *out, const char *in,         \
                                 size_t rows, size_t columns) {                               \
    typedef uint##bits##_t element;                                                           \
    int64_t out_column = copy->out_column, in_column = copy->in_column;                       \
    for (size_t r = 0; r < rows; r++) {                                                       \
      char *y = out;                                                                          \
      const char *x = in;                                                                     \
      for (size_t c = 0; c < columns; c++) {                                                  \
        *(element *)y = *(const element *)x;                                                  \
        y += out_column;                                                                      \
        x += in_column;                                                                       \
      }                                                                                       \
      out += copy->out_row;                                                                   \
      in += copy->in_row;                                                                     \
    }                                                                                         \
  }

DEFINE_ROW_KERNELS(8)
DEFINE_ROW_KERNELS(16)
DEFINE_ROW_KERNELS(32)
DEFINE_ROW_KERNELS(64)

// ---------------------------------------------------------------------------------------------
// Transposition: in has its unit stride along rows, out along columns. Square tiles whose sides are
// a cache line long are transposed by interleaving 16-byte vectors into a buffer, and leave it as
// whole lines: a line of the output may not survive in the cache until it is completed piecewise,
// since lines a power of two apart compete for few places.
//
// A square of N vectors of N elements is transposed by log2(N) passes, each of which interleaves
// the vectors i and i + N/2 into the vectors 2i and 2i + 1.

enum {
  line_bytes = 64,
  vector_bytes = 16,
  narrow_rows = 256,         // length of the tiles of a panel that is narrower than a tile
  far_columns = 4096,        // bytes between columns of the input that are on different pages
  far_column_lines = 4,      // lines to take at a time from each such column
};

#define LOW_8 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_8 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define LOW_16 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_16 4, 12, 5, 13, 6, 14, 7, 15
#define LOW_32 0, 4, 1, 5
#define HIGH_32 2, 6, 3, 7
#define LOW_64 0, 2
#define HIGH_64 1, 3

#define DEFINE_TRANSPOSITION(bits)                                                                \
  typedef uint##bits##_t vector_##bits                                                            \
      __attribute__((vector_size(vector_bytes), aligned(1), may_alias));                          \
                                                                                                  \
  CK_INLINE void transpose_square_##bits(char *out, int64_t out_stride, const char *in,           \
                                         int64_t in_stride) {                                     \
    enum { side = vector_bytes * 8 / bits };                                                      \
    vector_##bits a[side], b[side];                                                               \
    _Pragma("clang loop unroll(full)")                                                            \
    for (int i = 0; i < side; i++) a[i] = *(const vector_##bits *)(in + i * in_stride);           \
    _Pragma("clang loop unroll(full)")                                                            \
    for (int pass = 1; pass < side; pass *= 2) {                                                  \
      _Pragma("clang loop unroll(full)")                                                          \
      for (int i = 0; i < side / 2; i++) {                                                        \
        b[2 * i] = __builtin_shufflevector(a[i], a[i + side / 2], LOW_##bits);                    \
        b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + side / 2], HIGH_##bits);               \
      }                                                                                           \
      _Pragma("clang loop unroll(full)")                                                          \
      for (int i = 0; i < side; i++) a[i] = b[i];                                                 \
    }                                                                                             \
    _Pragma("clang loop unroll(full)")                                                            \
    for (int i = 0; i < side; i++) *(vector_##bits *)(out + i * out_stride) = a[i];               \
  }                                                                                               \
                                                                                                  \
  static void transpose_tile_##bits(char *out, const char *in, int64_t out_row,                   \
                                    int64_t in_column) {                                          \
    enum { side = vector_bytes * 8 / bits, tile = line_bytes * 8 / bits };                        \
    _Alignas(line_bytes) uint##bits##_t buffer[tile][tile];                                       \
    for (size_t c = 0; c < tile; c += side) {                                                     \
      for (size_t r = 0; r < tile; r += side) {                                                   \
        transpose_square_##bits((char *)&buffer[r][c], line_bytes,                                \
                                in + (int64_t)c * in_column + r * sizeof(uint##bits##_t),         \
                                in_column);                                                       \
      }                                                                                           \
    }                                                                                             \
    for (size_t r = 0; r < tile; r++) memcpy(out + (int64_t)r * out_row, buffer[r], line_bytes);  \
  }                                                                                               \
                                                                                                \
  /* Tiles at the edges: whole squares as well, the remainder one by one. */                      \
  static void transpose_rest_##bits(char *out, const char *in, int64_t out_row,                   \
                                    int64_t in_column, size_t rows, size_t columns) {             \
    typedef uint##bits##_t element;                                                               \
    enum { side = vector_bytes * 8 / bits };                                                      \
    size_t square_rows = rows / side * side, square_columns = columns / side * side;              \
    for (size_t r = 0; r < square_rows; r += side) {                                              \
      for (size_t c = 0; c < square_columns; c += side) {                                         \
        transpose_square_##bits(out + (int64_t)r * out_row + c * sizeof(element), out_row,        \
                                in + (int64_t)c * in_column + r * sizeof(element), in_column);    \
      }                                                                                           \
    }                                                                                             \
    for (size_t c = square_columns; c < columns; c++) {                                           \
      const element *x = (const element *)(in + (int64_t)c * in_column);                          \
      char *y = out + c * sizeof(element);                                                        \
      for (size_t r = 0; r < rows; r++) *(element *)(y + (int64_t)r * out_row) = x[r];            \
    }                                                                                             \
    for (size_t r = square_rows; r < rows; r++) {                                                 \
      element *y = (element *)(out + (int64_t)r * out_row);                                       \
      const char *x = in + r * sizeof(element);                                                   \
      for (size_t c = 0; c < square_columns; c++) {                                               \
        y[c] = *(const element *)(x + (int64_t)c * in_column);                                    \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  static void transpose_##bits(const strided_copy *copy, char *out, const char *in, size_t rows,  \
                               size_t columns) {                                                  \
    enum { tile = line_bytes * 8 / bits };                                                        \
    int64_t out_row = copy->out_row, in_column = copy->in_column;                                 \
    size_t tall = columns < tile ? narrow_rows : tile, wide = rows < tile ? narrow_rows : tile;   \
    for (size_t c = 0; c < columns; c += wide) {                                                  \
      size_t width = ck_smaller(wide, columns - c);                                               \
      for (size_t r = 0; r < rows; r += tall) {                                                   \
        size_t height = ck_smaller(tall, rows - r);                                               \
        char *y = out + (int64_t)r * out_row + c * sizeof(uint##bits##_t);                        \
        const char *x = in + (int64_t)c * in_column + r * sizeof(uint##bits##_t);                 \
        if (height == tile && width == tile) {                                                    \
          transpose_tile_##bits(y, x, out_row, in_column);                                        \
        } else {                                                                                  \
          transpose_rest_##bits(y, x, out_row, in_column, height, width);                         \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  static void stride_tiles_##bits(const strided_copy *copy, char *out, const char *in,            \
                                  size_t rows, size_t columns) {                                  \
    enum { tile = line_bytes * 8 / bits };                                                        \
    for (size_t r = 0; r < rows; r += tile) {                                                     \
      for (size_t c = 0; c < columns; c += tile) {                                                \
        stride_rows_##bits(                                                                       \
            copy, out + (int64_t)r * copy->out_row + (int64_t)c * copy->out_column,               \
            in + (int64_t)r * copy->in_row + (int64_t)c * copy->in_column,                        \
            ck_smaller(tile, rows - r), ck_smaller(tile, columns - c));                           \
      }                                                                                           \
    }                                                                                             \
  }

DEFINE_TRANSPOSITION(8)
DEFINE_TRANSPOSITION(16)
DEFINE_TRANSPOSITION(32)
DEFINE_TRANSPOSITION(64)

typedef struct panel_kernels {
  panel_kernel copy, fill, reverse, stride, transpose, stride_tiles;
} panel_kernels;

#define PANEL_KERNELS(bits)                                                           \
  [bits / 8] = {copy_rows_##bits, fill_rows_##bits, reverse_rows_##bits,              \
                stride_rows_##bits, transpose_##bits, stride_tiles_##bits}
static const panel_kernels kernels_of_size[9] = {
  PANEL_KERNELS(8), PANEL_KERNELS(16), PANEL_KERNELS(32), PANEL_KERNELS(64),
};

// ---------------------------------------------------------------------------------------------
// Any rank.

// Copies the blocks begin ..< end. Blocks count through the columns of a panel, then its rows, then
// the axes around it.
static void copy_blocks(void *context, size_t begin, size_t end) {
  const strided_copy *copy = context;
  size_t column_block = begin % copy->column_blocks;
  size_t row_block = begin / copy->column_blocks % copy->row_blocks;
  size_t panel = begin / copy->column_blocks / copy->row_blocks;
  size_t index[CK_MAX_RANK];
  char *out = copy->out;
  const char *in = copy->in;
  for (int32_t axis = copy->rank - 1; axis >= 0; axis--) {
    index[axis] = panel % copy->shape[axis];
    panel /= copy->shape[axis];
    out += (int64_t)index[axis] * copy->out_strides[axis];
    in += (int64_t)index[axis] * copy->in_strides[axis];
  }
  for (size_t block = begin; block < end; block++) {
    size_t row = row_block * copy->row_block, column = column_block * copy->column_block;
    copy->kernel(copy,
                 out + (int64_t)row * copy->out_row + (int64_t)column * copy->out_column,
                 in + (int64_t)row * copy->in_row + (int64_t)column * copy->in_column,
                 ck_smaller(copy->row_block, copy->rows - row),
                 ck_smaller(copy->column_block, copy->columns - column));
    if (++column_block < copy->column_blocks) continue;
    column_block = 0;
    if (++row_block < copy->row_blocks) continue;
    row_block = 0;
    for (int32_t axis = copy->rank - 1; axis >= 0; axis--) {
      out += copy->out_strides[axis];
      in += copy->in_strides[axis];
      if (++index[axis] < copy->shape[axis]) break;
      out -= (int64_t)copy->shape[axis] * copy->out_strides[axis];
      in -= (int64_t)copy->shape[axis] * copy->in_strides[axis];
      index[axis] = 0;
    }
  }
}

// Fills in the axes, with strides in bytes: those of one element are dropped, the others are sorted
// by output stride, all of which become positive, and merged where both layouts allow it.
// Returns the number of elements.
static size_t normalize(strided_copy *copy, int64_t size, int32_t rank, const size_t *shape,
                        const int64_t *out_strides, const int64_t *in_strides) {
  size_t count = 1;
  int32_t kept = 0;
  for (int32_t axis = 0; axis < rank; axis++) {
    count *= shape[axis];
    if (shape[axis] == 0) return 0;
    if (shape[axis] == 1) continue;
    int64_t out_stride = out_strides[axis] * size, in_stride = in_strides[axis] * size;
    if (out_stride < 0) {
      copy->out += (int64_t)(shape[axis] - 1) * out_stride;
      copy->in += (int64_t)(shape[axis] - 1) * in_stride;
      out_stride = -out_stride;
      in_stride = -in_stride;
    }
    int32_t place = kept++;
    for (; place > 0 && copy->out_strides[place - 1] < out_stride; place--) {
      copy->shape[place] = copy->shape[place - 1];
      copy->out_strides[place] = copy->out_strides[place - 1];
      copy->in_strides[place] = copy->in_strides[place - 1];
    }
    copy->shape[place] = shape[axis];
    copy->out_strides[place] = out_stride;
    copy->in_strides[place] = in_stride;
  }
  int32_t last = 0;
  for (int32_t axis = 1; axis < kept; axis++) {
    int64_t extent = (int64_t)copy->shape[axis];
    if (copy->out_strides[last] == copy->out_strides[axis] * extent &&
        copy->in_strides[last] == copy->in_strides[axis] * extent) {
      copy->shape[last] *= copy->shape[axis];
    } else {
      copy->shape[++last] = copy->shape[axis];
    }
    copy->out_strides[last] = copy->out_strides[axis];
    copy->in_strides[last] = copy->in_strides[axis];
  }
  copy->rank = kept == 0 ? 0 : last + 1;
  return count;
}

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

// Takes the panel's axes out of the list: columns are the innermost axis of the output, rows the
// axis along which the input is dense, if that is another one, else the next of the output.
static void choose_panel(strided_copy *copy, int64_t size) {
  const panel_kernels *kernels = &kernels_of_size[size];
  copy->rows = copy->columns = 1;
  copy->out_row = copy->in_row = 0;
  copy->out_column = copy->in_column = size;
  int32_t inner = copy->rank - 1, rows = inner - 1;
  if (inner >= 0) {
    copy->columns = copy->shape[inner];
    copy->out_column = copy->out_strides[inner];
    copy->in_column = copy->in_strides[inner];
  }
  bool crossed = false;
  for (int32_t axis = inner - 1; axis >= 0; axis--) {
    int64_t stride = distance(copy->in_strides[axis]);
    if (stride == 0 || stride >= distance(copy->in_column)) continue;
    if (crossed && stride >= distance(copy->in_strides[rows])) continue;
    crossed = true;
    rows = axis;
  }
  if (rows >= 0) {
    copy->rows = copy->shape[rows];
    copy->out_row = copy->out_strides[rows];
    copy->in_row = copy->in_strides[rows];
    for (int32_t axis = rows; axis + 1 < inner; axis++) {
      copy->shape[axis] = copy->shape[axis + 1];
      copy->out_strides[axis] = copy->out_strides[axis + 1];
      copy->in_strides[axis] = copy->in_strides[axis + 1];
    }
  }
  copy->rank = inner > 0 ? inner - 1 : 0;

  bool dense = copy->out_column == size;
  copy->kernel = dense && copy->in_column == size    ? kernels->copy
                 : dense && copy->in_column == 0     ? kernels->fill
                 : dense && crossed && copy->in_row == size ? kernels->transpose
                 : dense && copy->in_column == -size ? kernels->reverse
                 : crossed                           ? kernels->stride_tiles
                                                     : kernels->stride;

  // Blocks of whole rows if those are not too long; both sides multiples of a tile.
  size_t tile = (size_t)(line_bytes / size);
  size_t row_bytes = copy->columns * (size_t)size;
  copy->column_block = row_bytes <= longest_row ? copy->columns : (size_t)(panel_bytes / size);
  size_t rows_wanted = panel_bytes / (copy->column_block * (size_t)size) / tile * tile;
  // Columns on different pages cost a translation each; that pays for several tiles.
  size_t fewest_rows = !crossed                                    ? 1
                       : distance(copy->in_column) >= far_columns ? far_column_lines * tile
                                                                  : tile;
  copy->row_block = ck_smaller(copy->rows, ck_larger(rows_wanted, fewest_rows));
  copy->row_blocks = ck_divide_up(copy->rows, copy->row_block);
  copy->column_blocks = ck_divide_up(copy->columns, copy->column_block);
}

void ck_strided_copy(size_t size, void *out, const void *in, int32_t rank, const size_t *shape,
                     const int64_t *out_strides, const int64_t *in_strides) {
  strided_copy copy;
  copy.out = out;
  copy.in = in;
  if (normalize(&copy, (int64_t)size, rank, shape, out_strides, in_strides) == 0) return;
  choose_panel(&copy, (int64_t)size);
  size_t blocks = copy.row_blocks * copy.column_blocks;
  for (int32_t axis = 0; axis < copy.rank; axis++) blocks *= copy.shape[axis];
  size_t block_bytes = copy.row_block * copy.column_block * size;
  ck_parallel_for(blocks, ck_divide_up(CK_PARALLEL_GRAIN, block_bytes), copy_blocks, &copy);
}

// ---------------------------------------------------------------------------------------------

typedef struct fill_job {
  char *out;
  size_t size;
  uint64_t value;   // its first `size` bytes
} fill_job;

static void fill_range(void *context, size_t begin, size_t end) {
  const fill_job *job = context;
  char *out = job->out + begin * job->size;
  const void *value = &job->value;
  switch (job->size) {
    case 1: memset(out, *(const uint8_t *)value, end - begin); break;
    case 2: fill_16((uint16_t *)out, *(const uint16_t *)value, end - begin); break;
    case 4: fill_32((uint32_t *)out, *(const uint32_t *)value, end - begin); break;
    default: fill_64((uint64_t *)out, job->value, end - begin); break;
  }
}

void ck_fill(size_t size, void *out, const void *value, size_t count) {
  fill_job job = {out, size, 0};
  memcpy(&job.value, value, size);
  ck_parallel_for(count, CK_PARALLEL_GRAIN / size, fill_range, &job);
}
