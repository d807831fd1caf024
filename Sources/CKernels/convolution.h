// What convolutions by rows of the kernel and those by its taps share.
#ifndef RANVIER_CONVOLUTION_H
#define RANVIER_CONVOLUTION_H

#include "element_kernel.h"
#include "gemm_tile.h"

#define CK_RUN 256            // depth of a pass

typedef struct ck_convolution_run {
  const ck_convolution *convolution;
  float *result;
  const float *input, *kernel, *bias, *residual;
  size_t panels, chunks, chunk_pixels, pixels;
} ck_convolution_run;

// Rows k ..< k + depth of a kernel row's panel of columns: where they lie, or a copy in `space`.
CK_INLINE const float *ck_kernel_panel(const ck_convolution *c, const float *kernel,
                                       size_t kernel_row, size_t k, size_t depth, size_t column,
                                       size_t width, bool copies, float *space, size_t *stride) {
  size_t length = c->size[1] * c->input_channels;
  if (c->turned) {
    // kernel is [size..., output channels, input channels] of this convolution, turned around.
    for (size_t done = 0; done < depth;) {
      size_t tap = (k + done) / c->input_channels, channel = (k + done) % c->input_channels;
      size_t count = c->input_channels - channel < depth - done ? c->input_channels - channel
                                                                : depth - done;
      size_t source = (c->size[0] - 1 - kernel_row) * c->size[1] + (c->size[1] - 1 - tap);
      ck_transpose_panel(
        space + done * width, width,
        kernel + (source * c->output_channels + column) * c->input_channels + channel,
        c->input_channels, count, width);
      done += count;
    }
    *stride = width;
    return space;
  }
  if (c->packed) {
    *stride = width;
    return kernel + column * c->size[0] * length + (kernel_row * length + k) * width;
  }
  const float *plain = kernel + (kernel_row * length + k) * c->output_channels + column;
  if (!copies) {
    *stride = c->output_channels;
    return plain;
  }
  for (size_t i = 0; i < depth; i++) {
    memcpy(space + i * width, plain + i * c->output_channels, width * sizeof(float));
  }
  *stride = width;
  return space;
}

// Whether a convolution takes its kernel tap by tap, with the images of a batch as rows: where a good
// part of the windows lies outside of small images, and for gradients of inputs with strides.
bool ck_goes_by_taps(const ck_convolution *c);
void ck_run_by_taps(ck_convolution_run *run);

#endif
