internal import CKernels
#if OneDNN
  internal import COneDNN
#endif

/// The choice of library for a convolution or one of its gradients.
package struct ConvolutionKernel: Sendable {
  package enum Direction: Sendable, Hashable { case forward, inputGradient, kernelGradient }

  package var direction: Direction
  package var type: ElementType
  package var geometry: ConvolutionGeometry
  package var input: Shape
  package var kernel: Shape
  package var output: Shape
  package var epilogue = Epilogue()
  /// The type of the bias, if there is one.
  package var biasType: ElementType
  package var resultType: ElementType
  /// Whether the kernel of a forward convolution never changes, so that it is worth a layout of its
  /// own.
  package var isKernelConstant = false

  /// - Parameters:
  ///   - biasType: The operands' type by default; operands of 16 bits may have an `f32` bias.
  ///   - resultType: The operands' type by default; operands of 16 bits may give `f32`.
  package init(
    _ direction: Direction, type: ElementType, geometry: ConvolutionGeometry, input: Shape,
    kernel: Shape, output: Shape, epilogue: Epilogue = Epilogue(), biasType: ElementType? = nil,
    resultType: ElementType? = nil, isKernelConstant: Bool = false
  ) {
    self.direction = direction
    self.type = type
    self.biasType = biasType ?? type
    self.resultType = resultType ?? type
    self.geometry = geometry
    self.input = input
    self.kernel = kernel
    self.output = output
    self.epilogue = epilogue
    self.isKernelConstant = isKernelConstant
  }

  /// Whether a convolution of bf16 numbers is computed sooner by our own kernels of f32, which leave
  /// out what lies outside of small images.
  package var isFasterInFloat32: Bool {
    // From images of 7 x 7 on, and with fewer images or channels, the library is as fast.
    let (fewestImages, fewestChannels, mostPositions) = (4, 128, 16)
    guard type == .bfloat16, input[0] >= fewestImages,
      Swift.min(input[-1], output[-1]) >= fewestChannels,
      output.sizes[1 ... geometry.axes].reduce(1, *) <= mostPositions
    else { return false }
    let wide = ConvolutionKernel(
      direction, type: .float32, geometry: geometry, input: input, kernel: kernel, output: output)
    return WinogradConvolution(wide) != nil || NativeConvolution(wide) != nil
  }

  private var resultShape: Shape {
    switch direction {
    case .forward: output
    case .inputGradient: input
    case .kernelGradient: kernel
    }
  }

  /// The prepared kernel; operands are the two tensors of the direction, then the bias if there is
  /// one.
  package func prepared() -> Kernel {
    if input.count == 0 || kernel.count == 0 || output.count == 0 {
      let byteCount = resultShape.count * resultType.byteCount
      return withEpilogue(
        Kernel("zero") { arguments in
          arguments[2].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }, of: resultType)
    }
    if let winograd = WinogradConvolution(self) { return winograd.kernel() }
    if let native = NativeConvolution(self) { return native.kernel() }
    #if OneDNN
      if OneDNNKernel.multiplies(type), resultType != .float64, let kernel = oneDNN() {
        // The convolution of oneDNN 2.6 that goes through gemm now and then stores a wrong element
        // when it applies an activation; there it is applied afterwards.
        guard !epilogue.isEmpty, kernel.implementation.contains("gemm") else { return kernel }
        var plain = self
        plain.epilogue = Epilogue()
        if let kernel = plain.oneDNN() { return withEpilogue(kernel, of: resultType) }
      }
    #endif
    if type == .float32 || type == .float64 { return withEpilogue(unfolding(), of: type) }
    return inFloat32()
  }

  private func withEpilogue(_ kernel: Kernel, of product: ElementType) -> Kernel {
    kernel.withEpilogue(
      epilogue, of: product, bias: biasType, result: resultType,
      rows: resultShape.sizes.dropLast().reduce(1, *), columns: resultShape[-1], operands: 2)
  }

  #if OneDNN
    private func oneDNN() -> Kernel? {
      var description = odnn_convolution()
      description.direction =
        switch direction {
        case .forward: ODNN_FORWARD
        case .inputGradient: ODNN_INPUT_GRADIENT
        case .kernelGradient: ODNN_KERNEL_GRADIENT
        }
      description.operand_type = type.oneDNN
      description.result_type = resultType.oneDNN
      description.spatial_rank = Int32(geometry.axes)
      description.batch = Int64(input[0])
      description.input_channels = Int64(input[-1])
      description.output_channels = Int64(output[-1])
      description.groups = Int64(geometry.groups)
      func spatial(_ values: some Collection<Int>) -> (Int64, Int64, Int64) {
        let padded = values.map { Int64($0) } + [0, 0, 0]
        return (padded[0], padded[1], padded[2])
      }
      let axes = geometry.axes
      description.input = spatial(input.sizes[1 ..< axes + 1])
      description.output = spatial(output.sizes[1 ..< axes + 1])
      description.size = spatial(kernel.sizes[..<axes])
      description.stride = spatial(geometry.strides)
      description.dilation = spatial(geometry.dilation)
      description.padding_low = spatial(geometry.paddingLow)
      description.padding_high = spatial(geometry.paddingHigh)
      description.packed_kernel = isKernelConstant
      description.epilogue = epilogue.oneDNN(bias: biasType)
      let work = OneDNNKernel.Work(
        operations: 2 * Double(output.count) * Double(kernel.count / output[-1]),
        bytes: Double((input.count + kernel.count + output.count) * type.byteCount))
      let operandCount = 2 + (epilogue.hasBias ? 1 : 0)
      let kernel = OneDNNKernel.make("convolution", type, operandCount: operandCount, work: work) {
        odnn_create_convolution(&description, $0, $1)
      }
      guard epilogue.hasResidual else { return kernel }
      return kernel?.takingResidual(
        after: operandCount, byteCount: output.count * resultType.byteCount)
    }
  #endif

  /// Windows unfolded into rows and multiplied by the kernel, image by image and group by group.
  private func unfolding() -> Kernel {
    let plan = UnfoldedConvolution(self)
    return Kernel("unfold + openblas gemm", scratchBytes: plan.scratchBytes) { plan.run($0) }
  }

  /// Types without arithmetic of their own are widened, and the result is rounded once.
  private func inFloat32() -> Kernel {
    let wide = ConvolutionKernel(
      direction, type: .float32, geometry: geometry, input: input, kernel: kernel, output: output)
    let operands =
      switch direction {
      case .forward: [input, kernel]
      case .inputGradient: [output, kernel]
      case .kernelGradient: [input, output]
      }
    return withEpilogue(
      wide.prepared().converting(operands.map { TensorType(type, $0) }), of: .float32)
  }
}

/// Convolution as a matrix product over unfolded windows.
private struct UnfoldedConvolution: Sendable {
  let direction: ConvolutionKernel.Direction
  let type: ElementType
  let groups: Int
  let images: Int
  let inputCount: Int
  let positions: Int
  let depth: Int
  let channels: Int
  let outputs: Int
  private let windowBox: WindowBox

  /// The C structure, which the compiler does not know to be `Sendable`.
  private struct WindowBox: @unchecked Sendable { let window: ck_window }

  init(_ source: ConvolutionKernel) {
    let geometry = source.geometry
    direction = source.direction
    type = source.type
    groups = geometry.groups
    images = source.input[0]
    channels = source.input[-1]
    outputs = source.output[-1]
    inputCount = source.input.sizes[1 ... geometry.axes].reduce(1, *)
    positions = source.output.sizes[1 ... geometry.axes].reduce(1, *)
    depth = source.kernel.count / outputs
    windowBox = WindowBox(
      window: geometry.window(
        input: source.input, kernel: source.kernel, output: source.output,
        channels: channels / groups))
  }

  private var foldedBytes: Int { (positions * depth * type.byteCount + 63) & ~63 }
  private var imageBytes: Int { inputCount * (channels / groups) * type.byteCount }
  var scratchBytes: Int { foldedBytes + imageBytes }

  func run(_ arguments: KernelArguments) {
    var window = windowBox.window
    let size = type.byteCount
    let rows = arguments[3]
    let part = arguments[3] + foldedBytes
    let partChannels = channels / groups
    let partOutputs = outputs / groups
    for image in 0 ..< images {
      for group in 0 ..< groups {
        let imageOffset = image * inputCount * channels * size
        let outputOffset = (image * positions * outputs + group * partOutputs) * size
        let kernelOffset = group * partOutputs * size
        /// The channels of this group as one dense image.
        func source(_ image: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
          if groups == 1 { return image }
          StridedCopy(
            shape: [inputCount, partChannels], elementSize: size, sourceStrides: [channels, 1],
            sourceOffset: group * partChannels
          ).run(from: image, to: part)
          return part
        }
        switch direction {
        case .forward:
          ck_unfold(&window, type.ckType, rows, source(arguments[0] + imageOffset))
          BLASProduct(
            type: type, rows: positions, columns: partOutputs, depth: depth, left: rows,
            leftStride: depth, transposesLeft: false, right: arguments[1] + kernelOffset,
            rightStride: outputs, transposesRight: false, result: arguments[2] + outputOffset,
            resultStride: outputs
          ).run()
        case .inputGradient:
          BLASProduct(
            type: type, rows: positions, columns: depth, depth: partOutputs,
            left: arguments[0] + outputOffset, leftStride: outputs, transposesLeft: false,
            right: arguments[1] + kernelOffset, rightStride: outputs, transposesRight: true,
            result: rows, resultStride: depth
          ).run()
          let target = arguments[2] + imageOffset
          ck_fold(&window, type.ckType, groups == 1 ? target : part, rows)
          if groups > 1 {
            StridedCopy(
              shape: [inputCount, partChannels], elementSize: size,
              sourceStrides: [partChannels, 1], resultStrides: [channels, 1],
              resultOffset: group * partChannels
            ).run(from: part, to: target)
          }
        case .kernelGradient:
          ck_unfold(&window, type.ckType, rows, source(arguments[0] + imageOffset))
          BLASProduct(
            type: type, rows: depth, columns: partOutputs, depth: positions, left: rows,
            leftStride: depth, transposesLeft: true, right: arguments[1] + outputOffset,
            rightStride: outputs, transposesRight: false, result: arguments[2] + kernelOffset,
            resultStride: outputs, accumulates: image > 0
          ).run()
        }
      }
    }
  }
}
