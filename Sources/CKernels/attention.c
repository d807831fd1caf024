// Attention and its gradients without the scores of all queries at once.
//
// Scores are products of a block of queries with all keys that it may see, and stay in the cache
// until they have become weights and been multiplied by the values. The gradients make them again,
// from the logarithms of the rows' sums. Dao et al., "FlashAttention", 2022, go on to cut the keys
// as well; here a row's sum is known before its weights are used.

#include "elementwise_math.h"
#include "gemm_tile.h"

// Queries of a block at most: whole tiles of products.
#define CK_BLOCK_QUERIES (11 * CK_TILE_ROWS)
// Scores of a block about at most, so that they and their gradients stay in the second-level cache.
#define CK_BLOCK_SCORES (64 << 10)
// Elements between rows besides their own, so that rows lie in different sets of the cache.
#define CK_ROW_SKEW 16

typedef struct ck_attention_run {
  const ck_attention *attention;
  const void *query, *key, *value, *output_gradient, *deltas;
  const bool *mask;
  void *output, *log_sums, *query_gradient, *key_gradient, *value_gradient, *scratch;
  bool is_gradient;
  size_t block, blocks;     // queries of a block, and blocks
  size_t stride;            // elements between a block's rows of scores
  size_t tasks, lanes;
  size_t lane_count;        // elements of a lane's part of the scratch memory
} ck_attention_run;

// Queries first ..< first + count of one head of one example, and the keys at least one of them may
// see.
typedef struct ck_attention_rows {
  size_t example, head, first, count, keys;
  const bool *mask;         // of the head; or NULL
} ck_attention_rows;

static ck_attention_run ck_plan_attention(const ck_attention *a, bool is_gradient, size_t lanes) {
  ck_attention_run run = {.attention = a, .is_gradient = is_gradient, .lanes = lanes};
  run.stride = (a->keys + CK_LANES - 1) / CK_LANES * CK_LANES + CK_ROW_SKEW;
  size_t most = CK_BLOCK_SCORES / run.stride / CK_TILE_ROWS * CK_TILE_ROWS;
  if (most < CK_TILE_ROWS) most = CK_TILE_ROWS;
  if (most > CK_BLOCK_QUERIES) most = CK_BLOCK_QUERIES;
  // Blocks of about the same size.
  run.blocks = (a->queries + most - 1) / most;
  size_t block = run.blocks ? (a->queries + run.blocks - 1) / run.blocks : 0;
  run.block = (block + CK_TILE_ROWS - 1) / CK_TILE_ROWS * CK_TILE_ROWS;
  run.blocks = run.block ? (a->queries + run.block - 1) / run.block : 0;
  run.tasks = a->batch * a->heads * (is_gradient ? 1 : run.blocks);
  run.lane_count = run.block * run.stride * (is_gradient ? 2 : 1);
  return run;
}

size_t ck_attention_scratch_bytes(const ck_attention *a, bool is_gradient, size_t lanes) {
  return ck_plan_attention(a, is_gradient, lanes).lane_count * lanes * ck_type_size(a->type);
}

static ck_attention_rows ck_rows_of_block(const ck_attention_run *run, size_t head, size_t block) {
  const ck_attention *a = run->attention;
  ck_attention_rows rows = {.example = head / a->heads, .head = head % a->heads};
  rows.first = block * run->block;
  rows.count = a->queries - rows.first < run->block ? a->queries - rows.first : run->block;
  size_t last = rows.first + rows.count;
  rows.keys = a->is_causal && last < a->keys ? last : a->keys;
  if (run->mask) rows.mask = run->mask + rows.example * a->mask_batch + rows.head * a->mask_head;
  return rows;
}

// The mask of a block's row, or NULL.
CK_INLINE const bool *ck_mask_row(const ck_attention *a, const ck_attention_rows *rows,
                                  size_t row) {
  return rows->mask ? rows->mask + (rows->first + row) * a->mask_query : NULL;
}

// How many of the first keys a query may see; the mask may hide some of them.
CK_INLINE size_t ck_keys_seen(const ck_attention *a, const ck_attention_rows *rows, size_t query) {
  if (rows->mask && !a->mask_key && !rows->mask[query * a->mask_query]) return 0;
  return a->is_causal && query + 1 < rows->keys ? query + 1 : rows->keys;
}

static void ck_multiply(const ck_attention *a, const ck_attention_product *p, void *result,
                        const void *left, const void *right) {
  if (p->rows == 0 || p->columns == 0) return;
  if (p->depth == 0) {
    if (p->accumulates) return;
    size_t size = ck_type_size(a->type);
    for (size_t row = 0; row < p->rows; row++) {
      memset((char *)result + row * p->result_row * size, 0, p->columns * size);
    }
    return;
  }
  if (a->multiply) {
    a->multiply(a->type, p, result, left, right);
    return;
  }
  ck_product product = {
    .batch = 1, .rows = p->rows, .columns = p->columns, .depth = p->depth,
    .left_row = p->transposes_left ? 1 : (int64_t)p->left_row,
    .left_column = p->transposes_left ? (int64_t)p->left_row : 1,
    .right_row = p->transposes_right ? 1 : (int64_t)p->right_row,
    .right_column = p->transposes_right ? (int64_t)p->right_row : 1,
    .result_row = (int64_t)p->result_row,
  };
  ck_run_product(&product, result, left, right, NULL, p->accumulates ? result : NULL);
}

#define CK_REAL float
#define CK_SUFFIX f32
#define CK_ROW_LANES 16
#define CK_ROW_LOOP CK_VECTOR_LOOP
#define CK_ROW_EXPONENTIAL ck_exponential_bounded_f32   // of what is at most 0 but for rounding
#define CK_ROW_LOGARITHM ck_logarithm_f32
#include "attention_rows.h"

#define CK_REAL double
#define CK_SUFFIX f64
#define CK_ROW_LANES 8
#define CK_ROW_LOOP   // loops that call the library's exp stay as they are
#define CK_ROW_EXPONENTIAL __builtin_exp
#define CK_ROW_LOGARITHM __builtin_log
#include "attention_rows.h"

static void ck_run_lanes(ck_attention_run *run, double products) {
  const ck_attention *a = run->attention;
  double operations = 2.0 * (double)a->batch * (double)a->heads * (double)a->queries
    * (double)a->keys * products;
  // Small work, and so few tasks that threads had better share the products within them.
  if (!ck_is_shared(operations) || 2 * run->tasks <= run->lanes) run->lanes = 1;
  ck_parallel_for(run->lanes, 1,
                  a->type == CK_F64 ? ck_attention_lanes_f64 : ck_attention_lanes_f32, run);
}

void ck_run_attention(const ck_attention *a, size_t lanes, void *output, void *log_sums,
                      const void *query, const void *key, const void *value, const bool *mask,
                      void *scratch) {
  ck_attention_run run = ck_plan_attention(a, false, lanes);
  run.output = output;
  run.log_sums = log_sums;
  run.query = query;
  run.key = key;
  run.value = value;
  run.mask = mask;
  run.scratch = scratch;
  ck_run_lanes(&run, (double)(a->share + a->value_share));
}

void ck_run_attention_gradient(const ck_attention *a, size_t lanes, void *query_gradient,
                               void *key_gradient, void *value_gradient, const void *query,
                               const void *key, const void *value, const bool *mask,
                               const void *log_sums, const void *deltas,
                               const void *output_gradient, void *scratch) {
  ck_attention_run run = ck_plan_attention(a, true, lanes);
  run.query_gradient = query_gradient;
  run.key_gradient = key_gradient;
  run.value_gradient = value_gradient;
  run.query = query;
  run.key = key;
  run.value = value;
  run.mask = mask;
  run.log_sums = (void *)log_sums;
  run.deltas = deltas;
  run.output_gradient = output_gradient;
  run.scratch = scratch;
  ck_run_lanes(&run, (double)(3 * a->share + 2 * a->value_share));
}
