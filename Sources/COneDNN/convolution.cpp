// Convolution and its two gradients over channels-last activations.
#if RANVIER_ONEDNN

#include <stdexcept>

#include "kernel.hpp"

namespace {

using dnnl::memory;

// Winograd's algorithm, which convolution_auto may choose, needs fewer multiplications for 3 x 3
// kernels but loses digits, more than the tests of f32 convolutions allow.
constexpr dnnl::algorithm algorithm = dnnl::algorithm::convolution_direct;

const char *name(odnn_direction direction) {
  switch (direction) {
    case ODNN_FORWARD: return "convolution";
    case ODNN_INPUT_GRADIENT: return "convolution input gradient";
    case ODNN_KERNEL_GRADIENT: return "convolution kernel gradient";
  }
  return "convolution of unknown direction";
}

// The number of spatial axes, or 0 if it is not a possible one.
std::size_t rank_of(const odnn_convolution &layer) {
  const bool possible = layer.spatial_rank >= 1 && layer.spatial_rank <= 3;
  return possible ? static_cast<std::size_t>(layer.spatial_rank) : 0;
}

std::string title(const odnn_convolution &layer) {
  const auto axes = [&](const std::int64_t *values) {
    return ranvier::list(values, rank_of(layer));
  };
  return std::string(name(layer.direction)) + " " + ranvier::name(layer.operand_type) + " to " +
      ranvier::name(layer.result_type) + ", batch " + std::to_string(layer.batch) +
      ", channels " + std::to_string(layer.input_channels) + " to " +
      std::to_string(layer.output_channels) + " in " + std::to_string(layer.groups) +
      " group(s), input " + axes(layer.input) + ", output " + axes(layer.output) + ", kernel " +
      axes(layer.size) + ", stride " + axes(layer.stride) + ", dilation " +
      axes(layer.dilation) + ", padding " + axes(layer.padding_low) + " and " +
      axes(layer.padding_high);
}

bool is_padded(const odnn_convolution &layer) {
  for (std::size_t axis = 0; axis < rank_of(layer); ++axis) {
    if (layer.padding_low[axis] > 0 || layer.padding_high[axis] > 0) return true;
  }
  return false;
}

void check(const odnn_convolution &layer) {
  const std::size_t rank = rank_of(layer);
  if (rank == 0) throw std::invalid_argument("the spatial rank must be 1, 2 or 3");
  const std::int64_t counts[] = {
      layer.batch, layer.input_channels, layer.output_channels, layer.groups};
  ranvier::check_sizes(counts, 4);
  ranvier::check_sizes(layer.input, rank);
  ranvier::check_sizes(layer.output, rank);
  ranvier::check_sizes(layer.size, rank);
  if (layer.input_channels % layer.groups != 0 || layer.output_channels % layer.groups != 0) {
    throw std::invalid_argument("the number of groups must divide both numbers of channels");
  }
  // Some elements come out wrong, in 2.6 as in 3.2, even from cleared scratch memory.
  if (layer.direction == ODNN_KERNEL_GRADIENT && layer.operand_type != ODNN_F32 && rank == 3 &&
      is_padded(layer)) {
    throw std::invalid_argument(
        "oneDNN's 16-bit gradient of a padded convolution over three axes is not reliable");
  }
  const odnn_epilogue &epilogue = layer.epilogue;
  if (layer.direction != ODNN_FORWARD && layer.packed_kernel) {
    throw std::invalid_argument("a gradient takes no packed kernel");
  }
  if (layer.direction != ODNN_FORWARD &&
      (epilogue.bias || epilogue.accumulates || epilogue.activation != ODNN_IDENTITY)) {
    throw std::invalid_argument("a gradient has no epilogue");
  }
}

// Appends the spatial axes of `space` to `sizes` and their strides to `strides`, where `stride`
// elements lie between neighbors on the last axis. Returns the elements of the whole.
std::int64_t append_space(memory::dims &sizes, memory::dims &strides, const std::int64_t *space,
    std::size_t rank, std::int64_t stride) {
  sizes.insert(sizes.end(), space, space + rank);
  strides.resize(sizes.size());
  for (std::size_t axis = 1; axis <= rank; ++axis) {
    strides[strides.size() - axis] = stride;
    stride *= space[rank - axis];
  }
  return stride;
}

// The array [batch, space..., channels] in oneDNN's order of axes: batch, channels, space.
memory::desc activations(const odnn_convolution &layer, std::int64_t channels,
    const std::int64_t *space, odnn_type type) {
  memory::dims sizes{layer.batch, channels};
  memory::dims strides{0, 1};
  strides[0] = append_space(sizes, strides, space, rank_of(layer), channels);
  return {sizes, ranvier::data_type(type), strides};
}

// The array [size..., input channels of a group, output channels] in oneDNN's order of axes:
// groups (if more than one), output channels and input channels of a group, space.
memory::desc weights(const odnn_convolution &layer, odnn_type type) {
  const std::int64_t outputs = layer.output_channels / layer.groups;
  const std::int64_t inputs = layer.input_channels / layer.groups;
  memory::dims sizes{outputs, inputs};
  memory::dims strides{1, layer.output_channels};
  append_space(sizes, strides, layer.size, rank_of(layer), inputs * layer.output_channels);
  if (layer.groups > 1) {
    sizes.insert(sizes.begin(), layer.groups);
    strides.insert(strides.begin(), outputs);
  }
  return {sizes, ranvier::data_type(type), strides};
}

// The layouts of the three arrays of a convolution, or of their gradients.
struct layouts {
  memory::desc input, kernel, output;
};

// A primitive for one direction, and the layout it chose for the kernel or its gradient.
struct candidate {
  dnnl::primitive primitive;
  memory::desc scratchpad;
  memory::desc kernel;
  std::string implementation;
};

template <typename Primitive, typename Layout>
candidate make(const typename Primitive::primitive_desc &description, Layout kernel) {
  return {Primitive(description), description.scratchpad_desc(), (description.*kernel)(),
      description.impl_info_str()};
}

memory::desc bias_of(const odnn_convolution &layer) {
  return {{layer.output_channels}, ranvier::data_type(layer.epilogue.bias_type), memory::format_tag::x};
}

// The primitive for arrays of the layouts `given`, the kernel's being open. What `epilogue` asks
// for is done by the primitive itself.
candidate choose(
    const odnn_convolution &layer, const layouts &given, const odnn_epilogue &epilogue) {
  const auto axes = [&](const std::int64_t *values) {
    return memory::dims(values, values + rank_of(layer));
  };
  const memory::dims strides = axes(layer.stride);
  memory::dims dilations = axes(layer.dilation);
  for (std::int64_t &dilation : dilations) dilation -= 1;  // oneDNN counts the gaps
  const memory::dims low = axes(layer.padding_low), high = axes(layer.padding_high);

  // A gradient's description refers to that of a forward convolution, which is never run.
  const auto forward = [&](const layouts &of, const memory::desc &bias,
                           const dnnl::primitive_attr &attributes) {
    return ranvier::describe<dnnl::convolution_forward>(attributes,
        dnnl::prop_kind::forward_training, algorithm, of.input, of.kernel, bias, of.output,
        strides, dilations, low, high);
  };
  const auto describe_forward = [&] {
    const odnn_type type = layer.operand_type;
    const layouts open{
        ranvier::any_layout(activations(layer, layer.input_channels, layer.input, type)),
        ranvier::any_layout(weights(layer, type)),
        ranvier::any_layout(activations(layer, layer.output_channels, layer.output, type))};
    return forward(open, memory::desc(), ranvier::common_attributes());
  };

  switch (layer.direction) {
    case ODNN_FORWARD: {
      using primitive = dnnl::convolution_forward;
      const auto description = forward(given,
          epilogue.bias ? bias_of(layer) : memory::desc(),
          ranvier::attributes(epilogue));
      return make<primitive>(description, &primitive::primitive_desc::weights_desc);
    }
    case ODNN_INPUT_GRADIENT: {
      using primitive = dnnl::convolution_backward_data;
      const auto reference = describe_forward();
      const auto description = ranvier::describe_gradient<primitive>(
          ranvier::common_attributes(), reference, algorithm, given.input, given.kernel,
          given.output, strides, dilations, low, high);
      return make<primitive>(description, &primitive::primitive_desc::weights_desc);
    }
    case ODNN_KERNEL_GRADIENT: {
      using primitive = dnnl::convolution_backward_weights;
      const auto reference = describe_forward();
      const auto description = ranvier::describe_gradient<primitive>(
          ranvier::common_attributes(), reference, algorithm, given.input, given.kernel,
          given.output, strides, dilations, low, high);
      return make<primitive>(description, &primitive::primitive_desc::diff_weights_desc);
    }
  }
  throw std::invalid_argument("unknown direction");
}

// Activations stay channels last: on typical layers that was mostly faster than the blocked layouts
// oneDNN would choose for itself with the reorders they take, and never much slower. The kernel's
// layout is open: a kernel is small, and every fast implementation wants its own.
void build(odnn_kernel &kernel, const odnn_convolution &layer) {
  check(layer);
  const bool forward = layer.direction == ODNN_FORWARD;
  const bool for_input = layer.direction == ODNN_INPUT_GRADIENT;
  const bool for_kernel = layer.direction == ODNN_KERNEL_GRADIENT;
  const auto type = [&](bool is_result) {
    return is_result ? layer.result_type : layer.operand_type;
  };
  const memory::desc input =
      activations(layer, layer.input_channels, layer.input, type(for_input));
  const memory::desc output =
      activations(layer, layer.output_channels, layer.output, type(forward));
  const memory::desc plain = weights(layer, type(for_kernel));
  const layouts given{input, ranvier::any_layout(plain), output};

  const odnn_epilogue &epilogue = layer.epilogue;
  const candidate chosen = choose(layer, given, epilogue);
  kernel.implementation = chosen.implementation;

  // Operands are numbered in the order of the C interface.
  std::size_t operands = 0;
  odnn_kernel::arguments arguments;
  const auto append = [&](int role, const memory::desc &layout, const memory::desc &wanted) {
    arguments.emplace_back(role, kernel.operand(operands++, layout, wanted));
  };
  if (for_input) {
    append(DNNL_ARG_DIFF_DST, output, output);
  } else {
    append(DNNL_ARG_SRC, input, input);
  }
  if (for_kernel) {
    append(DNNL_ARG_DIFF_DST, output, output);
  } else {
    const memory::desc given_kernel = layer.packed_kernel ? chosen.kernel : plain;
    append(DNNL_ARG_WEIGHTS, given_kernel, chosen.kernel);
    if (layer.packed_kernel) kernel.expect_packed(plain, chosen.kernel);
  }
  if (epilogue.bias) append(DNNL_ARG_BIAS, bias_of(layer), bias_of(layer));

  const memory result = kernel.result(for_kernel ? plain : for_input ? input : output);
  const bool reordered = for_kernel && chosen.kernel != plain;
  const memory target = reordered ? kernel.temporary(chosen.kernel) : result;
  arguments.emplace_back(
      for_kernel ? DNNL_ARG_DIFF_WEIGHTS : for_input ? DNNL_ARG_DIFF_SRC : DNNL_ARG_DST, target);
  // The 16-bit kernel gradient adds up partial sums it has not all written where some of the kernel
  // meets nothing but padding. Those must be zero, and no leftovers of the last run.
  if (for_kernel && layer.operand_type != ODNN_F32 && is_padded(layer)) kernel.clear_scratch();
  kernel.append(chosen.primitive, chosen.scratchpad, arguments);
  if (reordered) kernel.append_reorder(target, result);
}

}  // namespace

extern "C" odnn_kernel *odnn_create_convolution(
    const odnn_convolution *description, char *error, size_t capacity) {
  return ranvier::create([&] { return title(*description); }, error, capacity,
      [&](odnn_kernel &kernel) { build(kernel, *description); });
}

#endif
