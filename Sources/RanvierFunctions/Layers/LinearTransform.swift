public import RanvierTensors

/// Multiplies by a number and adds one, to bring images from one range of values to another.
///
/// `x * scale + shift`
///
/// Integers become `f32`: bytes of images need no conversion before.
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies each element: 0.5, with a shift of 0.5, brings -1 ... 1 to 0 ... 1.
///   - shift: Added to each element.
public func linearTransform(_ x: Tensor, scale: Double = 0.5, shift: Double = 0.5) -> Tensor {
  if x.error != nil { return x }
  guard x.elementType != .bool, scale.isFinite, shift.isFinite else {
    return Tensor(
      invalid: OperationError(
        operation: "linearTransform", rule: "numbers, and a finite scale and shift",
        got: "\(x.type), scale \(scale), shift \(shift)"))
  }
  let numbers = x.elementType.isFloatingPoint ? x : x.cast(to: .float32)
  return numbers * scale + shift
}
