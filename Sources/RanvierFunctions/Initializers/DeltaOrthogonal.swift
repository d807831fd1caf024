internal import RanvierTensors

extension Initializer {
  /// Convolution kernels with a random orthogonal matrix at the centre of the window and zeros around
  /// it: signals keep their length through many convolutions.
  ///
  /// - Shapes: `[size..., inputs, outputs]` with at most as many inputs as outputs. The centre of an
  ///   even size is the first of both middle positions.
  /// - Source: Xiao, Bahri, Sohl-Dickstein, Schoenholz & Pennington 2018, arXiv:1806.05393.
  public static let deltaOrthogonal = Initializer.deltaOrthogonal(gain: 1)

  /// Convolution kernels with a random orthogonal matrix, times a gain, at the centre of the window
  /// and zeros around it.
  public static func deltaOrthogonal(gain: Double) -> Initializer {
    Initializer("delta_orthogonal", options: ["gain": gain]) { shape, key, type, options in
      guard shape.rank >= 2, shape.count == 0 || shape[-2] <= shape[-1] else {
        return Tensor(
          invalid: OperationError(
            operation: "deltaOrthogonal",
            rule: "a kernel [size..., inputs, outputs] with at most as many inputs as outputs",
            got: "\(shape)"))
      }
      if shape.count == 0 { return key.normal(shape, elementType: type) }
      let matrix = orthogonalMatrix(shape[-2], shape[-1], key, type)
      return centered(matrix * (options["gain"] ?? gain), in: shape)
    }
  }
}
