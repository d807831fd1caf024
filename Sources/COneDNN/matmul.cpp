// Matrix products, with bias, sum and activation folded into the store of the result.
#if RANVIER_ONEDNN

#include "kernel.hpp"

namespace {

using dnnl::memory;

std::string title(const odnn_matmul &product) {
  const std::int64_t sizes[] = {product.batch, product.rows, product.columns, product.depth};
  return std::string("matmul ") + ranvier::name(product.operand_type) + " to " +
      ranvier::name(product.result_type) + ", [batch, rows, columns, depth] = " +
      ranvier::list(sizes, 4) + (product.transpose_left ? ", left transposed" : "") +
      (product.transpose_right ? ", right transposed" : "");
}

// `batch` matrices of `rows` x `columns`, one after the other; each stored column by column if
// `transposed`. A single product is two-dimensional, the case oneDNN tunes most.
memory::desc matrices(std::int64_t batch, std::int64_t rows, std::int64_t columns, odnn_type type,
    bool transposed) {
  memory::dims sizes{rows, columns};
  memory::dims strides{transposed ? 1 : columns, transposed ? rows : 1};
  if (batch > 1) {
    sizes.insert(sizes.begin(), batch);
    strides.insert(strides.begin(), rows * columns);
  }
  return {sizes, ranvier::data_type(type), strides};
}

// One bias per column, for all rows of all matrices.
memory::desc bias_of(const odnn_matmul &product) {
  memory::dims sizes(product.batch > 1 ? 3 : 2, 1);
  memory::dims strides(sizes.size(), product.columns);
  sizes.back() = product.columns;
  strides.back() = 1;
  return {sizes, ranvier::data_type(product.epilogue.bias_type), strides};
}

// Both operands stay as they are, unless the right one comes packed, transposed or not. oneDNN's blocked product copies panels into
// scratch memory as it goes; on typical sizes that was about as fast as reordering a whole operand
// into the layout oneDNN asks for, or faster, by as much as half for a transposed right operand of
// few rows. Only large products with a transposed left operand lose a little.
void build(odnn_kernel &kernel, const odnn_matmul &product) {
  const std::int64_t sizes[] = {product.batch, product.rows, product.columns, product.depth};
  ranvier::check_sizes(sizes, 4);

  const memory::desc left = matrices(product.batch, product.rows, product.depth,
      product.operand_type, product.transpose_left);
  const memory::desc right = matrices(product.batch, product.depth, product.columns,
      product.operand_type, product.transpose_right);
  const memory::desc result = matrices(
      product.batch, product.rows, product.columns, product.result_type, false);
  const memory::desc bias = product.epilogue.bias ? bias_of(product) : memory::desc();

  const auto description = ranvier::describe<dnnl::matmul>(
      ranvier::attributes(product.epilogue), left,
      product.packed_right ? ranvier::any_layout(right) : right, bias, result);
  const memory::desc wanted = description.weights_desc();
  if (product.packed_right) kernel.expect_packed(right, wanted);
  kernel.implementation = description.impl_info_str();

  std::size_t operands = 0;
  odnn_kernel::arguments arguments;
  arguments.emplace_back(DNNL_ARG_SRC, kernel.operand(operands++, left));
  arguments.emplace_back(DNNL_ARG_WEIGHTS, kernel.operand(operands++, wanted));
  if (product.epilogue.bias) {
    arguments.emplace_back(DNNL_ARG_BIAS, kernel.operand(operands++, bias));
  }
  arguments.emplace_back(DNNL_ARG_DST, kernel.result(result));
  kernel.append(dnnl::matmul(description), description.scratchpad_desc(), arguments);
}

}  // namespace

extern "C" odnn_kernel *odnn_create_matmul(
    const odnn_matmul *description, char *error, size_t capacity) {
  return ranvier::create([&] { return title(*description); }, error, capacity,
      [&](odnn_kernel &kernel) { build(kernel, *description); });
}

#endif
