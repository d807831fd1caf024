internal import Foundation
internal import RanvierTensors

/// Which features form a pair that goes around a circle with the positions.
public enum FeaturePairing: String, Sendable, Hashable {
  /// Feature i and feature i + features / 2, as in GPT-NeoX and Llama.
  case halves
  /// Features 2i and 2i + 1, as in the original definitions.
  case neighbors
}

/// Angles that grow along positions, slower from pair to pair of features.
///
/// `(offset + position) * base ^ (-2 * pair / features)` in `f64`, because large angles have lost
/// the digits that sine and cosine need in `f32`.
///
/// - Shapes: result `[tokens, (features + 1) / 2]`.
struct PositionAngles {
  let base: Double
  /// The first position: an integer, or a scalar tensor of integers.
  let offset: any TensorOperand
  let operation: String

  func callAsFunction(tokens: Int, features: Int) throws(OperationError) -> Tensor {
    guard base > 0, base.isFinite else {
      throw OperationError(
        operation: operation, rule: "a positive and finite base", got: "\(base)")
    }
    let exponents = (0 ..< (features + 1) / 2).map { -2 * Double($0) / Double(max(features, 1)) }
    let frequencies = Tensor(exponents.map { Foundation.pow(base, $0) })
    let positions = try firstPosition(offset, operation) + Tensor.range(tokens, elementType: .int64)
    return positions.cast(to: .float64).reshaped(to: [tokens, 1]) * frequencies
  }
}

/// The position of the first token `i64[]`.
func firstPosition(
  _ offset: any TensorOperand, _ operation: String
) throws(OperationError) -> Tensor {
  let tensor = offset.tensor(besideType: offset is Int ? .int64 : nil)
  if let error = tensor.error { throw error }
  guard tensor.rank == 0, tensor.elementType.isInteger else {
    throw OperationError(
      operation: operation, rule: "an offset that is an integer, or a scalar tensor of integers",
      got: "\(tensor.type)")
  }
  return tensor.cast(to: .int64)
}
