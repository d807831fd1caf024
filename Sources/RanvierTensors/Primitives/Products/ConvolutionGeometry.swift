internal import CKernels

/// How a convolution's kernel moves over its input, per spatial axis.
package struct ConvolutionGeometry: Sendable, Hashable, CustomStringConvertible {
  package var strides: [Int]
  package var paddingLow: [Int]
  package var paddingHigh: [Int]
  /// Distance between kernel elements; 1 for none.
  package var dilation: [Int]
  package var groups: Int

  package init(
    strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilation: [Int], groups: Int = 1
  ) {
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilation = dilation
    self.groups = groups
  }

  package var description: String {
    "strides \(strides) padding \(paddingLow) \(paddingHigh) dilation \(dilation) groups \(groups)"
  }

  /// The number of spatial axes.
  package var axes: Int { strides.count }

  /// The input indices an output covers along an axis, counting gaps.
  func extent(_ size: Int, _ axis: Int) -> Int { (size - 1) * dilation[axis] + 1 }

  /// The size of the output along a spatial axis; negative if the kernel does not fit.
  package func outputSize(_ input: Int, kernel: Int, axis: Int) -> Int {
    // Wide enough for any options.
    let extent = (Int128(kernel) - 1) * Int128(dilation[axis]) + 1
    let room = Int128(input) + Int128(paddingLow[axis]) + Int128(paddingHigh[axis]) - extent
    return room < 0 ? -1 : Int(clamping: room / Int128(strides[axis]) + 1)
  }

  /// Sizes of one convolution: `input [n, s..., c]`, `kernel [k..., c / groups, o]`, `output [n,
  /// t..., o]`.
  func check(
    _ operation: String, input: TensorType, kernel: TensorType, output: TensorType? = nil
  ) throws(OperationError) -> Shape {
    var got: String { "input \(input), kernel \(kernel), \(self)" }
    func error(_ rule: String, _ hint: String = "") -> OperationError {
      OperationError(operation: operation, rule: rule, got: got, hint: hint)
    }
    guard (1 ... 3).contains(axes),
      [paddingLow, paddingHigh, dilation].allSatisfy({ $0.count == axes }),
      strides.allSatisfy({ $0 > 0 }), dilation.allSatisfy({ $0 > 0 }), groups > 0
    else { throw error("1 to 3 spatial axes with positive strides, dilations and groups") }
    guard input.shape.rank == axes + 2, kernel.shape.rank == axes + 2 else {
      throw error(
        "input [batch, \(axes) spatial axes, channels] and kernel [\(axes) sizes, channels / groups, outputs]"
      )
    }
    guard input.elementType == kernel.elementType, input.elementType.isFloatingPoint else {
      throw error("input and kernel of one floating-point type")
    }
    let channels = input.shape[-1]
    let (needed, isTooMany) = kernel.shape[-2].multipliedReportingOverflow(by: groups)
    guard needed == channels, !isTooMany, kernel.shape[-1] % groups == 0 else {
      throw error(
        "as many input channels as groups times the kernel's, and outputs that groups divide",
        "channels are the last axis")
    }
    var sizes = [input.shape[0]]
    for axis in 0 ..< axes {
      let size = outputSize(input.shape[axis + 1], kernel: kernel.shape[axis], axis: axis)
      guard size >= 0, kernel.shape[axis] > 0 else {
        throw error("an input (with padding) at least as large as the kernel")
      }
      sizes.append(size)
    }
    sizes.append(kernel.shape[-1])
    let shape = Shape(sizes)
    if let output, output != TensorType(input.elementType, shape) {
      throw OperationError(
        operation: operation,
        rule: "an output gradient of type \(TensorType(input.elementType, shape))",
        got: "\(output) for \(got)")
    }
    return shape
  }

  /// The samples that forward and gradient primitives share: input and kernel shapes with a
  /// geometry.
  static let sampleCases: [(geometry: ConvolutionGeometry, input: Shape, kernel: Shape)] = [
    (
      .init(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [1, 1]),
      [2, 5, 4, 3], [3, 2, 3, 2]
    ),
    (
      .init(strides: [2, 1], paddingLow: [1, 0], paddingHigh: [1, 2], dilation: [1, 1]),
      [1, 5, 5, 2], [3, 3, 2, 3]
    ),
    (
      .init(strides: [1, 2], paddingLow: [0, 2], paddingHigh: [2, 1], dilation: [2, 2]),
      [1, 6, 5, 1], [2, 3, 1, 2]
    ),
    (
      .init(
        strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilation: [1, 1], groups: 2),
      [2, 3, 3, 4], [3, 3, 2, 6]
    ),
    (
      .init(
        strides: [1, 1], paddingLow: [0, 1], paddingHigh: [0, 1], dilation: [1, 1], groups: 3),
      [1, 3, 4, 3], [2, 3, 1, 6]
    ),
    (.init(strides: [2], paddingLow: [1], paddingHigh: [0], dilation: [1]), [2, 7, 2], [3, 2, 3]),
    (
      .init(
        strides: [1, 2, 1], paddingLow: [0, 1, 0], paddingHigh: [1, 1, 0], dilation: [1, 1, 1]),
      [1, 3, 4, 2, 2], [2, 3, 1, 2, 2]
    ),
    (
      .init(strides: [3, 3], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [1, 1]),
      [1, 7, 8, 2], [2, 2, 2, 1]
    ),
  ]

  /// The window structure of the C kernels for one image with some channels.
  func window(input: Shape, kernel: Shape, output: Shape, channels: Int) -> ck_window {
    var window = ck_window()
    window.batch = 1
    window.channels = channels
    func spatial<T>(_ values: [T], _ filler: T) -> (T, T, T) {
      let padded = [T](repeating: filler, count: 3 - values.count) + values
      return (padded[0], padded[1], padded[2])
    }
    window.input = spatial(Array(input.sizes[1 ..< axes + 1]), 1)
    window.output = spatial(Array(output.sizes[1 ..< axes + 1]), 1)
    window.size = spatial(Array(kernel.sizes[..<axes]), 1)
    window.stride = spatial(strides, 1)
    window.dilation = spatial(dilation, 1)
    window.padding = spatial(paddingLow.map { Int64($0) }, 0)
    return window
  }
}
