// What attention does with the rows of a block of scores, for one type of numbers: CK_REAL, whose
// functions end in CK_SUFFIX. Included once for each type, by attention.c alone.

#define CK_PASTE_NAME(name, suffix) name##_##suffix
#define CK_EXPAND_NAME(name, suffix) CK_PASTE_NAME(name, suffix)
#define CK_NAMED(name) CK_EXPAND_NAME(name, CK_SUFFIX)

typedef CK_REAL CK_NAMED(ck_row_lanes)
  __attribute__((ext_vector_type(CK_ROW_LANES), aligned(sizeof(CK_REAL))));

// The largest of n elements, minus infinity if there are none or only NaN, which the sum will show.
// Each is multiplied by `factor` first.
CK_INLINE CK_REAL CK_NAMED(ck_scale_and_maximum)(CK_REAL *x, size_t n, CK_REAL factor) {
  typedef CK_NAMED(ck_row_lanes) lanes;
  lanes largest = (lanes)(CK_REAL)-__builtin_inf();
  size_t i = 0;
  for (; i + CK_ROW_LANES <= n; i += CK_ROW_LANES) {
    lanes value = *(const lanes *)(x + i) * factor;
    *(lanes *)(x + i) = value;
    largest = value > largest ? value : largest;
  }
  CK_REAL result = (CK_REAL)-__builtin_inf();
  for (size_t lane = 0; lane < CK_ROW_LANES; lane++) {
    result = largest[lane] > result ? largest[lane] : result;
  }
  for (; i < n; i++) {
    x[i] *= factor;
    result = x[i] > result ? x[i] : result;
  }
  return result;
}

// The sum of n elements, in an order that depends on n alone.
CK_INLINE CK_REAL CK_NAMED(ck_row_sum)(const CK_REAL *x, size_t n) {
  typedef CK_NAMED(ck_row_lanes) lanes;
  lanes sum = (lanes)(CK_REAL)0;
  size_t i = 0;
  for (; i + CK_ROW_LANES <= n; i += CK_ROW_LANES) sum += *(const lanes *)(x + i);
  CK_REAL result = 0;
  for (; i < n; i++) result += x[i];
  for (size_t lane = 0; lane < CK_ROW_LANES; lane++) result += sum[lane];
  return result;
}

// Makes exponentials of a block's scores, less each row's largest; the reciprocals of their sums
// and the logarithms of the sums of the scores' own exponentials, both 0 for rows without keys.
CK_CLONES static void CK_NAMED(ck_weigh_rows)(const ck_attention *a, CK_REAL *scores,
                                              size_t stride, ck_attention_rows rows,
                                              CK_REAL *reciprocals, CK_REAL *log_sums) {
  const CK_REAL hidden = (CK_REAL)-__builtin_inf();
  for (size_t row = 0; row < rows.count; row++) {
    CK_REAL *x = scores + row * stride, factor = (CK_REAL)a->scale;
    const bool *mask = ck_mask_row(a, &rows, row);
    size_t seen = ck_keys_seen(a, &rows, rows.first + row);
    if (rows.mask && a->mask_key) {
      CK_VECTOR_LOOP for (size_t i = 0; i < seen; i++) x[i] = mask[i] ? x[i] * factor : hidden;
      factor = 1;
    }
    CK_REAL largest = CK_NAMED(ck_scale_and_maximum)(x, seen, factor);
    largest = largest == hidden ? 0 : largest;
    CK_ROW_LOOP for (size_t i = 0; i < seen; i++) x[i] = CK_ROW_EXPONENTIAL(x[i] - largest);
    CK_REAL sum = CK_NAMED(ck_row_sum)(x, seen);
    memset(x + seen, 0, (rows.keys - seen) * sizeof(CK_REAL));
    reciprocals[row] = sum == 0 ? 0 : 1 / sum;
    log_sums[row * a->heads] = sum == 0 ? 0 : largest + CK_ROW_LOGARITHM(sum);
  }
}

CK_CLONES static void CK_NAMED(ck_scale_rows)(CK_REAL *rows, size_t stride, size_t count,
                                              size_t width, const CK_REAL *factors) {
  for (size_t row = 0; row < count; row++) {
    CK_REAL *x = rows + row * stride, factor = factors[row];
    CK_VECTOR_LOOP for (size_t i = 0; i < width; i++) x[i] *= factor;
  }
}

// Makes a block's weights of its scores, and the scores' gradients of the weights'.
CK_CLONES static void CK_NAMED(ck_differentiate_rows)(const ck_attention *a, CK_REAL *scores,
                                                      CK_REAL *gradients, size_t stride,
                                                      ck_attention_rows rows,
                                                      const CK_REAL *log_sums,
                                                      const CK_REAL *deltas) {
  const CK_REAL hidden = (CK_REAL)-__builtin_inf(), scale = (CK_REAL)a->scale;
  for (size_t row = 0; row < rows.count; row++) {
    CK_REAL *x = scores + row * stride, *g = gradients + row * stride;
    CK_REAL log_sum = log_sums[row * a->heads], delta = deltas[row * a->heads];
    const bool *mask = ck_mask_row(a, &rows, row);
    size_t seen = ck_keys_seen(a, &rows, rows.first + row);
    if (rows.mask && a->mask_key) {
      CK_ROW_LOOP for (size_t i = 0; i < seen; i++) {
        x[i] = CK_ROW_EXPONENTIAL(mask[i] ? x[i] * scale - log_sum : hidden);
      }
    } else {
      CK_ROW_LOOP for (size_t i = 0; i < seen; i++) {
        x[i] = CK_ROW_EXPONENTIAL(x[i] * scale - log_sum);
      }
    }
    CK_VECTOR_LOOP for (size_t i = 0; i < seen; i++) g[i] = x[i] * (g[i] - delta) * scale;
    memset(x + seen, 0, (rows.keys - seen) * sizeof(CK_REAL));
    memset(g + seen, 0, (rows.keys - seen) * sizeof(CK_REAL));
  }
}

// A block of queries of one head of one example: its outputs and the logarithms of its sums.
static void CK_NAMED(ck_attend)(const ck_attention_run *run, size_t task, CK_REAL *scores) {
  const ck_attention *a = run->attention;
  ck_attention_rows rows = ck_rows_of_block(run, task / run->blocks, task % run->blocks);
  size_t output_row = a->heads * a->value_share;
  size_t place = rows.example * a->queries + rows.first;
  CK_REAL *output = (CK_REAL *)run->output + place * output_row + rows.head * a->value_share;
  CK_REAL *log_sums = (CK_REAL *)run->log_sums + place * a->heads + rows.head;
  const CK_REAL *query =
    (const CK_REAL *)run->query + place * a->query_row + rows.head * a->share;
  const CK_REAL *key = (const CK_REAL *)run->key + rows.example * a->keys * a->key_row
    + rows.head * a->share;
  const CK_REAL *value = (const CK_REAL *)run->value + rows.example * a->keys * a->value_row
    + rows.head * a->value_share;
  CK_REAL reciprocals[CK_BLOCK_QUERIES];
  ck_multiply(a, &(ck_attention_product){
    .rows = rows.count, .columns = rows.keys, .depth = a->share, .left_row = a->query_row,
    .right_row = a->key_row, .transposes_right = true, .result_row = run->stride,
  }, scores, query, key);
  CK_NAMED(ck_weigh_rows)(a, scores, run->stride, rows, reciprocals, log_sums);
  ck_multiply(a, &(ck_attention_product){
    .rows = rows.count, .columns = a->value_share, .depth = rows.keys, .left_row = run->stride,
    .right_row = a->value_row, .result_row = output_row,
  }, output, scores, value);
  CK_NAMED(ck_scale_rows)(output, output_row, rows.count, a->value_share, reciprocals);
}

// One head of one example, block of queries after block, so that sums over the queries have one
// order.
static void CK_NAMED(ck_differentiate)(const ck_attention_run *run, size_t task,
                                       CK_REAL *scores) {
  const ck_attention *a = run->attention;
  CK_REAL *gradients = scores + run->block * run->stride;
  size_t example = task / a->heads, head = task % a->heads;
  size_t key_place = example * a->keys * a->key_row + head * a->share;
  size_t value_place = example * a->keys * a->value_row + head * a->value_share;
  const CK_REAL *key = (const CK_REAL *)run->key + key_place;
  const CK_REAL *value = (const CK_REAL *)run->value + value_place;
  CK_REAL *key_gradient = (CK_REAL *)run->key_gradient + key_place;
  CK_REAL *value_gradient = (CK_REAL *)run->value_gradient + value_place;
  for (size_t i = 0; i < a->keys; i++) {
    memset(key_gradient + i * a->key_row, 0, a->share * sizeof(CK_REAL));
    memset(value_gradient + i * a->value_row, 0, a->value_share * sizeof(CK_REAL));
  }
  size_t output_row = a->heads * a->value_share;
  for (size_t block = 0; block < run->blocks; block++) {
    ck_attention_rows rows = ck_rows_of_block(run, task, block);
    size_t place = example * a->queries + rows.first;
    size_t query_place = place * a->query_row + head * a->share;
    const CK_REAL *query = (const CK_REAL *)run->query + query_place;
    const CK_REAL *output =
      (const CK_REAL *)run->output_gradient + place * output_row + head * a->value_share;
    ck_multiply(a, &(ck_attention_product){
      .rows = rows.count, .columns = rows.keys, .depth = a->share, .left_row = a->query_row,
      .right_row = a->key_row, .transposes_right = true, .result_row = run->stride,
    }, scores, query, key);
    ck_multiply(a, &(ck_attention_product){
      .rows = rows.count, .columns = rows.keys, .depth = a->value_share, .left_row = output_row,
      .right_row = a->value_row, .transposes_right = true, .result_row = run->stride,
    }, gradients, output, value);
    CK_NAMED(ck_differentiate_rows)(
      a, scores, gradients, run->stride, rows,
      (const CK_REAL *)run->log_sums + place * a->heads + head,
      (const CK_REAL *)run->deltas + place * a->heads + head);
    ck_multiply(a, &(ck_attention_product){
      .rows = rows.keys, .columns = a->value_share, .depth = rows.count,
      .left_row = run->stride, .transposes_left = true, .right_row = output_row,
      .result_row = a->value_row, .accumulates = true,
    }, value_gradient, scores, output);
    ck_multiply(a, &(ck_attention_product){
      .rows = rows.count, .columns = a->share, .depth = rows.keys, .left_row = run->stride,
      .right_row = a->key_row, .result_row = a->query_row,
    }, (CK_REAL *)run->query_gradient + query_place, gradients, key);
    ck_multiply(a, &(ck_attention_product){
      .rows = rows.keys, .columns = a->share, .depth = rows.count, .left_row = run->stride,
      .transposes_left = true, .right_row = a->query_row, .result_row = a->key_row,
      .accumulates = true,
    }, key_gradient, gradients, query);
  }
}

// Lanes take tasks in turn, each with scores of its own.
static void CK_NAMED(ck_attention_lanes)(void *context, size_t begin, size_t end) {
  const ck_attention_run *run = context;
  for (size_t lane = begin; lane < end; lane++) {
    CK_REAL *scores = (CK_REAL *)run->scratch + lane * run->lane_count;
    for (size_t task = lane; task < run->tasks; task += run->lanes) {
      if (run->is_gradient) {
        CK_NAMED(ck_differentiate)(run, task, scores);
      } else {
        CK_NAMED(ck_attend)(run, task, scores);
      }
    }
  }
}

#undef CK_NAMED
#undef CK_EXPAND_NAME
#undef CK_PASTE_NAME
#undef CK_REAL
#undef CK_SUFFIX
#undef CK_ROW_LANES
#undef CK_ROW_LOOP
#undef CK_ROW_EXPONENTIAL
#undef CK_ROW_LOGARITHM
