// What matrix product and convolution share: the engine, the plan of one kernel, and error texts.
#ifndef RVR_ONEDNN_KERNEL_HPP
#define RVR_ONEDNN_KERNEL_HPP

#if RANVIER_ONEDNN

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#if __has_include(<oneapi/dnnl/dnnl.hpp>)
#include <oneapi/dnnl/dnnl.hpp>
#else
#include <dnnl.hpp>
#endif

#include "conednn.h"

// A kernel is a short list of primitives that run one after the other: reorders of operands whose
// layout oneDNN does not want, the product or convolution itself, perhaps a reorder of the result.
// Everything is built when the kernel is created. A run only points the memory objects at the
// caller's buffers and executes the steps.
struct odnn_kernel {
  // Memory objects with the roles (DNNL_ARG_...) they play in a primitive.
  using arguments = std::vector<std::pair<int, dnnl::memory>>;

  // A memory object over the caller's operand `index`.
  dnnl::memory operand(std::size_t index, const dnnl::memory::desc &layout);

  // The same operand in the layout `wanted`: the operand itself where it is already laid out so,
  // otherwise a copy in scratch memory made by a reorder step.
  dnnl::memory operand(
      std::size_t index, const dnnl::memory::desc &given, const dnnl::memory::desc &wanted);

  // A memory object over the caller's result.
  dnnl::memory result(const dnnl::memory::desc &layout);

  // A memory object over a fresh 64-byte aligned range of the scratch memory.
  dnnl::memory temporary(const dnnl::memory::desc &layout);

  // Appends the copy of one memory object to another, which changes the layout.
  void append_reorder(const dnnl::memory &from, const dnnl::memory &to);

  // Appends a primitive with its arguments; its scratchpad is placed in the scratch memory.
  void append(const dnnl::primitive &primitive, const dnnl::memory::desc &scratchpad,
      const arguments &with);

  // Has the caller give the second operand in the layout `wanted`, which `pack` makes.
  void expect_packed(const dnnl::memory::desc &given, const dnnl::memory::desc &wanted) {
    plain = given;
    packed = wanted;
  }

  // The bytes of the packed second operand; 0 if it is taken as it is.
  std::size_t packed_bytes() const { return plain == packed ? 0 : packed.get_size(); }

  int pack(const void *from, void *to) const;

  // Has every run begin with zeros in the scratch memory.
  void clear_scratch() { clears_scratch = true; }

  int run(const void *const *operands, void *result, void *scratch);

  std::size_t scratch_bytes = 0;
  std::string implementation;

 private:
  // Where the bytes of a memory object are found at a run.
  enum class place { operand, result, scratch };

  struct binding {
    dnnl::memory memory;
    place where;
    std::size_t position;  // the operand's index, or the offset in scratch memory in bytes
  };

  struct step {
    dnnl::primitive primitive;
    // The C interface takes this array as it is; the C++ one would copy a hash table at every run.
    std::vector<dnnl_exec_arg_t> arguments;
  };

  dnnl::memory bind(const dnnl::memory::desc &layout, place where, std::size_t position);

  bool clears_scratch = false;
  dnnl::memory::desc plain, packed;
  std::vector<binding> bindings;
  std::vector<step> steps;
};

namespace ranvier {

// The process's CPU engine.
const dnnl::engine &engine();

dnnl::memory::data_type data_type(odnn_type type);

// The same array in whatever layout oneDNN likes best.
dnnl::memory::desc any_layout(const dnnl::memory::desc &layout);

// Throws unless all sizes are positive. Empty operations are the caller's business.
void check_sizes(const std::int64_t *sizes, std::size_t count);

// Attributes common to all primitives: strict arithmetic, scratchpad owned by the caller.
dnnl::primitive_attr common_attributes();

// Attributes of a primitive whose result is finished by `epilogue`. The bias is not among them: it
// is an argument of the product itself.
dnnl::primitive_attr attributes(const odnn_epilogue &epilogue);

// "[2, 3, 4]", for error texts.
std::string list(const std::int64_t *values, std::size_t count);

const char *name(odnn_type type);

void write_error(
    const std::string &operation, const char *reason, char *error, std::size_t capacity);

// Calls `build` on a new kernel. Whatever goes wrong ends as text in `error`: `title()`, which
// names what was asked for with its sizes, and the reason. Should memory run out while the text is
// made the process ends, as it does in Swift.
template <typename Title, typename Build>
odnn_kernel *create(
    const Title &title, char *error, std::size_t capacity, const Build &build) noexcept {
  try {
    auto kernel = std::make_unique<odnn_kernel>();
    build(*kernel);
    return kernel.release();
  } catch (const dnnl::error &failure) {
    write_error(title(), failure.message, error, capacity);
  } catch (const std::exception &failure) {
    write_error(title(), failure.what(), error, capacity);
  } catch (...) {
    write_error(title(), "unknown exception", error, capacity);
  }
  return nullptr;
}

// The descriptor of a primitive with `attributes`; `description` is what oneDNN 2 calls the
// operation descriptor's constructor arguments. oneDNN 3 has no operation descriptors any more.
template <typename Primitive, typename... Description>
typename Primitive::primitive_desc describe(
    const dnnl::primitive_attr &attributes, const Description &...description) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), description..., attributes);
#else
  return typename Primitive::primitive_desc(
      typename Primitive::desc(description...), attributes, engine());
#endif
}

// The same for a gradient, which also takes the forward primitive's descriptor.
template <typename Primitive, typename Forward, typename... Description>
typename Primitive::primitive_desc describe_gradient(const dnnl::primitive_attr &attributes,
    const Forward &forward, const Description &...description) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), description..., forward, attributes);
#else
  return typename Primitive::primitive_desc(
      typename Primitive::desc(description...), attributes, engine(), forward);
#endif
}

}  // namespace ranvier

#endif
#endif
