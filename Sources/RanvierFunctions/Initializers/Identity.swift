internal import RanvierTensors

extension Initializer {
  /// Kernels that give their input back: the identity matrix, and zeros around it in a window.
  ///
  /// Outputs beyond the inputs are 0. A convolution needs padding `.same` to give its input back.
  ///
  /// - Shapes: `[inputs, outputs]` or `[size..., inputs, outputs]`. The centre of an even size is the
  ///   first of both middle positions, as that of padding `.same`.
  /// - Source: Le, Jaitly & Hinton 2015, arXiv:1504.00941; PyTorch's `dirac_` for windows.
  public static let identity = Initializer.identity(gain: 1)

  /// Kernels that give their input back times a gain.
  public static func identity(gain: Double) -> Initializer {
    Initializer("identity", options: ["gain": gain]) { shape, _, type, options in
      guard shape.rank >= 2 else {
        return Tensor(
          invalid: OperationError(
            operation: "identity", rule: "a kernel [inputs, outputs] or [size..., inputs, outputs]",
            got: "\(shape)"))
      }
      if shape.count == 0 { return Tensor.zeros(shape, elementType: type) }
      let matrix = Tensor.identity(shape[-2], columns: shape[-1], elementType: type)
      return centered(matrix * (options["gain"] ?? gain), in: shape)
    }
  }
}

/// A matrix `[inputs, outputs]` at the centre of a kernel `[size..., inputs, outputs]` of zeros.
func centered(_ matrix: Tensor, in shape: Shape) -> Tensor {
  let window = shape.sizes.dropLast(2)
  let ones = [Int](repeating: 1, count: window.count)
  let border = window.map { (before: ($0 - 1) / 2, after: $0 / 2) }
  return matrix.reshaped(to: Shape(ones + shape.sizes.suffix(2)))
    .padded(border + [(before: 0, after: 0), (before: 0, after: 0)])
}
