// Matrix product and convolution on oneDNN behind a plain C interface.
//
// A kernel is created once for fixed sizes and run many times. Weights are handed over in their
// plain row-major layout; where oneDNN wants another one the kernel reorders into its scratch
// memory. All buffers are dense and row-major (channels last).
#ifndef RANVIER_CONEDNN_H
#define RANVIER_CONEDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum odnn_type { ODNN_F32 = 0, ODNN_BF16 = 1, ODNN_F16 = 2 } odnn_type;

typedef enum odnn_activation {
  ODNN_IDENTITY = 0, ODNN_RELU, ODNN_TANH, ODNN_LOGISTIC, ODNN_GELU_ERF, ODNN_GELU_TANH, ODNN_SWISH
} odnn_activation;

// All activations keep NaN.
// What happens to a product before it is stored: result = activation(product + bias + result), the
// last summand being what the buffer of the result holds.
typedef struct odnn_epilogue {
  bool bias;            // an operand of `columns` (or output channels) elements
  bool accumulates;     // whether that summand is there
  odnn_activation activation;
  odnn_type bias_type;  // the operands' type, or f32
} odnn_epilogue;

typedef struct odnn_matmul {
  odnn_type operand_type, result_type;
  int64_t batch;               // 1 for a plain product
  int64_t rows, columns, depth;
  bool transpose_left;         // left is [batch, depth, rows] instead of [batch, rows, depth]
  bool transpose_right;        // right is [batch, columns, depth] instead of [batch, depth, columns]
  bool packed_right;           // right comes in the kernel's own layout, see odnn_pack
  odnn_epilogue epilogue;
} odnn_matmul;

typedef enum odnn_direction { ODNN_FORWARD = 0, ODNN_INPUT_GRADIENT, ODNN_KERNEL_GRADIENT } odnn_direction;

// Convolution (cross-correlation) over 1 to 3 spatial axes, channels last. input [batch, input...,
// input_channels], kernel [size..., input_channels / groups, output_channels], output [batch,
// output..., output_channels]; output channel o belongs to group o / (output_channels / groups).
typedef struct odnn_convolution {
  odnn_direction direction;
  odnn_type operand_type, result_type;
  int32_t spatial_rank;
  int64_t batch, input_channels, output_channels, groups;
  int64_t input[3], output[3], size[3], stride[3], dilation[3];   // dilation 1 = none
  int64_t padding_low[3], padding_high[3];
  bool packed_kernel;          // forward only: the kernel comes in the primitive's own layout
  odnn_epilogue epilogue;      // forward only
} odnn_convolution;

typedef struct odnn_kernel odnn_kernel;

// Create a kernel; NULL if oneDNN cannot do it, with the reason written to `error` (capacity bytes,
// NUL-terminated). Creation uses the calling thread's current number of OpenMP threads.
odnn_kernel *odnn_create_matmul(const odnn_matmul *description, char *error, size_t capacity);
odnn_kernel *odnn_create_convolution(const odnn_convolution *description, char *error, size_t capacity);

// Bytes of 64-byte aligned scratch memory one run needs (possibly 0).
size_t odnn_scratch_bytes(const odnn_kernel *kernel);

// The bytes of the second operand in the layout that a kernel created for a packed one wants; 0 if
// it takes the plain one.
size_t odnn_packed_bytes(const odnn_kernel *kernel);

// Lays the second operand out once; returns 0, or oneDNN's status code. `packed` is aligned to 64
// bytes. Any kernel of the same description reads the result.
int odnn_pack(odnn_kernel *kernel, const void *plain, void *packed);

// The name of oneDNN's implementation, for plans that are printed.
const char *odnn_implementation(const odnn_kernel *kernel);

// Runs the kernel; returns 0, or oneDNN's status code. Not re-entrant for one kernel object: an
// object serves one thread at a time. matmul / forward: operands = left|input, right|kernel, then
// bias where asked for input gradient:   operands = output gradient, kernel;  result
// = input gradient kernel gradient:  operands = input, output gradient;   result = kernel gradient
int odnn_run(odnn_kernel *kernel, const void *const *operands, void *result, void *scratch);

void odnn_destroy(odnn_kernel *kernel);

// Whether the processor has instructions for bf16 products. Without them oneDNN computes what it can
// in f32, no faster than on f32 operands.
bool odnn_multiplies_bf16(void);

// "2.6.3"-like version of the library in use.
const char *odnn_version(void);

#ifdef __cplusplus
}
#endif
#endif
