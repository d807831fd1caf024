// Shared by the kernels that move and reduce elements: the table of element types, multi-versioning
// for instruction sets, and a few sizes. Private to the target.
#ifndef RANVIER_KERNEL_TYPES_H
#define RANVIER_KERNEL_TYPES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ckernels.h"
#include "instruction_sets.h"

// Work below this many bytes (or simple operations) is not worth a parallel region.
#define CK_PARALLEL_GRAIN 262144

// Partial results live on the stack, at most this many bytes of them in one array.
#define CK_PARTIAL_BYTES 65536

// The table of numeric types: X(name, code, element, compared, value, wide, lowest, highest).
//   element   what buffers hold;
//   compared  the type elements are ordered in;
//   value     the type sums and products accumulate in, unsigned for integers because those wrap;
//   wide      an unpromoted arithmetic type at least as wide as `value`: products of small unsigned
//             integers would otherwise be promoted to int and overflow.
#define CK_NUMERIC_TYPES(X)                                                              \
  X(i8, CK_I8, int8_t, int8_t, uint8_t, uint32_t, INT8_MIN, INT8_MAX)                    \
  X(i16, CK_I16, int16_t, int16_t, uint16_t, uint32_t, INT16_MIN, INT16_MAX)             \
  X(i32, CK_I32, int32_t, int32_t, uint32_t, uint32_t, INT32_MIN, INT32_MAX)             \
  X(i64, CK_I64, int64_t, int64_t, uint64_t, uint64_t, INT64_MIN, INT64_MAX)             \
  X(u8, CK_U8, uint8_t, uint8_t, uint8_t, uint32_t, 0, UINT8_MAX)                        \
  X(u16, CK_U16, uint16_t, uint16_t, uint16_t, uint32_t, 0, UINT16_MAX)                  \
  X(u32, CK_U32, uint32_t, uint32_t, uint32_t, uint32_t, 0, UINT32_MAX)                  \
  X(u64, CK_U64, uint64_t, uint64_t, uint64_t, uint64_t, 0, UINT64_MAX)                  \
  X(f16, CK_F16, _Float16, float, float, float, -INFINITY, INFINITY)                     \
  X(bf16, CK_BF16, ck_bf16, float, float, float, -INFINITY, INFINITY)                    \
  X(f32, CK_F32, float, float, float, float, -INFINITY, INFINITY)                        \
  X(f64, CK_F64, double, double, double, double, -INFINITY, INFINITY)

// Conversions between buffers and registers: ck_load_TYPE gives the compared type, which converts
// to the value type implicitly; ck_store_TYPE takes either.
#define CK_DEFINE_CONVERSION(name, element, compared, value, load, store)                 \
  CK_INLINE compared ck_load_##name(element stored) { return load; }                      \
  CK_INLINE element ck_store_##name(value number) { return store; }
#define CK_DEFINE_INTEGER_CONVERSION(name, element, value) \
  CK_DEFINE_CONVERSION(name, element, element, value, stored, (element)number)

CK_DEFINE_INTEGER_CONVERSION(i8, int8_t, uint8_t)
CK_DEFINE_INTEGER_CONVERSION(i16, int16_t, uint16_t)
CK_DEFINE_INTEGER_CONVERSION(i32, int32_t, uint32_t)
CK_DEFINE_INTEGER_CONVERSION(i64, int64_t, uint64_t)
CK_DEFINE_INTEGER_CONVERSION(u8, uint8_t, uint8_t)
CK_DEFINE_INTEGER_CONVERSION(u16, uint16_t, uint16_t)
CK_DEFINE_INTEGER_CONVERSION(u32, uint32_t, uint32_t)
CK_DEFINE_INTEGER_CONVERSION(u64, uint64_t, uint64_t)
CK_DEFINE_INTEGER_CONVERSION(f32, float, float)
CK_DEFINE_INTEGER_CONVERSION(f64, double, double)
CK_DEFINE_CONVERSION(f16, _Float16, float, float, (float)stored, (_Float16)number)
CK_DEFINE_CONVERSION(bf16, ck_bf16, float, float, ck_from_bf16(stored),
                     ck_to_bf16(number))

CK_INLINE size_t ck_smaller(size_t a, size_t b) { return a < b ? a : b; }
CK_INLINE size_t ck_larger(size_t a, size_t b) { return a > b ? a : b; }
CK_INLINE size_t ck_divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

// How a reduction of [outer, reduced, inner] is cut into independent tasks: outer x strips of the
// inner axis x chunks of the reduced axis. Depends on the sizes only, never on the number of
// threads, so that results do not either.
typedef struct ck_reduction_plan {
  size_t outer, reduced, inner;
  size_t strip, strip_count;
  size_t chunk, chunk_count;   // one chunk: results are final; else they are partial results
  size_t tasks, grain;
} ck_reduction_plan;

// `widest_strip` inner elements make a strip; chunks are multiples of `unit`; partial results take
// `partial_size` bytes each.
CK_INLINE ck_reduction_plan ck_plan_reduction(size_t outer, size_t reduced, size_t inner,
                                              size_t widest_strip, size_t unit,
                                              size_t partial_size) {
  const size_t wanted_tasks = 64, smallest_chunk = 32768;
  ck_reduction_plan plan = {.outer = outer, .reduced = reduced, .inner = inner};
  plan.strip = ck_smaller(inner, widest_strip);
  plan.strip_count = ck_divide_up(inner, plan.strip);
  size_t strips = outer * plan.strip_count;
  size_t chunks = 1;
  if (strips < wanted_tasks) {
    chunks = ck_smaller(ck_divide_up(wanted_tasks, strips),
                        CK_PARTIAL_BYTES / partial_size / (outer * inner));
    chunks = ck_smaller(chunks, reduced * plan.strip / smallest_chunk);
    chunks = ck_larger(chunks, 1);
  }
  plan.chunk = ck_larger(ck_divide_up(ck_divide_up(reduced, chunks), unit) * unit, 1);
  plan.chunk_count = ck_larger(ck_divide_up(reduced, plan.chunk), 1);
  plan.tasks = strips * plan.chunk_count;
  size_t work = ck_larger(ck_smaller(plan.chunk, reduced) * plan.strip, 1);
  plan.grain = ck_larger(CK_PARALLEL_GRAIN / 4 / work, 1);
  return plan;
}

// One task of a plan.
typedef struct ck_reduction_task {
  size_t outer, inner, width;   // the strip inner ..< inner + width of one outer index
  size_t first, count;          // the range of the reduced axis
  size_t partial;               // where its partial results go: [outer, chunk, inner]
} ck_reduction_task;

CK_INLINE ck_reduction_task ck_reduction_task_at(const ck_reduction_plan *plan, size_t index) {
  ck_reduction_task task;
  size_t chunk = index % plan->chunk_count;
  size_t strip = index / plan->chunk_count;
  task.outer = strip / plan->strip_count;
  task.inner = strip % plan->strip_count * plan->strip;
  task.width = ck_smaller(plan->strip, plan->inner - task.inner);
  task.first = chunk * plan->chunk;
  task.count = plan->reduced > task.first
                   ? ck_smaller(plan->chunk, plan->reduced - task.first) : 0;
  task.partial = (task.outer * plan->chunk_count + chunk) * plan->inner + task.inner;
  return task;
}

// Reduces contiguous rows of f32 or f64 of a middling length; false for others.
bool ck_reduce_rows(ck_reduction reduction, ck_type type, void *out, const void *in, size_t rows,
                    size_t row);

// Computes those of the norms out[begin ..< end] again whose sums of squares may have overflowed or
// lost digits: of [outer, inner] norms over the middle of [outer, reduced, inner].
void ck_correct_norms(ck_type type, void *out, const void *in, size_t begin, size_t end,
                      size_t reduced, size_t inner);

// out[p] = sum of the windows that cover position p, where in has `columns` rows of channels for
// each output position: one shared by all window positions (spread), or one for each (fold).
void ck_window_sum_of_covering(const ck_window *window, ck_type type, void *out, const void *in,
                               bool unfolded);

#endif
