// Running a kernel, and the parts of the C interface that do not depend on the operation.
#if RANVIER_ONEDNN

#include "kernel.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace {

// Scratch ranges start at multiples of a cache line, which also suits every vector load.
constexpr std::size_t alignment = 64;

std::size_t align(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

// Streams are cheap but not free, and may not be shared between threads.
dnnl::stream &stream() {
  thread_local dnnl::stream stream(ranvier::engine());
  return stream;
}

void append_activation(dnnl::post_ops &operations, odnn_activation activation) {
  const auto append = [&](dnnl::algorithm algorithm, float alpha) {
#if DNNL_VERSION_MAJOR >= 3
    operations.append_eltwise(algorithm, alpha, 0);
#else
    operations.append_eltwise(1, algorithm, alpha, 0);
#endif
  };
  switch (activation) {
    case ODNN_IDENTITY: return;
    // relu as elu of slope 0, at no measured cost: oneDNN's own relu turns NaN into 0, and would
    // hide where a training run went wrong. Negative inputs give -0.
    case ODNN_RELU: return append(dnnl::algorithm::eltwise_elu, 0);
    case ODNN_TANH: return append(dnnl::algorithm::eltwise_tanh, 0);
    case ODNN_LOGISTIC: return append(dnnl::algorithm::eltwise_logistic, 0);
    case ODNN_GELU_ERF: return append(dnnl::algorithm::eltwise_gelu_erf, 0);
    case ODNN_GELU_TANH: return append(dnnl::algorithm::eltwise_gelu_tanh, 0);
    case ODNN_SWISH: return append(dnnl::algorithm::eltwise_swish, 1);
  }
  throw std::invalid_argument("unknown activation");
}

}  // namespace

dnnl::memory odnn_kernel::bind(
    const dnnl::memory::desc &layout, place where, std::size_t position) {
  dnnl::memory memory(layout, ranvier::engine(), DNNL_MEMORY_NONE);
  bindings.push_back({memory, where, position});
  return memory;
}

dnnl::memory odnn_kernel::operand(std::size_t index, const dnnl::memory::desc &layout) {
  return bind(layout, place::operand, index);
}

dnnl::memory odnn_kernel::operand(
    std::size_t index, const dnnl::memory::desc &given, const dnnl::memory::desc &wanted) {
  dnnl::memory memory = operand(index, given);
  if (given == wanted) return memory;
  dnnl::memory copy = temporary(wanted);
  append_reorder(memory, copy);
  return copy;
}

dnnl::memory odnn_kernel::result(const dnnl::memory::desc &layout) {
  return bind(layout, place::result, 0);
}

dnnl::memory odnn_kernel::temporary(const dnnl::memory::desc &layout) {
  const std::size_t offset = scratch_bytes;
  scratch_bytes += align(layout.get_size());
  return bind(layout, place::scratch, offset);
}

void odnn_kernel::append_reorder(const dnnl::memory &from, const dnnl::memory &to) {
  const dnnl::reorder::primitive_desc description(ranvier::engine(), from.get_desc(),
      ranvier::engine(), to.get_desc(), ranvier::common_attributes());
  append(dnnl::reorder(description), description.scratchpad_desc(),
      {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

void odnn_kernel::append(const dnnl::primitive &primitive, const dnnl::memory::desc &scratchpad,
    const arguments &with) {
  step next{primitive, {}};
  for (const auto &[role, memory] : with) next.arguments.push_back({role, memory.get()});
  if (scratchpad.get_size() > 0) {
    next.arguments.push_back({DNNL_ARG_SCRATCHPAD, temporary(scratchpad).get()});
  }
  steps.push_back(std::move(next));
}

int odnn_kernel::run(const void *const *operands, void *result, void *scratch) {
  try {
    for (binding &bound : bindings) {
      void *bytes = result;
      if (bound.where == place::operand) bytes = const_cast<void *>(operands[bound.position]);
      if (bound.where == place::scratch) bytes = static_cast<char *>(scratch) + bound.position;
      bound.memory.set_data_handle(bytes);
    }
    if (clears_scratch) std::memset(scratch, 0, scratch_bytes);
    for (const step &next : steps) {
      const dnnl_status_t status = dnnl_primitive_execute(next.primitive.get(), stream().get(),
          static_cast<int>(next.arguments.size()), next.arguments.data());
      if (status != dnnl_success) return status;
    }
    stream().wait();
    return dnnl_success;
  } catch (const dnnl::error &failure) {
    return failure.status;
  } catch (...) {
    return dnnl_runtime_error;
  }
}

int odnn_kernel::pack(const void *from, void *to) const {
  try {
    dnnl::memory source(plain, ranvier::engine(), const_cast<void *>(from));
    dnnl::memory target(packed, ranvier::engine(), to);
    dnnl::reorder(source, target).execute(stream(), source, target);
    stream().wait();
    return dnnl_success;
  } catch (const dnnl::error &failure) {
    return failure.status;
  } catch (...) {
    return dnnl_runtime_error;
  }
}

namespace ranvier {

const dnnl::engine &engine() {
  // Never destroyed: threads may still run kernels while the process exits.
  static const dnnl::engine *const engine = new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return *engine;
}

dnnl::memory::data_type data_type(odnn_type type) {
  switch (type) {
    case ODNN_F32: return dnnl::memory::data_type::f32;
    case ODNN_BF16: return dnnl::memory::data_type::bf16;
    case ODNN_F16: return dnnl::memory::data_type::f16;
  }
  throw std::invalid_argument("unknown element type");
}

const char *name(odnn_type type) {
  return type == ODNN_F32 ? "f32" : type == ODNN_BF16 ? "bf16" : type == ODNN_F16 ? "f16" : "?";
}

dnnl::memory::desc any_layout(const dnnl::memory::desc &layout) {
#if DNNL_VERSION_MAJOR >= 3
  return {layout.get_dims(), layout.get_data_type(), dnnl::memory::format_tag::any};
#else
  return {layout.dims(), layout.data_type(), dnnl::memory::format_tag::any};
#endif
}

void check_sizes(const std::int64_t *sizes, std::size_t count) {
  for (std::size_t axis = 0; axis < count; ++axis) {
    if (sizes[axis] < 0) throw std::invalid_argument("negative size");
  }
  for (std::size_t axis = 0; axis < count; ++axis) {
    if (sizes[axis] == 0) throw std::invalid_argument("empty");
  }
}

dnnl::primitive_attr common_attributes() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  // An environment variable may allow bf16 arithmetic on f32 operands; results must not depend
  // on it.
  attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
  return attributes;
}

dnnl::primitive_attr attributes(const odnn_epilogue &epilogue) {
  dnnl::post_ops operations;
  // Not a binary operation with a buffer of its own, for which oneDNN 2.6 has no fast convolution.
  if (epilogue.accumulates) operations.append_sum(1.0f);
  append_activation(operations, epilogue.activation);
  dnnl::primitive_attr attributes = common_attributes();
  attributes.set_post_ops(operations);
  return attributes;
}

std::string list(const std::int64_t *values, std::size_t count) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < count; ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(values[axis]);
  }
  return text + "]";
}

void write_error(
    const std::string &operation, const char *reason, char *error, std::size_t capacity) {
  if (error == nullptr || capacity == 0) return;
  std::snprintf(error, capacity, "%s: %s", operation.c_str(), reason);
}

}  // namespace ranvier

extern "C" size_t odnn_scratch_bytes(const odnn_kernel *kernel) { return kernel->scratch_bytes; }

extern "C" size_t odnn_packed_bytes(const odnn_kernel *kernel) { return kernel->packed_bytes(); }

extern "C" int odnn_pack(odnn_kernel *kernel, const void *plain, void *packed) {
  return kernel->pack(plain, packed);
}

extern "C" const char *odnn_implementation(const odnn_kernel *kernel) {
  return kernel->implementation.c_str();
}

extern "C" int odnn_run(
    odnn_kernel *kernel, const void *const *operands, void *result, void *scratch) {
  return kernel->run(operands, result, scratch);
}

extern "C" void odnn_destroy(odnn_kernel *kernel) { delete kernel; }

extern "C" bool odnn_multiplies_bf16(void) {
  // A set of instructions has the bits of every set that it includes.
  const int wanted = static_cast<int>(dnnl::cpu_isa::avx512_core_bf16);
  return (static_cast<int>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

extern "C" const char *odnn_version(void) {
  // Read once: the text must outlive the call.
  static char text[32];
  static const bool written = [] {
    const dnnl_version_t *version = dnnl_version();
    std::snprintf(
        text, sizeof text, "%d.%d.%d", version->major, version->minor, version->patch);
    return true;
  }();
  (void)written;
  return text;
}

#endif
