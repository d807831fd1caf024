internal import CKernels

/// Our own convolutions of f32 over one or two axes, for processors with AVX-512.
///
/// They read input and kernel where they lie, and give the same result on any number of threads.
struct NativeConvolution {
  /// Windows of fewer elements are left to the libraries: copying them takes longer than the
  /// products.
  private static let smallestWindow = 9

  /// Tiles of fewer channels load more than they multiply, which only pays for small windows.
  private static let fewestChannels = 48
  private static let fewestChannelsOfSmallWindows = 32
  private static let largestSmallWindow = 64

  /// Gradients of inputs with strides multiply the images of a batch together.
  private static let fewestImages = 4

  /// The gradient of a kernel reads those of the outputs several times, unless the window is small, and
  /// then they should stay in the caches.
  private static let mostGradients = 1 << 20

  private let source: ConvolutionKernel

  /// `nil` where the convolution is of a kind that we leave to the libraries.
  init?(_ source: ConvolutionKernel) {
    let geometry = source.geometry
    let window = source.kernel.count / Swift.max(1, source.kernel[-1])
    let isSmall = window <= NativeConvolution.largestSmallWindow
    let isForInput = source.direction == .inputGradient
    // The channels that lie along the vectors.
    let channels = isForInput ? source.input[-1] : source.output[-1]
    guard source.isForOwnKernels, channels % 16 == 0,
      channels >= NativeConvolution.fewestChannels
        || isSmall && channels >= NativeConvolution.fewestChannelsOfSmallWindows,
      window >= NativeConvolution.smallestWindow,
      !isForInput || geometry.strides.allSatisfy({ $0 == 1 })
        || source.input[0] >= NativeConvolution.fewestImages,
      source.direction != .kernelGradient || isSmall
        || source.output.count <= NativeConvolution.mostGradients
    else { return nil }
    self.source = source
  }

  /// The kernel; operands are the two tensors of the direction, then bias and residual if there are
  /// any.
  func kernel() -> Kernel {
    let prepared = PreparedConvolution(description: description)
    if source.direction == .kernelGradient {
      var description = prepared.description
      let scratch = ck_kernel_gradient_scratch_count(&description) * MemoryLayout<Float>.size
      return Kernel("native convolution", scratchBytes: scratch) { arguments in
        var convolution = prepared.description
        ck_run_kernel_gradient(
          &convolution, arguments[2].elements, arguments[0].elements,
          arguments[1].elements, arguments[3].elements)
      }
    }
    let hasBias = source.epilogue.hasBias
    let residual = source.epilogue.residualPosition
    let result = 2 + source.epilogue.operandCount
    var kernel = Kernel(
      prepared.description.packed ? "native convolution, packed" : "native convolution",
      inPlacePairs: source.epilogue.inPlacePairs
    ) { arguments in
      var convolution = prepared.description
      ck_run_convolution(
        &convolution, arguments[result].elements, arguments[0].elements,
        arguments[1].elements, hasBias ? arguments[2].elements : nil,
        residual.map { arguments[$0].elements })
    }
    if prepared.description.packed { kernel.packing = packing }
    return kernel
  }

  private var description: ck_convolution {
    var description = source.description
    description.packed = source.direction == .forward && source.isKernelConstant
    return description
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
      ck_pack_right(&product, plain.elements, packed.elements)
    }
  }
}
