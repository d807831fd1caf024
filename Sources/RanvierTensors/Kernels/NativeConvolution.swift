internal import CKernels

/// Our own convolutions of f32 over one or two axes, for processors with AVX-512.
///
/// They read input and kernel where they lie, and give the same result on any number of threads.
struct NativeConvolution {
  /// Windows of fewer elements are left to the libraries: copying them takes longer than the
  /// products.
  private static let smallestWindow = 27

  /// Tiles of fewer channels load more than they multiply.
  private static let fewestChannels = 48

  /// The gradient of a kernel reads those of the outputs several times, which then should stay in the
  /// caches.
  private static let mostGradients = 1 << 20

  /// The C structure, which the compiler does not know to be `Sendable`; never changed.
  private struct Prepared: @unchecked Sendable { let convolution: ck_convolution }

  private let source: ConvolutionKernel

  /// `nil` where the convolution is of a kind that we leave to the libraries.
  init?(_ source: ConvolutionKernel) {
    let geometry = source.geometry
    let window = source.kernel.count / Swift.max(1, source.kernel[-1])
    let isForInput = source.direction == .inputGradient
    // The channels that lie along the vectors.
    let channels = isForInput ? source.input[-1] : source.output[-1]
    guard NativeProduct.isAvailable,
      [source.type, source.biasType, source.resultType].allSatisfy({ $0 == .float32 }),
      (1 ... 2).contains(geometry.axes), geometry.groups == 1,
      geometry.dilation.allSatisfy({ $0 == 1 }), channels % 16 == 0,
      channels >= NativeConvolution.fewestChannels,
      window >= NativeConvolution.smallestWindow,
      !isForInput || geometry.strides.allSatisfy({ $0 == 1 }),
      source.direction != .kernelGradient
        || source.output.count <= NativeConvolution.mostGradients
    else { return nil }
    self.source = source
  }

  /// The kernel; operands are the two tensors of the direction, then bias and residual if there are
  /// any.
  func kernel() -> Kernel {
    let prepared = Prepared(convolution: convolution)
    if source.direction == .kernelGradient {
      var description = prepared.convolution
      let scratch = ck_kernel_gradient_scratch_count(&description) * MemoryLayout<Float>.size
      return Kernel("native convolution", scratchBytes: scratch) { arguments in
        var convolution = prepared.convolution
        ck_run_kernel_gradient(
          &convolution, Self.elements(arguments[2]), Self.elements(arguments[0]),
          Self.elements(arguments[1]), Self.elements(arguments[3]))
      }
    }
    let hasBias = source.epilogue.hasBias
    let result = hasBias ? 3 : 2
    var kernel = Kernel(
      prepared.convolution.packed ? "native convolution, packed" : "native convolution"
    ) { arguments in
      var convolution = prepared.convolution
      ck_run_convolution(
        &convolution, Self.elements(arguments[result]), Self.elements(arguments[0]),
        Self.elements(arguments[1]), hasBias ? Self.elements(arguments[2]) : nil)
    }
    if prepared.convolution.packed { kernel.packing = packing }
    guard source.epilogue.hasResidual else { return kernel }
    return kernel.takingResidual(
      after: result, byteCount: source.output.count * MemoryLayout<Float>.size)
  }

  private var convolution: ck_convolution {
    let geometry = source.geometry
    let isForInput = source.direction == .inputGradient
    // The gradient of the input is the convolution of the outputs' with the turned kernel.
    let (from, to) = isForInput ? (source.output, source.input) : (source.input, source.output)
    /// Sizes of two axes; a missing first one has size 1.
    func pair<Number>(_ values: some Collection<Number>, missing: Number) -> (Number, Number) {
      let all = Array(values)
      return all.count == 1 ? (missing, all[0]) : (all[0], all[1])
    }
    let axes = 1 ..< geometry.axes + 1
    let sizes = Array(source.kernel.sizes[..<geometry.axes])
    let padding = zip(sizes, geometry.paddingLow).map { size, low in
      Int64(isForInput ? size - 1 - low : low)
    }
    var convolution = ck_convolution()
    convolution.batch = from[0]
    convolution.input_channels = from[-1]
    convolution.output_channels = to[-1]
    convolution.input = pair(from.sizes[axes], missing: 1)
    convolution.output = pair(to.sizes[axes], missing: 1)
    convolution.size = pair(sizes, missing: 1)
    convolution.stride = pair(geometry.strides, missing: 1)
    convolution.padding = pair(padding, missing: 0)
    convolution.turned = isForInput
    convolution.packed = source.direction == .forward && source.isKernelConstant
    convolution.accumulates = source.epilogue.hasResidual
    convolution.rectifies = source.epilogue.activation == .rectifiedLinear
    convolution.activation = source.epilogue.activation.ownKernel
    return convolution
  }

  /// The kernel as a matrix with a column for each output channel, panel by panel.
  private var packing: Kernel.Packing {
    var product = ck_product()
    product.columns = source.output[-1]
    product.depth = source.kernel.count / source.output[-1]
    product.right_row = Int64(product.columns)
    product.right_column = 1
    let byteCount = ck_packed_count(&product) * MemoryLayout<Float>.size
    let prepared = NativeProduct.Prepared(product: product)
    return Kernel.Packing(operand: 1, byteCount: byteCount) { plain, packed in
      var product = prepared.product
      ck_pack_right(&product, Self.elements(plain), Self.elements(packed))
    }
  }

  private static func elements(_ address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
    address.assumingMemoryBound(to: Float.self)
  }
}
