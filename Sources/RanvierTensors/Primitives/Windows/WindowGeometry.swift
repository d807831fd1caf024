internal import CKernels

/// How windows lie over the spatial axes of `[batch, spatial..., channels]`.
package struct WindowGeometry: Sendable, Hashable, CustomStringConvertible {
  package var size: [Int]
  package var strides: [Int]
  package var paddingLow: [Int]
  package var paddingHigh: [Int]
  package var dilation: [Int]

  package init(
    size: [Int], strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilation: [Int]
  ) {
    self.size = size
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilation = dilation
  }

  package var description: String {
    "size \(size) strides \(strides) padding \(paddingLow) \(paddingHigh) dilation \(dilation)"
  }

  package var axes: Int { size.count }

  /// The same movement as a convolution's.
  var movement: ConvolutionGeometry {
    ConvolutionGeometry(
      strides: strides, paddingLow: paddingLow, paddingHigh: paddingHigh, dilation: dilation)
  }

  /// The shape of one value per window, or the error that says why the windows do not fit.
  func outputShape(
    _ operation: String, _ input: TensorType
  ) throws(OperationError) -> Shape {
    let counts = [strides.count, paddingLow.count, paddingHigh.count, dilation.count]
    guard (1 ... 3).contains(axes), input.shape.rank == axes + 2, counts.allSatisfy({ $0 == axes }),
      (size + strides + dilation).allSatisfy({ $0 > 0 }), input.elementType != .bool
    else {
      throw OperationError(
        operation: operation,
        rule:
          "numbers [batch, \(axes) spatial axes, channels] and positive sizes, strides and dilations, 1 to 3 each",
        got: "\(input), \(self)")
    }
    var sizes = input.shape.sizes
    for axis in 0 ..< axes {
      sizes[axis + 1] = movement.outputSize(input.shape[axis + 1], kernel: size[axis], axis: axis)
      guard sizes[axis + 1] >= 0 else {
        throw OperationError(
          operation: operation, rule: "an input (with padding) at least as large as the window",
          got: "\(input), \(self)")
      }
    }
    return Shape(sizes)
  }

  /// The C kernels' description of all windows of a batch.
  func window(input: Shape, output: Shape) -> ck_window {
    var window = movement.window(
      input: input, kernel: Shape(size + [1, 1]), output: output, channels: input[-1])
    window.batch = input[0]
    return window
  }

  /// The spatial positions of the input that a window covers, each with its flat index.
  func positions(_ output: [Int], input: Shape) -> [(spatial: [Int], flat: Int)] {
    Shape(size).indices.compactMap { offset in
      let spatial = (0 ..< axes).map { axis in
        let start = output[axis + 1] * strides[axis] - paddingLow[axis]
        return start + offset[axis] * dilation[axis]
      }
      guard spatial.indices.allSatisfy({ 0 <= spatial[$0] && spatial[$0] < input[$0 + 1] }) else {
        return nil
      }
      return (spatial, spatial.indices.reduce(0) { $0 * input[$1 + 1] + spatial[$1] })
    }
  }

  static let sampleCases: [(geometry: WindowGeometry, input: Shape)] = [
    (
      .init(
        size: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [1, 1]),
      [2, 4, 6, 3]
    ),
    (
      .init(
        size: [3, 3], strides: [2, 2], paddingLow: [1, 1], paddingHigh: [1, 1], dilation: [1, 1]),
      [1, 5, 5, 2]
    ),
    (
      .init(
        size: [3, 2], strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 1], dilation: [1, 1]),
      [1, 4, 3, 1]
    ),
    (
      .init(
        size: [2, 2], strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [2, 1]),
      [1, 5, 3, 2]
    ),
    (.init(size: [3], strides: [2], paddingLow: [1], paddingHigh: [0], dilation: [1]), [2, 7, 2]),
    (
      .init(
        size: [2, 1, 2], strides: [1, 2, 1], paddingLow: [0, 0, 0], paddingHigh: [0, 0, 0],
        dilation: [1, 1, 1]), [1, 3, 3, 2, 2]
    ),
  ]
}

/// The C structure, which the compiler does not know to be `Sendable`.
struct SendableWindow: @unchecked Sendable {
  var window: ck_window
}
