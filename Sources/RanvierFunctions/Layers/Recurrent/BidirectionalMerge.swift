public import RanvierTensors

/// What becomes of the two results of a recurrent network that reads sequences in both directions.
public enum BidirectionalMerge: String, Sendable, Hashable, CaseIterable {
  /// The units of the forward direction, then those of the backward direction, along the last axis.
  case concatenate
  /// The sum.
  case sum
  /// Half the sum.
  case average
  /// The product, element by element.
  case multiply
  /// Both, along a new axis before the last: `[..., 2, units]`.
  case stack

  /// Merges what the directions gave, tensors of one shape.
  public func callAsFunction(_ forward: Tensor, _ backward: Tensor) -> Tensor {
    switch self {
    case .concatenate: Tensor(concatenating: [forward, backward], alongAxis: -1)
    case .sum: forward + backward
    case .average: (forward + backward) * 0.5
    case .multiply: forward * backward
    case .stack: Tensor(stacking: [forward, backward], alongAxis: -2)
    }
  }
}
