internal import CKernels
internal import Foundation

/// Our own convolutions of f32 with kernels of 3 x 3 and strides of 1, for processors with AVX-512, in
/// a quarter of the products.
///
/// Results differ from those of plain convolutions by a few more roundings: about 1e-6 of the
/// largest, at most about 1e-5. They are the same on any number of threads.
struct WinogradConvolution {
  /// `RANVIER_WINOGRAD=0` computes all convolutions plainly.
  private static let isAvailable =
    ProcessInfo.processInfo.environment["RANVIER_WINOGRAD"] != "0"

  /// Products over fewer channels take less time than bringing their operands there.
  private static let fewestChannels = 32
  /// Results at once along an axis.
  private static let tile = 4
  /// Matrices of fewer tiles than this load more of the kernel than they multiply.
  private static let fewestTiles = 8
  /// Transforming a kernel in each run pays from so many pixels of the output on.
  private static let fewestPixels = 384

  private let source: ConvolutionKernel

  /// `nil` where the convolution is of another kind or would not become faster.
  init?(_ source: ConvolutionKernel) {
    let geometry = source.geometry
    let channels = [source.input[-1], source.output[-1]]
    guard WinogradConvolution.isAvailable, source.isForOwnKernels, geometry.axes == 2,
      geometry.strides.allSatisfy({ $0 == 1 }), source.kernel.sizes[..<2] == [3, 3],
      channels.allSatisfy({ $0 % 16 == 0 && $0 >= WinogradConvolution.fewestChannels })
    else { return nil }
    let result = source.direction == .inputGradient ? source.input : source.output
    let tiles = result.sizes[1 ... 2].reduce(result[0]) { count, size in
      count * ((size + WinogradConvolution.tile - 1) / WinogradConvolution.tile)
    }
    let pixels = result.count / result[-1]
    // Of tiles that reach over the border only a part is of use.
    guard tiles * WinogradConvolution.tile * WinogradConvolution.tile <= 2 * pixels,
      source.isKernelConstant
        ? tiles >= WinogradConvolution.fewestTiles : pixels >= WinogradConvolution.fewestPixels
    else { return nil }
    self.source = source
  }

  /// The kernel; operands are the two tensors of the direction, then bias and residual if there are
  /// any.
  func kernel() -> Kernel {
    let prepared = PreparedConvolution(description: source.description)
    var description = prepared.description
    let lanes = Int(ck_thread_count())
    let elementBytes = MemoryLayout<Float>.size
    if source.direction == .kernelGradient {
      let scratch = ck_winograd_gradient_scratch_count(&description, lanes) * elementBytes
      return Kernel("winograd convolution", scratchBytes: scratch) { arguments in
        var description = prepared.description
        ck_run_winograd_gradient(
          &description, lanes, arguments[2].elements, arguments[0].elements,
          arguments[1].elements, arguments[3].elements)
      }
    }
    let hasBias = source.epilogue.hasBias
    let residual = source.epilogue.residualPosition
    let result = 2 + source.epilogue.operandCount
    let scratch = ck_winograd_scratch_count(&description, lanes) * elementBytes
    let transformed = ck_winograd_kernel_count(&description) * elementBytes
    let isPacked = source.isKernelConstant
    var kernel = Kernel(
      isPacked ? "winograd convolution, packed" : "winograd convolution",
      scratchBytes: isPacked ? scratch : scratch + transformed,
      inPlacePairs: source.epilogue.inPlacePairs
    ) { arguments in
      var description = prepared.description
      var space = arguments[result + 1]
      var kernel = arguments[1]
      if !isPacked {
        kernel = space
        space += transformed
        ck_winograd_transform_kernel(&description, arguments[1].elements, kernel.elements)
      }
      ck_run_winograd(
        &description, lanes, arguments[result].elements, arguments[0].elements, kernel.elements,
        hasBias ? arguments[2].elements : nil, residual.map { arguments[$0].elements },
        space.elements)
    }
    if isPacked {
      kernel.packing = Kernel.Packing(operand: 1, byteCount: transformed) { plain, packed in
        var description = prepared.description
        ck_winograd_transform_kernel(&description, plain.elements, packed.elements)
      }
    }
    return kernel
  }
}
