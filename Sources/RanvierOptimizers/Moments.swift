internal import RanvierTensors

/// Zeros for each parameter, under its path after a name, in the type that running averages are
/// kept in.
func zeroMoments(_ name: String, for parameters: Parameters) -> Parameters {
  var moments = Parameters()
  for (path, parameter) in parameters {
    moments["\(name)/\(path)"] =
      parameter.error == nil
      ? Tensor.zeros(parameter.shape, elementType: parameter.elementType.momentType) : parameter
  }
  return moments
}

/// The number of steps before the first: an i32 scalar.
func zeroSteps() -> Tensor { Tensor(Int32(0)) }

extension ElementType {
  /// The type in which running averages of values of this type are kept.
  ///
  /// Sums of many small 16-bit numbers would lose them, so these types use `f32`.
  var momentType: ElementType { isFloatingPoint && byteCount > 4 ? self : .float32 }
}

extension Tensor {
  /// The gradient in the type in which its running averages are kept.
  var inMomentType: Tensor { error == nil ? cast(to: elementType.momentType) : self }
}
