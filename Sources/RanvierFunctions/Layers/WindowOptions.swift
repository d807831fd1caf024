package import RanvierTensors

extension WindowGeometry {
  /// How windows lie over an input of given spatial sizes.
  ///
  /// Options of one number apply to all spatial axes.
  ///
  /// - Throws: The error that names the operation and the option that is wrong.
  package init(
    _ operation: String, input: [Int], size: [Int], strides: [Int], padding: Padding,
    dilation: [Int]
  ) throws(OperationError) {
    let axes = input.count
    func option(_ name: String, _ values: [Int], from least: Int) throws(OperationError) -> [Int] {
      let repeated = values.count == 1 ? [Int](repeating: values[0], count: axes) : values
      guard repeated.count == axes, repeated.allSatisfy({ (least ... 1 << 31).contains($0) }) else {
        throw OperationError(
          operation: operation,
          rule: """
            \(name) of at \(values.contains { $0 > 1 << 31 } ? "most 2^31" : "least \(least)"), one \
            for each of the \(axes) spatial axes or one for all
            """,
          got: "\(values) for spatial sizes \(Shape(input))")
      }
      return repeated
    }
    let size = try option("window sizes", size, from: 1)
    let strides = try option("strides", strides, from: 1)
    let dilation = try option("dilations", dilation, from: 1)
    var (low, high) = ([Int](repeating: 0, count: axes), [Int](repeating: 0, count: axes))
    switch padding {
    case .valid: break
    case .same:
      for axis in 0 ..< axes where input[axis] > 0 {
        let steps = (input[axis] - 1) / strides[axis]
        let reach = (size[axis] - 1) * dilation[axis] + 1
        let total = max(steps * strides[axis] + reach - input[axis], 0)
        low[axis] = total / 2
        high[axis] = total - total / 2
      }
    case .explicit(let before, let after):
      low = try option("padding", before, from: 0)
      high = try option("padding", after, from: 0)
    }
    self.init(size: size, strides: strides, paddingLow: low, paddingHigh: high, dilation: dilation)
  }

  /// The same movement as a convolution's.
  package func convolution(groups: Int = 1) -> ConvolutionGeometry {
    ConvolutionGeometry(
      strides: strides, paddingLow: paddingLow, paddingHigh: paddingHigh, dilation: dilation,
      groups: groups)
  }

  /// The spatial sizes of the output; negative where the window does not fit.
  package func outputSizes(of input: [Int]) -> [Int] {
    input.indices.map { convolution().outputSize(input[$0], kernel: size[$0], axis: $0) }
  }
}

extension Tensor {
  /// The sizes of the axes between batch and channels.
  ///
  /// - Throws: An error unless the tensor is valid and has one to three of them.
  func spatialSizes(_ operation: String) throws(OperationError) -> [Int] {
    if let error { throw error }
    guard (3 ... 5).contains(rank) else {
      throw OperationError(
        operation: operation, rule: "an input [batch, 1 to 3 spatial axes, channels]",
        got: "\(type)",
        hint: rank == 2 ? "reshape rows into images first" : "channels are the last axis")
    }
    return Array(shape.sizes[1 ..< rank - 1])
  }
}
