internal import CKernels

extension ConvolutionKernel {
  /// What our own kernels need to know, but for where the kernel lies: over two axes.
  ///
  /// The gradient of the input is described as the convolution of the outputs' with the turned
  /// kernel; that of the kernel as the convolution it belongs to.
  var description: ck_convolution {
    let isForInput = direction == .inputGradient
    let (from, to) = isForInput ? (output, input) : (input, output)
    /// Sizes of two axes; a missing first one has size 1.
    func pair<Number>(_ values: some Collection<Number>, missing: Number) -> (Number, Number) {
      let all = Array(values)
      return all.count == 1 ? (missing, all[0]) : (all[0], all[1])
    }
    let axes = 1 ..< geometry.axes + 1
    let sizes = Array(kernel.sizes[..<geometry.axes])
    let padding = zip(sizes, geometry.paddingLow).map { size, low in
      Int64(isForInput ? size - 1 - low : low)
    }
    var description = ck_convolution()
    description.batch = from[0]
    description.input_channels = from[-1]
    description.output_channels = to[-1]
    description.input = pair(from.sizes[axes], missing: 1)
    description.output = pair(to.sizes[axes], missing: 1)
    description.size = pair(sizes, missing: 1)
    description.stride = pair(geometry.strides, missing: 1)
    description.padding = pair(padding, missing: 0)
    description.turned = isForInput
    description.rectifies = epilogue.activation == .rectifiedLinear
    description.activation = epilogue.activation.ownKernel
    return description
  }

  /// Whether everything is f32, and the kernel one that our own kernels know: over one or two axes,
  /// without groups and holes.
  var isForOwnKernels: Bool {
    NativeProduct.isAvailable
      && [type, biasType, resultType].allSatisfy { $0 == .float32 }
      && (1 ... 2).contains(geometry.axes) && geometry.groups == 1
      && geometry.dilation.allSatisfy { $0 == 1 }
  }
}

/// The description of a convolution, which the compiler does not know to be `Sendable`; never
/// changed.
struct PreparedConvolution: @unchecked Sendable { let description: ck_convolution }
