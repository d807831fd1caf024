// Matrix products of f32 on processors with AVX-512: tiles straight from the operands.
//
// An element is a sum in the order of the depth, block by block, whatever tile, panel or thread it
// falls to: results do not depend on the number of threads.

#include "element_kernel.h"
#include "gemm_tile.h"

// Depth of a pass over the rows: a panel of the right operand stays in the second-level cache.
#define CK_DEPTH 512
// Depth of a pass whose panel is transposed onto the stack, or whose left operand is read down its
// columns.
#define CK_TRANSPOSED_DEPTH 256

CK_DEFINE_TILES(1)
CK_DEFINE_TILES(2)
CK_DEFINE_TILES(3)
CK_DEFINE_TILES(4)

#define CK_TILE_ROW(vectors) \
  {ck_tile_1x##vectors, ck_tile_2x##vectors, ck_tile_3x##vectors, \
   ck_tile_4x##vectors, ck_tile_5x##vectors, ck_tile_6x##vectors}
const ck_tile ck_tiles[4][CK_TILE_ROWS] = {
  CK_TILE_ROW(1), CK_TILE_ROW(2), CK_TILE_ROW(3), CK_TILE_ROW(4),
};

bool ck_product_is_native(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v4");
#else
  return false;
#endif
}

// ---------------------------------------------------------------------------------------------
// Panels

// Exchanges rows and columns of 16 x 16 elements, by exchanging ever smaller quarters.
#define CK_EXCHANGE(step, low, high)                                            \
  CK_UNROLL for (size_t i = 0; i < CK_LANES; i++) {                             \
    if (i & step) continue;                                                     \
    ck_v16 first = row[i], second = row[i + step];                              \
    row[i] = __builtin_shufflevector(first, second, low);                       \
    row[i + step] = __builtin_shufflevector(first, second, high);               \
  }
#define CK_LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define CK_HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define CK_LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define CK_HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define CK_LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define CK_HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define CK_LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define CK_HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

CK_WIDE static void ck_transpose_16(
    float *out, size_t out_stride, const float *in, size_t in_stride) {
  ck_v16 row[CK_LANES];
  CK_UNROLL for (size_t i = 0; i < CK_LANES; i++) row[i] = *(const ck_v16 *)(in + i * in_stride);
  CK_EXCHANGE(8, CK_LOW_8, CK_HIGH_8)
  CK_EXCHANGE(4, CK_LOW_4, CK_HIGH_4)
  CK_EXCHANGE(2, CK_LOW_2, CK_HIGH_2)
  CK_EXCHANGE(1, CK_LOW_1, CK_HIGH_1)
  CK_UNROLL for (size_t i = 0; i < CK_LANES; i++) *(ck_v16 *)(out + i * out_stride) = row[i];
}

void ck_transpose_panel(float *panel, size_t panel_stride, const float *right, size_t stride,
                        size_t depth, size_t width) {
  size_t whole_depth = depth / CK_LANES * CK_LANES, whole_width = width / CK_LANES * CK_LANES;
  for (size_t j = 0; j < whole_width; j += CK_LANES) {
    for (size_t k = 0; k < whole_depth; k += CK_LANES) {
      ck_transpose_16(panel + k * panel_stride + j, panel_stride, right + j * stride + k, stride);
    }
  }
  for (size_t j = 0; j < width; j++) {
    size_t first = j < whole_width ? whole_depth : 0;
    for (size_t k = first; k < depth; k++) panel[k * panel_stride + j] = right[j * stride + k];
  }
}

// Columns of a panel up to whole vectors.
static size_t ck_padded(size_t width) { return (width + CK_LANES - 1) / CK_LANES * CK_LANES; }

// Copies a part of the right operand into a panel of whole vectors, zeros behind the last column.
static void ck_fill_panel(float *panel, const ck_product *product, const float *right,
                          size_t depth, size_t width) {
  size_t stride = ck_padded(width);
  if (product->right_column == 1) {
    for (size_t k = 0; k < depth; k++) {
      memcpy(panel + k * stride, right + (int64_t)k * product->right_row, width * sizeof(float));
    }
  } else {
    ck_transpose_panel(panel, stride, right, (size_t)product->right_column, depth, width);
  }
  if (stride == width) return;
  for (size_t k = 0; k < depth; k++) {
    memset(panel + k * stride + width, 0, (stride - width) * sizeof(float));
  }
}

size_t ck_packed_count(const ck_product *product) {
  return product->depth * ck_padded(product->columns);
}

// Panel by panel, so that each is one range of memory.
void ck_pack_right(const ck_product *product, const float *right, float *packed) {
  for (size_t column = 0; column < product->columns; column += CK_PANEL) {
    size_t rest = product->columns - column;
    size_t width = rest < CK_PANEL ? rest : CK_PANEL;
    ck_fill_panel(packed + column * product->depth, product,
                  right + (int64_t)column * product->right_column, product->depth, width);
  }
}

// ---------------------------------------------------------------------------------------------
// Tasks

typedef struct ck_product_run {
  const ck_product *product;
  float *result;
  const float *left, *right, *bias, *residual;
  size_t panels;       // of a matrix
  size_t chunks;       // of its rows
  size_t chunk_rows;
} ck_product_run;

// Rows first ..< last of a panel of `width` columns, one block of the depth, added to `start`.
static void ck_run_rows(const ck_product *product, const float *start, float *result,
                        const float *left, size_t first, size_t last, size_t depth,
                        const float *panel, size_t panel_stride, size_t width,
                        const ck_tile_end *end) {
  size_t vectors = width / CK_LANES, rest = width % CK_LANES;
  size_t left_step = (size_t)product->left_column;
  for (size_t row = first; row < last; row += CK_TILE_ROWS) {
    size_t rows = last - row < CK_TILE_ROWS ? last - row : CK_TILE_ROWS;
    const float *pointers[CK_TILE_ROWS];
    for (size_t i = 0; i < rows; i++) pointers[i] = left + (int64_t)(row + i) * product->left_row;
    float *target = result + (int64_t)row * product->result_row;
    const float *from = start ? start + (int64_t)row * product->result_row : NULL;
    if (vectors > 0) {
      ck_tiles[vectors - 1][rows - 1](depth, pointers, left_step, panel, panel_stride, from, target,
                                      (size_t)product->result_row, end);
    }
    if (rest > 0) {
      // The last columns, through a tile of a whole vector.
      size_t column = vectors * CK_LANES;
      float tile[CK_TILE_ROWS * CK_LANES], bias[CK_LANES];
      ck_tile_end narrow = *end;
      memset(tile, 0, sizeof tile);
      if (from) {
        for (size_t i = 0; i < rows; i++) {
          memcpy(tile + i * CK_LANES, from + i * (size_t)product->result_row + column,
                 rest * sizeof(float));
        }
      }
      if (end->bias) {
        memset(bias, 0, sizeof bias);
        memcpy(bias, end->bias + column, rest * sizeof(float));
        narrow.bias = bias;
      }
      ck_tiles[0][rows - 1](depth, pointers, left_step, panel + column, panel_stride, tile, tile,
                            CK_LANES, &narrow);
      for (size_t i = 0; i < rows; i++) {
        memcpy(target + i * (size_t)product->result_row + column, tile + i * CK_LANES,
               rest * sizeof(float));
      }
    }
    if (end->is_last && product->activation) {
      for (size_t i = 0; i < rows; i++) {
        float *elements = target + i * (size_t)product->result_row;
        const void *in[1] = {elements};
        product->activation(elements, in, 0, width);
      }
    }
  }
}

static void ck_run_task(const ck_product_run *run, size_t task) {
  const ck_product *product = run->product;
  size_t chunk = task % run->chunks, panel_index = task / run->chunks;
  size_t batch = panel_index / run->panels, column = panel_index % run->panels * CK_PANEL;
  size_t width = product->columns - column < CK_PANEL ? product->columns - column : CK_PANEL;
  size_t first = chunk * run->chunk_rows;
  size_t last = first + run->chunk_rows < product->rows ? first + run->chunk_rows : product->rows;
  int64_t place = (int64_t)batch * product->result_batch + (int64_t)column;
  float *result = run->result + place;
  const float *residual = run->residual ? run->residual + place : NULL;
  const float *left = run->left + (int64_t)batch * product->left_batch;
  const float *right = run->right + (int64_t)batch * product->right_batch;
  bool copies = !product->packed_right && (product->right_column != 1 || width % CK_LANES != 0);
  size_t most = copies || product->left_column != 1 ? CK_TRANSPOSED_DEPTH : CK_DEPTH;
  float space[copies ? CK_TRANSPOSED_DEPTH * CK_PANEL : 1] __attribute__((aligned(64)));

  for (size_t k = 0; k < product->depth; k += most) {
    size_t depth = product->depth - k < most ? product->depth - k : most;
    const float *panel;
    size_t stride = ck_padded(width);
    if (product->packed_right) {
      panel = right + column * product->depth + k * stride;
    } else if (copies) {
      ck_fill_panel(space, product,
                    right + (int64_t)k * product->right_row + (int64_t)column * product->right_column,
                    depth, width);
      panel = space;
    } else {
      panel = right + (int64_t)k * product->right_row + column;
      stride = (size_t)product->right_row;
    }
    ck_tile_end end = {
      run->bias ? run->bias + column : NULL, k + depth == product->depth, product->rectifies,
    };
    ck_run_rows(product, k > 0 ? result : residual, result,
                left + (int64_t)k * product->left_column, first, last, depth, panel, stride, width,
                &end);
  }
}

static void ck_run_product_tasks(void *context, size_t begin, size_t end) {
  for (size_t task = begin; task < end; task++) ck_run_task(context, task);
}

void ck_run_product(const ck_product *product, float *result, const float *left,
                    const float *right, const float *bias, const float *residual) {
  ck_product_run run = {product, result, left, right, bias, residual, 0, 1, product->rows};
  run.panels = (product->columns + CK_PANEL - 1) / CK_PANEL;
  size_t units = product->batch * run.panels;
  double operations = 2.0 * (double)product->batch * (double)product->rows
    * (double)product->columns * (double)product->depth;
  // Enough tasks for all threads to have about the same to do.
  size_t wanted = 4 * (size_t)ck_thread_count();
  size_t tiles = (product->rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  if (units < wanted && ck_is_shared(operations)) {
    size_t chunks = (wanted + units - 1) / units;
    if (chunks > tiles) chunks = tiles;
    run.chunk_rows = (tiles + chunks - 1) / chunks * CK_TILE_ROWS;
    run.chunks = (product->rows + run.chunk_rows - 1) / run.chunk_rows;
  }
  size_t tasks = units * run.chunks;
  ck_parallel_for(tasks, ck_task_grain(operations, tasks), ck_run_product_tasks, &run);
}
