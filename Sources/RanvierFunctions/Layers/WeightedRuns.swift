package import RanvierTensors

/// Sums along one axis, each of which weighs a run of neighbouring positions; runs and weights are
/// known before any data is.
package struct WeightedRuns: Sendable, Hashable {
  /// The number of positions.
  package let size: Int
  /// The first position of each sum's run.
  package private(set) var starts: [Int] = []
  /// The weights of each sum's run.
  package private(set) var weights: [[Double]] = []

  package init(size: Int) { self.size = size }

  /// Adds a sum of the positions `start ..< start + weights.count`.
  package mutating func append(start: Int, weights: [Double]) {
    starts.append(start)
    self.weights.append(weights)
  }

  /// The sums of a floating-point tensor's elements along an axis, whose size becomes the number of
  /// sums.
  package func applied(to x: Tensor, alongAxis axis: Int) -> Tensor {
    if x.error != nil { return x }
    var matrix = [Double](repeating: 0, count: starts.count * size)
    for (row, start) in starts.enumerated() {
      for (offset, weight) in weights[row].enumerated() {
        matrix[row * size + start + offset] = weight
      }
    }
    let factors = Tensor(matrix, shape: [starts.count, size]).cast(to: x.elementType)
    let outer = x.shape.sizes[..<axis].reduce(1, *)
    let inner = x.shape.sizes[(axis + 1)...].reduce(1, *)
    var shape = x.shape
    shape[axis] = starts.count
    return matmul(factors, x.reshaped(to: [outer, size, inner])).reshaped(to: shape)
  }
}
