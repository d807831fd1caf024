// Element loops: runs a list of block kernels over an iteration space, block by block, so that
// intermediates stay in the first-level cache.

#include "element_kernel.h"

// A thread's registers and expanded inputs should leave room in a first-level cache of 32 to 48 KB
// for the buffers that stream through.
#define CK_WORKING_SET (32 * 1024)
#define CK_SMALLEST_BLOCK 256

// Below this cost, in additions of an element, waking other threads (5-10 us) costs more than it
// saves.
#define CK_PARALLEL_WORK (256 * 1024)

// Loops over fewer bytes find them in the second-level cache.
#define CK_STREAMED (1024 * 1024)

// How the blocks of one buffer are found.
typedef enum ck_access {
  CK_ACCESS_DENSE,     // base + position
  CK_ACCESS_FIXED,     // the same pointer for all blocks: raw inputs, splatted scalars, registers
  CK_ACCESS_TABLE,     // base + position % period, in a table of period + block elements
  CK_ACCESS_STRIDED,   // expanded into a slot unless a block happens to be dense
  CK_ACCESS_ROWS       // base + position / row
} ck_access;

typedef struct ck_operand {
  ck_access access;
  uint32_t size;                     // of an element
  size_t offset;                     // bytes of its buffer before the first element
  size_t base;                       // offset of its slot in the workspace, if it has one
  size_t period;                     // CK_ACCESS_TABLE
  int32_t rank;                      // of the merged axes
  size_t shape[CK_MAX_RANK];         // merged
  int64_t strides[CK_MAX_RANK];
  bool is_fetched;                   // asked for before it is needed
} ck_operand;

typedef struct ck_plan {
  const ck_loop *loop;
  void *const *buffers;
  const ck_operand *operands;        // inputs, then outputs
  size_t block;                      // elements
  size_t register_size;              // bytes
  size_t workspace;                  // bytes
  bool streams;                      // more data than the caches of a core hold
} ck_plan;

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

// ---------------------------------------------------------------------------------------------
// One thread's part

// What a thread writes once before its first block.
static void ck_prepare_operand(const ck_operand *operand, const char *data, size_t block,
                               size_t count, char *slot) {
  size_t size = operand->size;
  if (operand->access == CK_ACCESS_FIXED) {
    ck_copy_run(size, slot, data, 0, block < count ? block : count);
    return;
  }
  // The row, then itself again until a whole block can start at its last element.
  size_t total = (operand->period + block) * size, filled = operand->period * size;
  memcpy(slot, data, filled);
  while (filled < total) {
    size_t part = filled < total - filled ? filled : total - filled;
    memcpy(slot + filled, slot, part);
    filled += part;
  }
}

// Where an input or output begins.
static char *ck_operand_data(const ck_plan *plan, int32_t index) {
  const ck_loop *loop = plan->loop;
  int32_t output = index - loop->input_count;
  int32_t buffer = output < 0 ? index : loop->input_count + loop->outputs[output].buffer;
  return (char *)plan->buffers[buffer] + plan->operands[index].offset;
}

// Asks for a part of the next block of everything that streams through, so that it arrives while this
// block's steps compute: the processor's own prefetching only sees the loads of a block's first steps.
static void ck_prefetch(const ck_plan *plan, size_t position, size_t count, int32_t part,
                        int32_t parts) {
  const ck_loop *loop = plan->loop;
  for (int32_t i = 0; i < loop->input_count + loop->output_count; i++) {
    const ck_operand *operand = &plan->operands[i];
    if (!operand->is_fetched) continue;
    const char *data = ck_operand_data(plan, i) + position * operand->size;
    size_t bytes = count * operand->size;
    size_t begin = bytes * (size_t)part / (size_t)parts & ~(size_t)63;
    size_t end = bytes * (size_t)(part + 1) / (size_t)parts & ~(size_t)63;
    if (i < loop->input_count) {
      for (size_t at = begin; at < end; at += 64) __builtin_prefetch(data + at, 0, 3);
    } else {
      for (size_t at = begin; at < end; at += 64) __builtin_prefetch(data + at, 1, 3);
    }
  }
}

static void ck_run_range(void *context, size_t begin, size_t end) {
  const ck_plan *plan = context;
  const ck_loop *loop = plan->loop;
  size_t block = plan->block;
  int32_t buffer_count = loop->input_count + loop->output_count;

  // On the stack, since kernels do not allocate. Bounded by the smallest block, at most 0.4 MB, and
  // for rows by CK_LOOP_MAX_WORKSPACE.
  char space[plan->workspace + 64];
  char *workspace = (char *)(((uintptr_t)space + 63) & ~(uintptr_t)63);

  const void *values[CK_LOOP_MAX_BUFFERS + CK_LOOP_MAX_REGISTERS];
  for (int32_t i = 0; i < buffer_count; i++) {
    const ck_operand *operand = &plan->operands[i];
    const char *data = ck_operand_data(plan, i);
    values[i] = data;
    bool has_slot = operand->access == CK_ACCESS_TABLE
      || (i < loop->input_count && operand->access == CK_ACCESS_FIXED
          && loop->inputs[i].kind != CK_INPUT_RAW);
    if (has_slot) {
      values[i] = workspace + operand->base;
      ck_prepare_operand(operand, data, block, end - begin, workspace + operand->base);
    }
  }
  for (int32_t i = 0; i < loop->register_count; i++) {
    values[buffer_count + i] = workspace + (size_t)i * plan->register_size;
  }

  for (size_t position = begin; position < end; position += block) {
    size_t n = end - position < block ? end - position : block;
    for (int32_t i = 0; i < buffer_count; i++) {
      const ck_operand *operand = &plan->operands[i];
      const char *data = ck_operand_data(plan, i);
      switch (operand->access) {
        case CK_ACCESS_DENSE:
          values[i] = data + position * operand->size;
          break;
        case CK_ACCESS_FIXED:
          break;
        case CK_ACCESS_TABLE:
          values[i] = workspace + operand->base + position % operand->period * operand->size;
          break;
        case CK_ACCESS_STRIDED:
          if (i >= loop->input_count) {
            values[i] = workspace + operand->base;
            break;
          }
          values[i] = ck_expand(operand, data, position, n, workspace + operand->base);
          break;
        case CK_ACCESS_ROWS:
          values[i] = data + position / loop->row * operand->size;
          break;
      }
    }
    size_t next = position + block;
    size_t next_count = next >= end ? 0 : end - next < block ? end - next : block;
    if (!plan->streams) next_count = 0;
    for (int32_t i = 0; i < loop->step_count; i++) {
      if (next_count > 0) ck_prefetch(plan, next, next_count, i, loop->step_count);
      const ck_step *step = &loop->steps[i];
      const void *in[CK_STEP_MAX_OPERANDS];
      for (int32_t k = 0; k < step->operand_count; k++) in[k] = values[step->operands[k]];
      void *out = (void *)values[step->result];
      switch (step->kind) {
        case CK_STEP_ELEMENTS:
          step->kernel(out, in, position, n);
          break;
        case CK_STEP_ROWS:
          step->kernel(out, in, position / loop->row, n / loop->row);
          break;
        case CK_STEP_REDUCE:
          ck_reduce((ck_reduction)step->reduction, step->type, out, in[0], n / loop->row,
                    loop->row, 1);
          break;
        case CK_STEP_ROW_OPERAND:
          step->row_kernel(out, in[0], in[1], n / loop->row, loop->row);
          break;
        case CK_STEP_SPREAD:
          ck_spread(ck_type_size(step->type), out, in[0], n / loop->row, loop->row);
          break;
      }
    }
    for (int32_t i = loop->input_count; i < buffer_count; i++) {
      if (plan->operands[i].access != CK_ACCESS_STRIDED) continue;
      ck_place(&plan->operands[i], ck_operand_data(plan, i), position, n, values[i]);
    }
  }
}

// ---------------------------------------------------------------------------------------------

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

// A row vector, repeated over the earlier axes, that is short enough for a table.
static bool ck_is_table(const ck_operand *operand, size_t block, size_t count) {
  return operand->access == CK_ACCESS_STRIDED && operand->rank == 2 && operand->strides[0] == 0
    && operand->strides[1] == 1 && operand->shape[1] <= block
    && operand->shape[1] + block <= count;
}

// The size of blocks that end where rows of strided inputs do, if there are such rows: within one,
// inputs are dense and need not be copied.
static size_t ck_row_block(const ck_loop *loop, const ck_operand *operands, size_t block) {
  size_t row = 0;
  for (int32_t i = 0; i < loop->input_count; i++) {
    const ck_operand *operand = &operands[i];
    int32_t last = operand->rank - 1;
    if (operand->access != CK_ACCESS_STRIDED || ck_is_table(operand, block, loop->count)) continue;
    if (operand->strides[last] != 1 || (row > 0 && operand->shape[last] != row)) return block;
    row = operand->shape[last];
  }
  for (size_t parts = 1; row / parts >= CK_SMALLEST_BLOCK; parts++) {
    // Whole vectors, so that registers and dense buffers stay aligned.
    if (row / parts <= block && row % (parts * 64) == 0) return row / parts;
  }
  return block;
}

// Elements of the largest type that anything in a register can have. Registers carry no type, but
// only casts and random bits write elements larger than those they read.
static size_t ck_largest_element(const ck_loop *loop, const ck_operand *operands) {
  size_t largest = 1;
  for (int32_t i = 0; i < loop->input_count + loop->output_count; i++) {
    bool raw = i < loop->input_count && loop->inputs[i].kind == CK_INPUT_RAW;
    if (!raw && operands[i].size > largest) largest = operands[i].size;
  }
  int32_t first_register = loop->input_count + loop->output_count;
  for (int32_t i = 0; largest < 8 && i < loop->step_count; i++) {
    const ck_step *step = &loop->steps[i];
    if (step->operand_count != 1 || step->result < first_register) continue;
    largest = ck_widened_size(step->kernel, largest);
  }
  return largest;
}

void ck_run_loop(const ck_loop *loop, void *const *buffers) {
  if (loop->count == 0) return;
  int32_t buffer_count = loop->input_count + loop->output_count;
  ck_operand operands[CK_LOOP_MAX_BUFFERS];
  size_t slots = (size_t)loop->register_count;
  for (int32_t i = 0; i < loop->input_count; i++) {
    ck_plan_input(loop, &loop->inputs[i], &operands[i]);
    bool expands = operands[i].access == CK_ACCESS_STRIDED
      || (operands[i].access == CK_ACCESS_FIXED && loop->inputs[i].kind != CK_INPUT_RAW);
    if (expands) slots++;
  }
  for (int32_t i = loop->input_count; i < buffer_count; i++) {
    const ck_loop_output *output = &loop->outputs[i - loop->input_count];
    operands[i].access = output->per_row ? CK_ACCESS_ROWS : CK_ACCESS_DENSE;
    operands[i].size = (uint32_t)ck_type_size(output->type);
    operands[i].offset = output->is_part ? output->offset * operands[i].size : 0;
    if (!output->is_part) continue;
    ck_merge_axes(loop, output->strides, &operands[i]);
    if (operands[i].rank > 1) {
      operands[i].access = CK_ACCESS_STRIDED;
      slots++;
    }
  }

  // Results do not depend on the size of blocks.
  size_t largest = loop->register_count > 0 ? ck_largest_element(loop, operands) : 8;
  size_t block = CK_BLOCK;
  while (block > CK_SMALLEST_BLOCK && slots * block * largest > CK_WORKING_SET) block /= 2;
  if (loop->row == 0) block = ck_row_block(loop, operands, block);
  if (loop->row > 0) block = block < loop->row ? loop->row : block / loop->row * loop->row;
  // Small loops need, and touch, only what they use; rounded so that slots stay aligned.
  size_t slot_block = ((loop->count < block ? loop->count : block) + 63) & ~(size_t)63;

  ck_plan plan = {loop, buffers, operands, block, slot_block * largest, 0, false};
  size_t streamed = 0;
  for (int32_t i = 0; i < buffer_count; i++) {
    operands[i].is_fetched = operands[i].access == CK_ACCESS_DENSE;
    // An output in the place of an input comes with it.
    for (int32_t k = 0; i >= loop->input_count && k < loop->input_count; k++) {
      if (buffers[k] == ck_operand_data(&plan, i)) operands[i].is_fetched = false;
    }
    if (operands[i].is_fetched) streamed += loop->count * operands[i].size;
  }
  plan.streams = streamed > CK_STREAMED && loop->step_count > 1;
  plan.workspace = (size_t)loop->register_count * plan.register_size;
  for (int32_t i = 0; i < buffer_count; i++) {
    ck_operand *operand = &operands[i];
    bool is_input = i < loop->input_count;
    if (operand->access == CK_ACCESS_DENSE || operand->access == CK_ACCESS_ROWS
        || (is_input && loop->inputs[i].kind == CK_INPUT_RAW)) {
      continue;
    }
    size_t length = slot_block;
    if (is_input && ck_is_table(operand, block, loop->count)) {
      operand->access = CK_ACCESS_TABLE;
      operand->period = operand->shape[1];
      length = operand->period + block;
    }
    operand->base = plan.workspace;
    plan.workspace += (length * operand->size + 63) & ~(size_t)63;
  }

  // As few elements per thread as are worth a thread, in whole blocks.
  size_t cost = 1;
  for (int32_t i = 0; i < loop->step_count; i++) cost += loop->steps[i].cost;
  size_t grain = CK_PARALLEL_WORK / 2 / cost;
  grain = (grain + block - 1) / block * block;
  if (grain < block) grain = block;
  if (loop->count <= 2 * grain) grain = loop->count;
  ck_parallel_for(loop->count, grain, ck_run_range, &plan);
}
