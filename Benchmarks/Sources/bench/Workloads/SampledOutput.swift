import Ranvier

extension Tensor {
  /// The most elements of an output that sides are compared by.
  private static let sampleSize = 1000

  /// Evenly spaced elements from the first to the last, all of them if they are few; the peers
  /// choose the same.
  func sampled() -> [Double] {
    let values = scalars(as: Double.self)
    guard values.count > Tensor.sampleSize else { return values }
    return (0 ..< Tensor.sampleSize).map {
      values[$0 * (values.count - 1) / (Tensor.sampleSize - 1)]
    }
  }
}
