// How element loops find the blocks of their inputs and outputs: where they lie, or copied from and to
// strided memory. Private to the target.
#ifndef RANVIER_LOOP_ACCESS_H
#define RANVIER_LOOP_ACCESS_H

#include "element_kernel.h"

#define CK_SMALLEST_BLOCK 256   // elements

// How the blocks of one buffer are found.
typedef enum ck_access {
  CK_ACCESS_DENSE,     // base + position
  CK_ACCESS_FIXED,     // the same pointer for all blocks: raw inputs, splatted scalars, registers
  CK_ACCESS_TABLE,     // base + position % period, in a table of period + block elements for the
                       // segment of the space that the block is in
  CK_ACCESS_STRIDED,   // expanded into a slot unless a block happens to be dense
  CK_ACCESS_ROWS,      // base + position / row
  CK_ACCESS_COLUMNS    // accumulators in a slot
} ck_access;

typedef struct ck_operand {
  ck_access access;
  uint32_t size;                     // of an element
  size_t offset;                     // bytes of its buffer before the first element
  size_t base;                       // offset of its slot in the workspace, if it has one
  size_t period;                     // CK_ACCESS_TABLE
  size_t segment;                    // CK_ACCESS_TABLE: elements that repeat one period
  size_t partial;                    // CK_ACCESS_COLUMNS: bytes of scratch before the chunks' sums
  int32_t rank;                      // of the merged axes
  size_t shape[CK_MAX_RANK];         // merged
  int64_t strides[CK_MAX_RANK];
  bool is_fetched;                   // asked for before it is needed
} ck_operand;

// ---------------------------------------------------------------------------------------------
// Strided inputs

// Drops axes of size 1 and merges neighbours that one stride can walk.
static void ck_merge_axes(const ck_loop *loop, const int64_t *strides, ck_operand *operand) {
  int32_t rank = 0;
  for (int32_t axis = 0; axis < loop->rank; axis++) {
    size_t extent = loop->shape[axis];
    int64_t stride = strides[axis];
    if (extent == 1) continue;
    if (rank > 0 && operand->strides[rank - 1] == stride * (int64_t)extent) {
      operand->shape[rank - 1] *= extent;
      operand->strides[rank - 1] = stride;
    } else {
      operand->shape[rank] = extent;
      operand->strides[rank] = stride;
      rank++;
    }
  }
  operand->rank = rank;
}

// Copies `count` elements with a stride, or one value `count` times.
#define CK_COPY_RUN(size, element) \
  static void ck_copy_run_##size(void *out, const void *in, int64_t stride, size_t count) { \
    element *to = out; \
    const element *from = in; \
    if (stride == 0) { \
      element value = *from; \
      for (size_t i = 0; i < count; i++) to[i] = value; \
    } else { \
      for (size_t i = 0; i < count; i++) to[i] = from[(int64_t)i * stride]; \
    } \
  }
CK_COPY_RUN(1, uint8_t)
CK_COPY_RUN(2, uint16_t)
CK_COPY_RUN(4, uint32_t)
CK_COPY_RUN(8, uint64_t)

// Copies whole rows of a two-dimensional part; for short rows, where a call for each would show.
#define CK_COPY_ROWS(size, element) \
  static void ck_copy_rows_##size( \
    void *out, const void *in, int64_t row_stride, int64_t stride, size_t rows, size_t row) { \
    element *to = out; \
    for (size_t r = 0; r < rows; r++) { \
      const element *from = (const element *)in + (int64_t)r * row_stride; \
      for (size_t i = 0; i < row; i++) to[r * row + i] = from[(int64_t)i * stride]; \
    } \
  }
CK_COPY_ROWS(1, uint8_t)
CK_COPY_ROWS(2, uint16_t)
CK_COPY_ROWS(4, uint32_t)
CK_COPY_ROWS(8, uint64_t)

#define CK_LONG_ROW 16

static void ck_copy_run(size_t size, void *out, const void *in, int64_t stride, size_t count) {
  if (stride == 1) {
    memcpy(out, in, count * size);
    return;
  }
  switch (size) {
    case 1: ck_copy_run_1(out, in, stride, count); break;
    case 2: ck_copy_run_2(out, in, stride, count); break;
    case 4: ck_copy_run_4(out, in, stride, count); break;
    default: ck_copy_run_8(out, in, stride, count); break;
  }
}

static void ck_copy_rows(size_t size, void *out, const void *in, int64_t row_stride,
                         int64_t stride, size_t rows, size_t row) {
  switch (size) {
    case 1: ck_copy_rows_1(out, in, row_stride, stride, rows, row); break;
    case 2: ck_copy_rows_2(out, in, row_stride, stride, rows, row); break;
    case 4: ck_copy_rows_4(out, in, row_stride, stride, rows, row); break;
    default: ck_copy_rows_8(out, in, row_stride, stride, rows, row); break;
  }
}

// Elements `position` ..< `position + count` of a strided input: a pointer into it if they are
// dense there, else copied to `slot`.
static const void *ck_expand(const ck_operand *operand, const char *data, size_t position,
                             size_t count, char *slot) {
  size_t size = operand->size;
  int32_t last = operand->rank - 1;
  const size_t *shape = operand->shape;
  const int64_t *strides = operand->strides;

  size_t index[CK_MAX_RANK];
  int64_t offset = 0;
  size_t rest = position;
  for (int32_t axis = last; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest /= shape[axis];
    offset += (int64_t)index[axis] * strides[axis];
  }

  size_t row = shape[last];
  size_t run = row - index[last];
  if (strides[last] == 1 && run >= count) return data + offset * (int64_t)size;

  char *to = slot;
  while (true) {
    size_t rows = 1;
    if (last > 0 && row < CK_LONG_ROW && index[last] == 0 && count >= 2 * row) {
      // Several short rows, as far as the next axis goes.
      size_t left = shape[last - 1] - index[last - 1];
      rows = count / row < left ? count / row : left;
      run = row * rows;
      ck_copy_rows(size, to, data + offset * (int64_t)size, strides[last - 1], strides[last],
                   rows, row);
    } else {
      if (run > count) run = count;
      ck_copy_run(size, to, data + offset * (int64_t)size, strides[last], run);
    }
    count -= run;
    if (count == 0) return slot;
    to += run * size;
    // The last row was completed: on to the beginning of the next one.
    offset -= (int64_t)index[last] * strides[last];
    index[last] = 0;
    int32_t axis = last - 1;
    index[axis] += rows;
    offset += (int64_t)rows * strides[axis];
    while (index[axis] == shape[axis]) {
      offset -= (int64_t)shape[axis] * strides[axis];
      index[axis] = 0;
      axis--;
      index[axis]++;
      offset += strides[axis];
    }
    run = row;
  }
}

// Copies elements `position` ..< `position + count` of a strided output from `slot` to where they
// lie; its last axis is dense.
static void ck_place(const ck_operand *operand, char *data, size_t position, size_t count,
                     const char *slot) {
  int32_t last = operand->rank - 1;
  size_t size = operand->size;
  while (count > 0) {
    int64_t offset = 0;
    size_t rest = position;
    for (int32_t axis = last; axis >= 0; axis--) {
      offset += (int64_t)(rest % operand->shape[axis]) * operand->strides[axis];
      rest /= operand->shape[axis];
    }
    size_t run = operand->shape[last] - position % operand->shape[last];
    if (run > count) run = count;
    memcpy(data + offset * (int64_t)size, slot, run * size);
    slot += run * size;
    position += run;
    count -= run;
  }
}

// out[r, i] = in[r] for rows of a length.
#define CK_SPREAD(size, element) \
  CK_CLONES static void ck_spread_##size( \
    element *restrict out, const element *restrict in, size_t rows, size_t row) { \
    for (size_t r = 0; r < rows; r++) { \
      element value = in[r]; \
      for (size_t i = 0; i < row; i++) out[r * row + i] = value; \
    } \
  }
CK_SPREAD(1, uint8_t)
CK_SPREAD(2, uint16_t)
CK_SPREAD(4, uint32_t)
CK_SPREAD(8, uint64_t)

static void ck_spread(size_t size, void *out, const void *in, size_t rows, size_t row) {
  switch (size) {
    case 1: ck_spread_1(out, in, rows, row); break;
    case 2: ck_spread_2(out, in, rows, row); break;
    case 4: ck_spread_4(out, in, rows, row); break;
    default: ck_spread_8(out, in, rows, row); break;
  }
}

// The period of a segment, then itself again until a whole block can start at its last element.
static void ck_build_table(const ck_operand *operand, const char *data, size_t segment, size_t block,
                           char *slot) {
  size_t size = operand->size;
  size_t total = (operand->period + block) * size, filled = operand->period * size;
  const void *first = ck_expand(operand, data, segment * operand->segment, operand->period, slot);
  if (first != slot) memcpy(slot, first, filled);
  while (filled < total) {
    size_t part = filled < total - filled ? filled : total - filled;
    memcpy(slot + filled, slot, part);
    filled += part;
  }
}

// The elements that a table is for: none before it is built.
typedef struct ck_table {
  size_t begin, end;
} ck_table;

// What an input that repeats has in a block. `period` is set if the block begins with a period of a power
// of two.
static const void *ck_repeat(const ck_operand *operand, const char *data, size_t position,
                             size_t count, size_t block, char *slot, ck_table *table,
                             size_t *period) {
  *period = 0;
  // Divisions take longer than small blocks.
  if (position < table->begin || position + count > table->end) {
    size_t segment = position / operand->segment, begin = segment * operand->segment;
    if (position + count > begin + operand->segment) {
      char *behind = slot + (((operand->period + block) * operand->size + 63) & ~(size_t)63);
      return ck_expand(operand, data, position, count, behind);
    }
    ck_build_table(operand, data, segment, block, slot);
    *table = (ck_table){begin, begin + operand->segment};
  }
  size_t mask = operand->period - 1;
  if ((operand->period & mask) != 0) return slot + position % operand->period * operand->size;
  if ((position & mask) == 0 && block >= CK_SMALLEST_BLOCK) *period = operand->period;
  return slot + (position & mask) * operand->size;
}

// ---------------------------------------------------------------------------------------------
// Choices

// Merges the axes of an input and chooses how to read it, except that CK_ACCESS_TABLE depends on
// the size of blocks and is chosen later.
static void ck_plan_input(const ck_loop *loop, const ck_loop_input *input, ck_operand *operand) {
  operand->size = (uint32_t)ck_type_size(input->type);
  operand->offset = input->offset * operand->size;
  switch (input->kind) {
    case CK_INPUT_DENSE: operand->access = CK_ACCESS_DENSE; return;
    case CK_INPUT_SCALAR:
    case CK_INPUT_RAW: operand->access = CK_ACCESS_FIXED; return;
    case CK_INPUT_ROWS: operand->access = CK_ACCESS_ROWS; return;
    case CK_INPUT_STRIDED: break;
  }
  ck_merge_axes(loop, input->strides, operand);
  bool one_axis = operand->rank == 1;
  if (operand->rank == 0 || (one_axis && operand->strides[0] == 0)) {
    operand->access = CK_ACCESS_FIXED;
  } else if (one_axis && operand->strides[0] == 1) {
    operand->access = CK_ACCESS_DENSE;
  } else {
    operand->access = CK_ACCESS_STRIDED;
  }
}

// Whether an input repeats a part that is short enough for a table: a row vector over the axis before it,
// or single elements along the last axis. Segments after which the part is another are long enough
// for the table to be built again.
static bool ck_plan_table(ck_operand *operand, size_t block, size_t count) {
  int32_t last = operand->rank - 1;
  if (operand->access != CK_ACCESS_STRIDED || last < 1) return false;
  bool has_elements = operand->strides[last] == 0;
  if (!has_elements && operand->strides[last - 1] != 0) return false;
  operand->period = has_elements ? 1 : operand->shape[last];
  operand->segment = operand->shape[last] * (has_elements ? 1 : operand->shape[last - 1]);
  size_t table = operand->period + block;
  return operand->period <= block
    && (operand->segment == count ? table <= count : 2 * table <= operand->segment);
}

// The size of blocks that end where segments of tables do, if such blocks are not too short: a block
// that begins in one and ends in another needs copies.
static size_t ck_segment_block(const ck_loop *loop, ck_operand *operands, size_t block) {
  size_t shorter = block;
  for (int32_t i = 0; i < loop->input_count; i++) {
    if (!ck_plan_table(&operands[i], block, loop->count)) continue;
    while (shorter >= CK_SMALLEST_BLOCK && operands[i].segment % shorter != 0) shorter /= 2;
  }
  return shorter >= CK_SMALLEST_BLOCK ? shorter : block;
}

// The size of blocks that end where rows of strided inputs do, if there are such rows: within one,
// inputs are dense and need not be copied.
static size_t ck_row_block(const ck_loop *loop, ck_operand *operands, size_t block) {
  size_t row = 0;
  for (int32_t i = 0; i < loop->input_count; i++) {
    ck_operand *operand = &operands[i];
    int32_t last = operand->rank - 1;
    if (operand->access != CK_ACCESS_STRIDED || ck_plan_table(operand, block, loop->count)) continue;
    if (operand->strides[last] != 1 || (row > 0 && operand->shape[last] != row)) return block;
    row = operand->shape[last];
  }
  for (size_t parts = 1; row / parts >= CK_SMALLEST_BLOCK; parts++) {
    // Whole vectors, so that registers and dense buffers stay aligned.
    if (row / parts <= block && row % (parts * 64) == 0) return row / parts;
  }
  return block;
}

#endif
