// Compute kernels of Ranvier, plain C.
//
// Conventions, valid for every function below unless its comment says otherwise:
//   * sizes count elements, not bytes; `shape` and `strides` arrays are in row-major axis order;
//   * strides count elements and may be zero (broadcast) or negative (reversal);
//   * buffers are dense, row-major, at least naturally aligned, and do not overlap, except that an
//     output of an element loop may be the very same buffer as one of its inputs;
//   * no kernel allocates, keeps global state or reports errors: callers have checked everything;
//   * kernels that are worth it split their work over `ck_parallel_for` themselves.
#ifndef RANVIER_CKERNELS_H
#define RANVIER_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CK_MAX_RANK 16

// ---------------------------------------------------------------------------------------------
// Element types. The numbers equal the raw values of Swift's `ElementType`.

typedef enum ck_type {
  CK_BOOL = 0,
  CK_I8, CK_I16, CK_I32, CK_I64,
  CK_U8, CK_U16, CK_U32, CK_U64,
  CK_F16, CK_BF16, CK_F32, CK_F64,
  CK_TYPE_COUNT
} ck_type;

size_t ck_type_size(ck_type type);

// ---------------------------------------------------------------------------------------------
// Threads. All parallel work runs on the OpenMP runtime's worker threads, the same that oneDNN
// uses.

// Number of threads that parallel work uses: the environment variable RANVIER_THREADS if it is a
// positive number, else the number of processors this process may run on; or what was set below.
int ck_thread_count(void);

// Changes the number of threads for the whole process; count >= 1.
void ck_set_thread_count(int count);

// Makes the calling thread's parallel regions (ours and oneDNN's) use the configured number.
// Cheap after the first call on a thread; to be called before running kernels on it.
void ck_prepare_thread(void);

// Limits parallel regions started by the calling thread to `count` threads, for small work, and
// returns the earlier limit. Passing that value back restores it.
int ck_limit_threads(int count);

// Sets the number of threads of the calling thread's next parallel regions, and returns the earlier
// one, which is to be put back. For libraries whose prepared kernels have to run on as many threads
// as they were prepared for.
int ck_exchange_threads(int count);

typedef void (*ck_range_body)(void *context, size_t begin, size_t end);

// Calls `body` on disjoint ranges that cover 0 ..< count. Ranges begin at multiples of `grain`
// (grain >= 1), and work of a single grain or less runs on the calling thread. How the range is cut
// never influences results.
void ck_parallel_for(size_t count, size_t grain, ck_range_body body, void *context);

// ---------------------------------------------------------------------------------------------
// Element-wise operations.

// Operations: unary, then binary, then ternary. All operands and the result of arithmetic have one
// type; comparisons and logic give CK_BOOL; CK_OP_SELECT takes (bool, value, value); casts are
// separate.
typedef enum ck_op {
  // unary
  CK_OP_COPY = 0, CK_OP_NEGATE, CK_OP_ABSOLUTE, CK_OP_SIGN,
  CK_OP_EXPONENTIAL, CK_OP_EXPONENTIAL_MINUS_ONE, CK_OP_LOGARITHM, CK_OP_LOGARITHM_ONE_PLUS,
  CK_OP_SQUARE_ROOT, CK_OP_RECIPROCAL_SQUARE_ROOT,
  CK_OP_SINE, CK_OP_COSINE, CK_OP_TANGENT, CK_OP_ARC_SINE, CK_OP_ARC_COSINE, CK_OP_ARC_TANGENT,
  CK_OP_HYPERBOLIC_SINE, CK_OP_HYPERBOLIC_COSINE, CK_OP_HYPERBOLIC_TANGENT,
  CK_OP_LOGISTIC, CK_OP_ERROR_FUNCTION, CK_OP_INVERSE_ERROR_FUNCTION,
  CK_OP_GAUSSIAN_ERROR_LINEAR,               // x times the normal probability below x
  CK_OP_GAUSSIAN_ERROR_LINEAR_SLOPE,         // its derivative
  CK_OP_FLOOR, CK_OP_CEILING, CK_OP_ROUND,   // round: half to even
  CK_OP_BIT_NOT,                             // integers: all bits; bool: logical not
  CK_OP_IS_FINITE,                           // result bool
  CK_OP_RECTIFIED_LINEAR,                    // floats only: x < 0 ? 0 : x, so NaN stays NaN
  // binary
  CK_OP_ADD, CK_OP_SUBTRACT, CK_OP_MULTIPLY, CK_OP_DIVIDE,
  // DIVIDE on integers truncates toward zero; x / 0 = 0 for integers (never traps, nor does min /
  // -1, which gives min).
  CK_OP_REMAINDER,                           // sign of the dividend (C fmod / %); integer x % 0 = 0
  CK_OP_POWER,                               // floats: C pow; integers: repeated product, negative exponent gives 0 (1 for base 1, +-1 for -1)
  CK_OP_MAXIMUM, CK_OP_MINIMUM,              // NaN if either is NaN
  CK_OP_POSITIVE_GATE,                       // floats only: first > 0 ? second : 0
  CK_OP_ARC_TANGENT_2,                       // floats only: atan2(first, second)
  CK_OP_EQUAL, CK_OP_NOT_EQUAL, CK_OP_LESS, CK_OP_LESS_OR_EQUAL, CK_OP_GREATER, CK_OP_GREATER_OR_EQUAL,
  CK_OP_BIT_AND, CK_OP_BIT_OR, CK_OP_BIT_XOR,   // integers and bool
  CK_OP_SHIFT_LEFT, CK_OP_SHIFT_RIGHT,          // integers; amount >= width gives 0 (or -1 for an arithmetic right shift of a negative)
  // ternary
  CK_OP_SELECT,                              // in[0] bool, in[1], in[2] of the type
  CK_OP_LARGER_SHARE,                        // floats only: in[2] where in[0] > in[1], half of it where equal, else 0
  CK_OP_COUNT
} ck_op;

// About how long an operation takes on floats, in times of an addition; for the choice of threads.
unsigned ck_op_cost(ck_op op);

// A block kernel computes out[i] for i in 0 ..< n from dense operand blocks in[k][i]. `start` is
// the position of the block's first element in the whole iteration space (only random bits use it).
// `out` may equal in[k] for any k of the same element size.
typedef void (*ck_block_kernel)(void *out, const void *const *in, size_t start, size_t n);

// The kernel of an operation for a type (the type of the value operands), or NULL if the operation
// has none for it (transcendental functions on integers, ...). f16 and bf16 compute in f32 and
// round once.
ck_block_kernel ck_op_kernel(ck_op op, ck_type type);

// out[r] = the sum of elements[r, i] * values[r, i], to the last bit what CK_REDUCE_SUM makes of the
// products. For f32 and f64 and rows of a middling length, else NULL.
typedef void (*ck_row_kernel)(void *out, const void *elements, const void *values, size_t rows,
                              size_t row);
ck_row_kernel ck_sum_of_products_kernel(ck_type type, size_t row);

// The conversion between two types, never NULL. Float to integer truncates toward zero and
// saturates, NaN gives 0; anything to bool is != 0; float to f16/bf16 rounds to nearest even, NaN
// stays NaN; integer narrowing wraps.
ck_block_kernel ck_cast_kernel(ck_type from, ck_type to);

// Random bits u32: in[0] points at a key of two u32 words (not splatted, `CK_INPUT_RAW`).
// out[i] = x0 ^ x1 where (x0, x1) = threefry2x32_20(key, (hi32(start + i), lo32(start + i))).
void ck_random_bits_u32(void *out, const void *const *in, size_t start, size_t n);

// The same for each of several keys: out has `n` words for each.
void ck_random_bits_of_keys(uint32_t *out, const uint32_t *keys, size_t key_count, size_t n);

// Threefry-2x32 with 20 rounds (Salmon et al. 2011) on one block, for key derivation on the host.
void ck_threefry2x32(const uint32_t key[2], const uint32_t counter[2], uint32_t result[2]);

// The same for `n` counters of each of several keys; out and counters have key_count * n blocks.
void ck_derive_keys(uint32_t *out, const uint32_t *keys, const uint32_t *counters,
                    size_t key_count, size_t n);

// An element loop walks an iteration space in blocks that fit the first-level cache and runs a list
// of block kernels on each block, so that intermediates never reach main memory.
#define CK_BLOCK 1024              // elements per block
#define CK_LOOP_MAX_BUFFERS 64     // inputs + outputs
#define CK_STEP_MAX_OPERANDS 4
#define CK_LOOP_MAX_REGISTERS 32   // temporaries of one block, each CK_BLOCK * 8 bytes
#define CK_LOOP_MAX_STEPS 256

typedef enum ck_input_kind {
  CK_INPUT_DENSE = 0,    // same shape as the iteration space
  CK_INPUT_SCALAR,       // one element, splatted
  CK_INPUT_STRIDED,      // strides per axis of the iteration space, at least one zero or permuted
  CK_INPUT_RAW,          // handed to the kernel as it is (random keys)
  CK_INPUT_ROWS          // one element for each row, dense; only if the loop has rows
} ck_input_kind;

typedef struct ck_loop_input {
  ck_input_kind kind;
  ck_type type;
  int64_t strides[CK_MAX_RANK];   // CK_INPUT_STRIDED only
  size_t offset;                  // of the first element in its buffer
} ck_loop_input;

// A chain is a list of links that run on some vectors of elements before they go on to the next: each
// changes what these hold, which begins with a load. Several operations in a chain take fewer passes
// over a block than their kernels; results are the same.
typedef enum ck_link_kind {
  CK_LINK_NONE = 0,   // no operand
  CK_LINK_VALUE,      // elements of a value
  CK_LINK_CONSTANT,   // a value's first element
  CK_LINK_ROW,        // a value that has one element for each row
  CK_LINK_SLOT        // what an earlier link has put aside; truth values have all bits or none there
} ck_link_kind;

// Links apart from operations on elements, see `ck_link_operation`.
enum {
  CK_LINK_LOAD = 1,
  CK_LINK_STORE,            // to a value or a slot
  CK_LINK_LOAD_TRUTH,       // from a value of type bool
  CK_LINK_STORE_TRUTH,      // to a value of type bool
  CK_LINK_TRUTH_AS_NUMBER,  // 0 and 1
  CK_LINK_SQUARE,           // what is held, multiplied by itself
  CK_LINK_NAMED_COUNT
};

typedef struct ck_link {
  uint16_t operation;
  uint16_t operands[2];     // numbers of values or slots
  uint8_t kinds[2];         // ck_link_kind
} ck_link;

typedef struct ck_chain {
  ck_type lanes;            // CK_F32 or CK_F64: the size of its elements
  int32_t link_count;
  int32_t slot_count;
  const ck_link *links;
} ck_chain;

// The link for an operation of which the chain holds operand `place`, or 0 if there is none; the
// others are its operands, in order. Truth values are of type CK_BOOL.
int ck_link_operation(ck_op op, ck_type type, int place);

// Runs a chain on the `n` elements of blocks that `values` point at, in rows of `row` elements if it
// has operands with one element for each. A value it writes may be in the place of one it reads.
// Of values whose elements repeat, `periods` has the number after which they do, a power of two; 0 for
// others.
void ck_run_chain(const ck_chain *chain, const void *const *values, const size_t *periods, size_t n,
                  size_t row);

// What a step does. A loop with rows walks whole rows; its values have one element for each element
// of the iteration space, or one for each row.
typedef enum ck_step_kind {
  CK_STEP_ELEMENTS = 0,  // a block kernel on elements
  CK_STEP_ROWS,          // a block kernel on values that have one element for each row
  CK_STEP_REDUCE,        // combines the elements of each row
  CK_STEP_SPREAD,        // repeats each row's value along the row
  CK_STEP_REDUCE_PRODUCTS, // a row kernel on elements of two operands that adds up their products
  CK_STEP_COLUMNS,       // adds elements to an output that is sums over leading axes
  CK_STEP_CHAIN          // a chain on elements
} ck_step_kind;

// Where a step reads or writes: values 0 ..< input_count are inputs; the next output_count are
// outputs; from there on, registers.
typedef struct ck_step {
  ck_step_kind kind;
  ck_block_kernel kernel;   // CK_STEP_ELEMENTS and CK_STEP_ROWS
  ck_row_kernel row_kernel; // CK_STEP_REDUCE_PRODUCTS
  const ck_chain *chain;    // CK_STEP_CHAIN
  int32_t reduction;        // CK_STEP_REDUCE: a ck_reduction
  ck_type type;             // CK_STEP_REDUCE, _SPREAD and _COLUMNS: of the operand and the result
  uint16_t operands[CK_STEP_MAX_OPERANDS];
  uint16_t operand_count;
  uint16_t result;          // an output or a register
  uint16_t cost;            // of an element, in additions
} ck_step;

typedef struct ck_loop_output {
  ck_type type;
  bool per_row;             // one element for each row
  bool is_part;             // elements lie in a larger buffer, at the strides and the offset
  uint16_t buffer;          // among the output buffers; parts may share one
  size_t sums;              // how many sums there are of each column; 0 for other outputs
  size_t offset;            // of the first element
  int64_t strides[CK_MAX_RANK];
} ck_loop_output;

typedef struct ck_loop {
  int32_t rank;                       // of the iteration space
  size_t shape[CK_MAX_RANK];
  size_t count;                       // product of shape; 0 does nothing
  size_t row;                         // elements of a row, a divisor of count; 0 without rows
  size_t columns;                     // of outputs that are sums, a multiple of row; 0 without those
  size_t column_rows;                 // rows of columns that any of them adds up at least
  int32_t scratch;                    // which buffer is scratch memory; only with columns
  int32_t input_count;
  int32_t output_count;
  int32_t register_count;
  int32_t step_count;
  const ck_loop_input *inputs;
  const ck_loop_output *outputs;
  const ck_step *steps;
} ck_loop;

// Bytes of stack at most that a thread of a loop with rows may need for what does not stream
// through: rows * (registers + inputs that are not dense) * their largest element.
#define CK_LOOP_MAX_WORKSPACE (512 * 1024)

// Bytes of scratch memory that the loop needs.
size_t ck_loop_scratch(const ck_loop *loop);

// Runs the loop. `buffers` holds input pointers, then output pointers. Splits blocks over threads
// when count * step_count is large enough to pay for it. A step may read an output that an earlier
// step of the loop wrote.
void ck_run_loop(const ck_loop *loop, void *const *buffers);

// ---------------------------------------------------------------------------------------------
// Moving elements.

// out[i0 * os0 + i1 * os1 + ...] = in[i0 * is0 + i1 * is1 + ...] over `shape`, for elements of
// `size` bytes (1, 2, 4, 8). Serves transposition, slicing, broadcasting, reversal, concatenation
// and padding. Axes that can be merged are merged first; two-dimensional transposition is blocked.
void ck_strided_copy(size_t size, void *out, const void *in, int32_t rank, const size_t *shape,
                     const int64_t *out_strides, const int64_t *in_strides);

// out[i] = *value for count elements of `size` bytes.
void ck_fill(size_t size, void *out, const void *value, size_t count);

// out[o, i] = in[o, clamp(indices[i]), :] for `outer` blocks of `rows` rows with `row` elements of
// `size` bytes; out has `index_count` rows per block; indices are i64, clamped to 0 ..< rows.
void ck_gather_rows(size_t size, void *out, const void *in, const int64_t *indices,
                    size_t outer, size_t rows, size_t row, size_t index_count);

// out[o, indices[i], :] += in[o, i, :], out is zeroed first; floats and integers. Indices outside 0
// ..< rows are skipped. Sums in index order, whatever the number of threads.
void ck_scatter_add_rows(ck_type type, void *out, const void *in, const int64_t *indices,
                         size_t outer, size_t rows, size_t row, size_t index_count);

// out[o, i, n] = in[o, clamp(positions[o, i, n]), n]: in has [outer, extent, inner] elements of
// `size` bytes; out and the positions (i64 if `wide`, else i32) have [outer, count, inner].
void ck_gather_elements(size_t size, bool wide, void *out, const void *in, const void *positions,
                        size_t outer, size_t extent, size_t inner, size_t count);

// out[o, positions[o, i, n], n] += in[o, i, n], out is zeroed first; shapes as above, the other way
// round. Positions outside 0 ..< extent are clamped or skipped. Sums in the order of i.
void ck_scatter_add_elements(ck_type type, bool wide, bool clamps, void *out, const void *in,
                             const void *positions, size_t outer, size_t extent, size_t inner,
                             size_t count);

// out[i] = start + i * step, along an axis: out has [outer, extent, inner] elements and the value
// depends on the middle index.
void ck_iota(ck_type type, void *out, size_t outer, size_t extent, size_t inner);

// ---------------------------------------------------------------------------------------------
// Reductions over the middle of [outer, reduced, inner].

typedef enum ck_reduction {
  CK_REDUCE_SUM = 0, CK_REDUCE_PRODUCT, CK_REDUCE_MAXIMUM, CK_REDUCE_MINIMUM, CK_REDUCE_NORM,
  CK_REDUCE_ANY, CK_REDUCE_ALL
} ck_reduction;

// out has [outer, inner] elements. An empty reduction gives 0, 1, lowest (-inf), highest (+inf),
// false, true. Maximum and minimum give NaN if any element is NaN. Float sums are cascaded (error
// grows with the logarithm of the length): f32 sums of 2^24 ones are exact; f16 and bf16 accumulate
// in f32. ANY and ALL take and give CK_BOOL. NORM is the Euclidean norm of floats, 0 if there are
// none; neither large nor small elements make it overflow or vanish. The result does not depend on the number of threads.
void ck_reduce(ck_reduction reduction, ck_type type, void *out, const void *in,
               size_t outer, size_t reduced, size_t inner);

// The same for f16 and bf16, with results in the f32 in which they are computed.
void ck_reduce_wide(ck_reduction reduction, ck_type type, float *out, const void *in,
                    size_t outer, size_t reduced, size_t inner);

// Position (i32) of the first maximum (or minimum) along the middle axis; the first NaN wins.
void ck_arg_reduce(bool maximum, ck_type type, int32_t *out, const void *in,
                   size_t outer, size_t reduced, size_t inner);

// ---------------------------------------------------------------------------------------------
// Cumulative operations along the middle of [outer, extent, inner]; `out` has the same elements and
// may be the very buffer of an input. `reversed` begins at the end of the axis.

typedef enum ck_scan_operation {
  CK_SCAN_SUM = 0, CK_SCAN_PRODUCT, CK_SCAN_MAXIMUM, CK_SCAN_MINIMUM,
  CK_SCAN_LOG_SUM_EXP                        // floats only
} ck_scan_operation;

// out[o, e, i] combines in[o, 0 ... e, i]. From the first NaN on everything is NaN. Running totals
// are f32 for f16 and bf16, f64 for f32; f64 sums are compensated. Integers wrap. Not for CK_BOOL.
void ck_scan(ck_scan_operation operation, ck_type type, bool reversed, void *out, const void *in,
             size_t outer, size_t extent, size_t inner);

// out[o, e, i] = coefficients[o, e, i] * out[o, e - 1, i] + in[o, e, i]; the first is in[o, 0, i].
// Totals as above. Not for CK_BOOL.
void ck_linear_recurrence(ck_type type, bool reversed, void *out, const void *coefficients,
                          const void *in, size_t outer, size_t extent, size_t inner);

// ---------------------------------------------------------------------------------------------
// Order along the middle of [outer, extent, inner].

// The first `count` elements in sorted order and their positions: [outer, count, inner] each.
// Equal elements keep their order, zeros of either sign are equal, NaN is greater than everything.
// Needs extent < 2^31 and count <= extent. A row's work is done within one of `parts` parts
// (1 <= parts), which run in parallel; scratch has parts * ck_sort_scratch_bytes(...) bytes and is
// aligned to 16 bytes.
void ck_sort(ck_type type, bool descending, void *values, int32_t *positions, const void *in,
             size_t outer, size_t extent, size_t inner, size_t count, size_t parts, void *scratch);
size_t ck_sort_scratch_bytes(ck_type type, size_t extent, size_t count);

// ---------------------------------------------------------------------------------------------
// Searching.

// out[o, i] = how many of sorted[o, :] precede values[o, i], or precede or equal it if `after_equal`:
// where the value can be inserted so that the row stays sorted. sorted is [outer, extent], values
// and out are [outer, count]; extent < 2^31. NaN counts as largest. Rows that are not sorted give
// some position in 0 ... extent.
void ck_search_sorted(ck_type type, bool after_equal, int32_t *out, const void *sorted,
                      const void *values, size_t outer, size_t extent, size_t count);

// The positions of true values, ascending; `out` has room for all of them, or is NULL to count
// only. Returns how many there are.
size_t ck_positions_of_true(int64_t *out, const bool *in, size_t count);

// ---------------------------------------------------------------------------------------------
// Windows over [batch, d0, d1, d2, channels]; a window of lower rank has leading spatial sizes of
// 1.

typedef struct ck_window {
  size_t batch, channels;
  size_t input[3], output[3];     // spatial sizes
  size_t size[3], stride[3], dilation[3];
  int64_t padding[3];             // low padding, may be negative; what lies outside the input is ignored
} ck_window;

// Maximum over each window and its position: flat index within the input's spatial block (i32), -1
// for a window that covers nothing, whose value is lowest (-inf). NaN counts as largest; the first
// of equals wins.
void ck_window_maximum(const ck_window *w, ck_type type, void *out, int32_t *indices, const void *in);

// out (input-shaped) is zeroed, then out[n, indices[n, o, c], c] += in[n, o, c]; -1 is skipped.
void ck_window_scatter(const ck_window *w, ck_type type, void *out, const void *in, const int32_t *indices);

// out[n, o, c] = in[n, indices[n, o, c], c]; -1 gives 0.
void ck_window_gather(const ck_window *w, ck_type type, void *out, const void *in, const int32_t *indices);

// Sum over each window; and its transpose: out (input-shaped) receives the sum of all window values
// that cover it.
void ck_window_sum(const ck_window *w, ck_type type, void *out, const void *in);
void ck_window_spread(const ck_window *w, ck_type type, void *out, const void *in);

// How the results along an axis are weighted sums of runs of neighbouring inputs: the i-th of
// inputs starts[i], starts[i] + 1, ... by weights[offsets[i]] ..< weights[offsets[i + 1]]. Without
// starts, results are the inputs themselves.
typedef struct ck_weighted_axis {
  size_t inputs, outputs;
  const int64_t *starts, *offsets;
} ck_weighted_axis;

typedef struct ck_weighted_sums {
  size_t batch, channels;
  ck_weighted_axis axes[3];     // leading ones of lower ranks have one input and no starts
  const void *weights;          // of the elements' type
} ck_weighted_sums;

// Weighted sums along the spatial axes of [batch, d0, d1, d2, channels], f32 or f64.
void ck_weighted_sum(const ck_weighted_sums *sums, ck_type type, void *out, const void *in);

// Unfolds windows into rows: out is [batch * output positions, window positions * channels]
// (channels fastest), zeros outside; f32 and f64. `first_image`/`image_count` select a part of the
// batch; out and in then are that part's. Fold is the transpose: it zeroes out and adds.
void ck_unfold(const ck_window *w, ck_type type, void *out, const void *in);
void ck_fold(const ck_window *w, ck_type type, void *out, const void *in);

// ---------------------------------------------------------------------------------------------
// Matrix products of f32 for processors with AVX-512.

// result[b, i, j] = sum over k of left[b, i, k] * right[b, k, j], plus bias[j] and a residual, then
// an activation. Strides count elements; columns of the result are dense.
typedef struct ck_product {
  size_t batch, rows, columns, depth;
  int64_t left_batch, left_row, left_column;
  int64_t right_batch, right_row, right_column;   // one of the last two is 1
  int64_t result_batch, result_row;
  bool packed_right;            // right is what ck_pack_right made of the one matrix of all batches
  bool rectifies;               // max(x, 0) at the end; NaN stays
  ck_block_kernel activation;   // of one operand, at the end; or NULL
} ck_product;

// Whether the functions below may be called on this processor.
bool ck_product_is_native(void);

// Runs a product; bias and residual may be NULL. The residual has the result's strides and may be the
// result; other operands do not overlap it. The result does not depend on the number of threads.
void ck_run_product(const ck_product *product, float *result, const float *left,
                    const float *right, const float *bias, const float *residual);

// The right operand of all batches in the order in which products read it: so many elements.
size_t ck_packed_count(const ck_product *product);
void ck_pack_right(const ck_product *product, const float *right, float *packed);

// Convolutions of f32 over two spatial axes, where ck_product_is_native: input [batch, input...,
// input_channels], kernel [size..., input_channels, output_channels], result [batch, output...,
// output_channels]. Output channels are a multiple of 16; kernels have no holes.
typedef struct ck_convolution {
  size_t batch, input_channels, output_channels;
  size_t input[2], output[2], size[2], stride[2];
  int64_t padding[2];           // low; may be negative
  bool turned;                  // the kernel is [size..., output_channels, input_channels], and its
                                // spatial axes run backwards: what the gradient of an input needs
  bool packed;                  // the kernel is what ck_pack_right made of it as a matrix
  bool rectifies;               // max(x, 0) at the end; NaN stays
  ck_block_kernel activation;   // of one operand, at the end; or NULL
} ck_convolution;

// Runs a convolution; bias and residual may be NULL, and the residual may be the result. The result
// does not depend on the number of threads.
void ck_run_convolution(const ck_convolution *c, float *result, const float *input,
                        const float *kernel, const float *bias, const float *residual);

// The same for kernels of 3 x 3 and strides of 1 with a quarter of the products, more roundings, and
// numbers of channels that are multiples of 16: the kernel is transformed first, `turned` or not.
// `lanes` says how many threads share the work; scratch has as many elements as said.
void ck_run_winograd(const ck_convolution *c, size_t lanes, float *result, const float *input,
                     const float *transformed, const float *bias, const float *residual,
                     float *scratch);
size_t ck_winograd_scratch_count(const ck_convolution *c, size_t lanes);
size_t ck_winograd_kernel_count(const ck_convolution *c);
void ck_winograd_transform_kernel(const ck_convolution *c, const float *kernel,
                                  float *transformed);

// The gradient of the kernel from those of the outputs; scratch has as many elements as said.
void ck_run_kernel_gradient(const ck_convolution *c, float *result, const float *input,
                            const float *gradient, float *scratch);
size_t ck_kernel_gradient_scratch_count(const ck_convolution *c);

// The same where ck_run_winograd applies.
void ck_run_winograd_gradient(const ck_convolution *c, size_t lanes, float *result,
                              const float *input, const float *gradient, float *scratch);
size_t ck_winograd_gradient_scratch_count(const ck_convolution *c, size_t lanes);

// ---------------------------------------------------------------------------------------------
// Attention of several heads: each query's mean of the values, weighted by exponentials of its
// products with the keys. Scores are kept for one block of queries of each lane only.

// A product within attention; strides are elements from one row to the next as the matrix lies.
typedef struct ck_attention_product {
  size_t rows, columns, depth;          // at least 1
  size_t left_row, right_row, result_row;
  bool transposes_left, transposes_right;
  bool accumulates;                     // adds to the result
} ck_attention_product;

typedef void (*ck_attention_multiply)(ck_type type, const ck_attention_product *product,
                                      void *result, const void *left, const void *right);

// Query [batch, queries, heads, share], key [batch, keys, heads, share], value [batch, keys, heads,
// value_share], each with its tokens so many elements apart; the mask is true where a query may see
// a key.
typedef struct ck_attention {
  ck_type type;                         // CK_F32 or CK_F64
  size_t batch, heads, queries, keys, share, value_share;
  size_t query_row, key_row, value_row; // elements from one token to the next
  size_t mask_batch, mask_head, mask_query, mask_key;   // 0 along axes that share it; mask_key 0 or 1
  bool is_causal;                       // query i sees keys 0 ... i
  double scale;                         // of the products of queries and keys
  ck_attention_multiply multiply;       // NULL: ck_run_product, for f32 where ck_product_is_native()
} ck_attention;

// output [batch, queries, heads, value_share], zeros for queries that see no key; log_sums [batch,
// queries, heads], the logarithms of the sums of exponentials, 0 for those queries. The mask may be
// NULL. `lanes` says how many threads share the work; scratch has as many bytes as said. Results do
// not depend on the number of threads.
void ck_run_attention(const ck_attention *a, size_t lanes, void *output, void *log_sums,
                      const void *query, const void *key, const void *value, const bool *mask,
                      void *scratch);

// The gradients of query, key and value, which lie as those do. deltas [batch, queries, heads] are
// the sums of the outputs times their gradients, less the gradients of log_sums.
void ck_run_attention_gradient(const ck_attention *a, size_t lanes, void *query_gradient,
                               void *key_gradient, void *value_gradient, const void *query,
                               const void *key, const void *value, const bool *mask,
                               const void *log_sums, const void *deltas,
                               const void *output_gradient, void *scratch);

size_t ck_attention_scratch_bytes(const ck_attention *a, bool is_gradient, size_t lanes);

// ---------------------------------------------------------------------------------------------
// Long short-term memory: the step behind the products, and its gradient.

typedef struct ck_lstm {
  ck_type type;                         // of a float; cells of f16 and bf16 are f32
  size_t batch, units;
} ck_lstm;

// hidden, cell and next_cell are [batch, units]; sums and gates [batch, 4 * units]: those of the input
// gate, the forget gate, the candidate and the output gate. next_cell may be cell, gates may be sums.
void ck_run_lstm(const ck_lstm *lstm, void *hidden, void *next_cell, void *gates,
                 const void *sums, const void *cell);

// Gradients of sums and cell. Each may be an operand of the same size.
void ck_run_lstm_gradient(const ck_lstm *lstm, void *sum_gradients, void *cell_gradient,
                          const void *gates, const void *cell, const void *hidden_gradient,
                          const void *next_cell_gradient);

// ---------------------------------------------------------------------------------------------
// Plain matrix product for the types no library serves (integers; f16 and bf16 accumulate in f32;
// f32 and f64 too, for small work): c[b, m, n] = sum over k of a[b, m, k] * b[b, k, n]; with
// transposition flags a is [k, m] and b is [n, k].
void ck_matrix_product(ck_type type, void *c, const void *a, const void *b, size_t batch,
                       size_t m, size_t n, size_t k, bool transpose_a, bool transpose_b);

#endif
