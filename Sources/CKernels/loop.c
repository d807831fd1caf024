// Element loops: runs a list of block kernels over an iteration space, block by block, so that
// intermediates stay in the first-level cache.

#include "loop_access.h"
#include "loop_columns.h"

// A thread's registers and expanded inputs should leave room in a first-level cache of 32 to 48 KB
// for the buffers that stream through.
#define CK_WORKING_SET (32 * 1024)

// Below this cost, in additions of an element, waking other threads (5-10 us) costs more than it
// saves.
#define CK_PARALLEL_WORK (256 * 1024)

// Loops over fewer bytes find them in a cache, where the processor's own prefetching is enough and more
// requests only take the place of loads: twice the time for two steps over 4 MB.
#define CK_STREAMED (16 * 1024 * 1024)

typedef struct ck_plan {
  const ck_loop *loop;
  void *const *buffers;
  const ck_operand *operands;        // inputs, then outputs
  size_t block;                      // elements
  size_t register_size;              // bytes
  size_t workspace;                  // bytes
  bool streams;                      // more data than the caches hold
  ck_columns columns;
} ck_plan;

// ---------------------------------------------------------------------------------------------
// One thread's part

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

// Where the sums of a chunk go: to the output, or to scratch memory if others are added to them.
static char *ck_sums_of_chunk(const ck_plan *plan, int32_t index, size_t chunk) {
  const ck_loop *loop = plan->loop;
  bool is_whole = loop->outputs[index - loop->input_count].sums == plan->columns.chunk_count;
  char *data = is_whole ? ck_operand_data(plan, index)
                        : (char *)plan->buffers[loop->scratch] + plan->operands[index].partial;
  return data + chunk * plan->columns.columns * plan->operands[index].size;
}

// Writes what the accumulators of a chunk have.
static void ck_write_sums(const ck_plan *plan, size_t begin, const void *const *values) {
  const ck_loop *loop = plan->loop;
  size_t chunk = ck_chunk_at(&plan->columns, begin);
  for (int32_t i = loop->input_count; i < loop->input_count + loop->output_count; i++) {
    if (plan->operands[i].access != CK_ACCESS_COLUMNS) continue;
    ck_finish_columns(&plan->columns, loop->outputs[i - loop->input_count].type,
                      (void *)values[i], ck_sums_of_chunk(plan, i, chunk));
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
  ck_table tables[CK_LOOP_MAX_BUFFERS];
  size_t periods[CK_LOOP_MAX_BUFFERS + CK_LOOP_MAX_REGISTERS] = {0};
  for (int32_t i = 0; i < buffer_count; i++) {
    const ck_operand *operand = &plan->operands[i];
    const char *data = ck_operand_data(plan, i);
    values[i] = data;
    tables[i] = (ck_table){0, 0};
    char *slot = workspace + operand->base;
    if (operand->access == CK_ACCESS_COLUMNS) {
      values[i] = slot;
      memset(slot, 0, plan->columns.width * operand->size);
    } else if (operand->access == CK_ACCESS_FIXED && loop->inputs[i].kind != CK_INPUT_RAW) {
      values[i] = slot;
      ck_copy_run(operand->size, slot, data, 0, block < end - begin ? block : end - begin);
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
        case CK_ACCESS_COLUMNS:
          break;
        case CK_ACCESS_TABLE:
          values[i] = ck_repeat(operand, data, position, n, block, workspace + operand->base,
                                &tables[i], &periods[i]);
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
        case CK_STEP_REDUCE_PRODUCTS:
          step->row_kernel(out, in[0], in[1], n / loop->row, loop->row);
          break;
        case CK_STEP_CHAIN:
          ck_run_chain(step->chain, values, periods, n, loop->row);
          break;
        case CK_STEP_SPREAD:
          ck_spread(ck_type_size(step->type), out, in[0], n / loop->row, loop->row);
          break;
        case CK_STEP_COLUMNS:
          ck_add_columns(&plan->columns, step->type, out, in[0], n);
          break;
      }
    }
    for (int32_t i = loop->input_count; i < buffer_count; i++) {
      if (plan->operands[i].access != CK_ACCESS_STRIDED) continue;
      ck_place(&plan->operands[i], ck_operand_data(plan, i), position, n, values[i]);
    }
  }
  if (plan->columns.columns > 0) ck_write_sums(plan, begin, values);
}

static void ck_run_chunks(void *context, size_t first, size_t last) {
  const ck_plan *plan = context;
  for (size_t chunk = first; chunk < last; chunk++) {
    size_t begin, end;
    ck_chunk_range(&plan->columns, chunk, &begin, &end);
    ck_run_range(context, begin, end);
  }
}

// ---------------------------------------------------------------------------------------------

// Elements of the largest type that anything in a register can have. Registers carry no type, but
// only casts, random bits and chains write elements larger than those they read.
static size_t ck_largest_element(const ck_loop *loop, const ck_operand *operands) {
  size_t largest = 1;
  for (int32_t i = 0; i < loop->input_count + loop->output_count; i++) {
    bool raw = i < loop->input_count && loop->inputs[i].kind == CK_INPUT_RAW;
    if (!raw && operands[i].size > largest) largest = operands[i].size;
  }
  int32_t first_register = loop->input_count + loop->output_count;
  for (int32_t i = 0; largest < 8 && i < loop->step_count; i++) {
    const ck_step *step = &loop->steps[i];
    if (step->kind == CK_STEP_CHAIN && ck_type_size(step->chain->lanes) > largest) {
      largest = ck_type_size(step->chain->lanes);
    }
    if (step->operand_count != 1 || step->result < first_register) continue;
    largest = ck_widened_size(step->kernel, largest);
  }
  return largest;
}

// Adds up what the chunks left in scratch memory.
static void ck_add_chunks(const ck_plan *plan) {
  const ck_loop *loop = plan->loop;
  for (int32_t i = loop->input_count; i < loop->input_count + loop->output_count; i++) {
    const ck_loop_output *output = &loop->outputs[i - loop->input_count];
    if (output->sums == 0 || output->sums == plan->columns.chunk_count) continue;
    ck_combine_chunks(&plan->columns, output->type, ck_sums_of_chunk(plan, i, 0),
                      ck_operand_data(plan, i), output->sums);
  }
}

// Which values steps read or write whole blocks of. Of the others there is one element for each row:
// they fill a fraction of their slots.
static void ck_find_touched(const ck_loop *loop, bool *touched) {
  memset(touched, 0, CK_LOOP_MAX_BUFFERS + CK_LOOP_MAX_REGISTERS);
  for (int32_t i = 0; i < loop->step_count; i++) {
    const ck_step *step = &loop->steps[i];
    if (step->kind == CK_STEP_CHAIN) {
      for (int32_t l = 0; l < step->chain->link_count; l++) {
        const ck_link *link = &step->chain->links[l];
        for (int32_t k = 0; k < 2; k++) {
          if (link->kinds[k] == CK_LINK_VALUE) touched[link->operands[k]] = true;
        }
      }
      continue;
    }
    bool reads_elements = step->kind != CK_STEP_ROWS && step->kind != CK_STEP_SPREAD;
    bool reduces = step->kind == CK_STEP_REDUCE || step->kind == CK_STEP_REDUCE_PRODUCTS;
    if (step->kind != CK_STEP_ROWS && !reduces) touched[step->result] = true;
    for (int32_t k = 0; reads_elements && k < step->operand_count; k++) {
      touched[step->operands[k]] = true;
    }
  }
}

void ck_run_loop(const ck_loop *loop, void *const *buffers) {
  if (loop->count == 0) return;
  int32_t buffer_count = loop->input_count + loop->output_count;
  ck_operand operands[CK_LOOP_MAX_BUFFERS];
  bool touched[CK_LOOP_MAX_BUFFERS + CK_LOOP_MAX_REGISTERS];
  ck_find_touched(loop, touched);
  // Slots there are, and those of which steps touch whole blocks.
  size_t all_slots = (size_t)loop->register_count, slots = 0;
  for (int32_t i = 0; i < loop->register_count; i++) slots += touched[buffer_count + i];
  for (int32_t i = 0; i < loop->input_count; i++) {
    ck_plan_input(loop, &loop->inputs[i], &operands[i]);
    bool expands = operands[i].access == CK_ACCESS_STRIDED
      || (operands[i].access == CK_ACCESS_FIXED && loop->inputs[i].kind != CK_INPUT_RAW);
    all_slots += expands;
    slots += expands && touched[i];
  }
  for (int32_t i = loop->input_count; i < buffer_count; i++) {
    const ck_loop_output *output = &loop->outputs[i - loop->input_count];
    operands[i].access = output->sums > 0 ? CK_ACCESS_COLUMNS
      : output->per_row ? CK_ACCESS_ROWS : CK_ACCESS_DENSE;
    operands[i].size = (uint32_t)ck_type_size(output->type);
    operands[i].offset = output->is_part ? output->offset * operands[i].size : 0;
    if (!output->is_part) continue;
    ck_merge_axes(loop, output->strides, &operands[i]);
    if (operands[i].rank > 1) {
      operands[i].access = CK_ACCESS_STRIDED;
      all_slots++;
      slots++;
    }
  }

  // Results do not depend on the size of blocks.
  size_t largest = ck_largest_element(loop, operands);
  // Without registers a block only has to be short enough for the tables.
  size_t block = loop->register_count > 0 ? CK_BLOCK : 4 * CK_BLOCK;
  while (block > CK_SMALLEST_BLOCK
         && (slots * block * largest > CK_WORKING_SET
             || 2 * all_slots * block * largest > CK_LOOP_MAX_WORKSPACE)) {
    block /= 2;
  }
  ck_columns columns = ck_plan_columns(loop);
  if (loop->row == 0 && columns.columns == 0) {
    block = ck_row_block(loop, operands, ck_segment_block(loop, operands, block));
  }
  size_t unit = columns.columns > 0 ? columns.width : loop->row;
  if (unit > 0) block = block < unit ? unit : block / unit * unit;
  // Small loops need, and touch, only what they use; rounded so that slots stay aligned.
  size_t slot_block = ((loop->count < block ? loop->count : block) + 63) & ~(size_t)63;

  ck_plan plan = {loop, buffers, operands, block, slot_block * largest, 0, false, columns};
  size_t streamed = 0, partial = 0;
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
    size_t bytes = (slot_block * operand->size + 63) & ~(size_t)63;
    if (is_input && ck_plan_table(operand, block, loop->count)) {
      operand->access = CK_ACCESS_TABLE;
      size_t table = ((operand->period + block) * operand->size + 63) & ~(size_t)63;
      bytes = operand->segment == loop->count ? table : table + bytes;
    } else if (operand->access == CK_ACCESS_COLUMNS) {
      bytes = (columns.width * operand->size + 63) & ~(size_t)63;
      operand->partial = partial;
      partial += (columns.chunk_count * columns.columns * operand->size + 63) & ~(size_t)63;
    }
    operand->base = plan.workspace;
    plan.workspace += bytes;
  }

  // As few elements per thread as are worth a thread, in whole blocks.
  size_t cost = 1;
  for (int32_t i = 0; i < loop->step_count; i++) cost += loop->steps[i].cost;
  size_t grain = CK_PARALLEL_WORK / 2 / cost;
  if (columns.columns > 0) {
    size_t chunks = (grain + columns.chunk - 1) / columns.chunk;
    if (columns.chunk_count <= 2 * chunks) chunks = columns.chunk_count;
    ck_parallel_for(columns.chunk_count, chunks, ck_run_chunks, &plan);
    ck_add_chunks(&plan);
    return;
  }
  grain = (grain + block - 1) / block * block;
  if (grain < block) grain = block;
  if (loop->count <= 2 * grain) grain = loop->count;
  ck_parallel_for(loop->count, grain, ck_run_range, &plan);
}
