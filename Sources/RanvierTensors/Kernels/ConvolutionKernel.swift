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
  /// Whether the kernel of a forward convolution never changes, so that it is worth a layout of its
  /// own.
  package var isKernelConstant = false

  package init(
    _ direction: Direction, type: ElementType, geometry: ConvolutionGeometry, input: Shape,
    kernel: Shape, output: Shape, epilogue: Epilogue = Epilogue(), isKernelConstant: Bool = false
  ) {
    self.direction = direction
    self.type = type
    self.geometry = geometry
    self.input = input
    self.kernel = kernel
    self.output = output
    self.epilogue = epilogue
    self.isKernelConstant = isKernelConstant
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
    let rows = output.sizes.dropLast().reduce(1, *)
    func withEpilogue(_ kernel: Kernel) -> Kernel {
      kernel.withEpilogue(epilogue, type, rows: rows, columns: output[-1], operands: 2)
    }
    if input.count == 0 || kernel.count == 0 || output.count == 0 {
      let byteCount = resultShape.count * type.byteCount
      return withEpilogue(
        Kernel("zero") { arguments in
          arguments[2].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        })
    }
    #if OneDNN
      if type == .float32 || type == .bfloat16, let kernel = oneDNN() {
        // The convolution of oneDNN 2.6 that goes through gemm now and then stores a wrong element
        // when it applies an activation; there it is applied afterwards.
        guard !epilogue.isEmpty, kernel.implementation.contains("gemm") else { return kernel }
        var plain = self
        plain.epilogue = Epilogue()
        if let kernel = plain.oneDNN() { return withEpilogue(kernel) }
      }
    #endif
    if type == .float32 || type == .float64 { return withEpilogue(unfolding()) }
    return withEpilogue(inFloat32())
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
      description.operand_type = type == .bfloat16 ? ODNN_BF16 : ODNN_F32
      description.result_type = description.operand_type
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
      description.epilogue = epilogue.oneDNN
      let work = OneDNNKernel.Work(
        operations: 2 * Double(output.count) * Double(kernel.count / output[-1]),
        bytes: Double((input.count + kernel.count + output.count) * type.byteCount))
      let operandCount = 2 + (epilogue.hasBias ? 1 : 0)
      let kernel = OneDNNKernel.make("convolution", operandCount: operandCount, work: work) {
        odnn_create_convolution(&description, $0, $1)
      }
      guard epilogue.hasResidual else { return kernel }
      return kernel?.takingResidual(
        after: operandCount, byteCount: output.count * type.byteCount)
    }
  #endif

  /// Windows unfolded into rows and multiplied by the kernel, image by image and group by group.
  private func unfolding() -> Kernel {
    let plan = UnfoldedConvolution(self)
    return Kernel("unfold + openblas gemm", scratchBytes: plan.scratchBytes) { plan.run($0) }
  }

  /// Types without arithmetic of their own are widened, and the result is rounded once.
  private func inFloat32() -> Kernel {
    var wide = self
    wide.isKernelConstant = false
    wide.type = .float32
    wide.epilogue = Epilogue()
    let inner = wide.prepared()
    let shapes: [Shape] =
      switch direction {
      case .forward: [input, kernel, output]
      case .inputGradient: [output, kernel, input]
      case .kernelGradient: [input, output, kernel]
      }
    let narrow = type
    let sizes = shapes.map { ($0.count * 4 + 63) & ~63 }
    let offsets = [0, sizes[0], sizes[0] + sizes[1], sizes[0] + sizes[1] + sizes[2]]
    return Kernel("f32 " + inner.implementation, scratchBytes: offsets[3] + inner.scratchBytes) {
      arguments in
      func convert(
        _ from: ElementType, _ source: UnsafeMutableRawPointer, _ to: ElementType,
        _ target: UnsafeMutableRawPointer, _ count: Int
      ) {
        var operand: UnsafeRawPointer? = UnsafeRawPointer(source)
        ck_cast_kernel(from.ckType, to.ckType)?(target, &operand, 0, count)
      }
      let scratch = arguments[3]
      for index in 0 ..< 2 {
        convert(narrow, arguments[index], .float32, scratch + offsets[index], shapes[index].count)
      }
      let pointers = (0 ..< 4).map { scratch + offsets[$0] }
      pointers.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { inner.body(KernelArguments(base: base)) }
      }
      convert(.float32, scratch + offsets[2], narrow, arguments[2], shapes[2].count)
    }
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
