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

  /// Runs of one position each, with weight 1: what leaves an axis as it is.
  package static func identity(_ size: Int) -> WeightedRuns {
    var runs = WeightedRuns(size: size)
    for position in 0 ..< size { runs.append(start: position, weights: [1]) }
    return runs
  }

  /// Adds a sum of the positions `start ..< start + weights.count`.
  package mutating func append(start: Int, weights: [Double]) {
    guard start >= 0, weights.count <= size - start else {
      fatalError("a run of \(weights.count) from \(start) in an axis of \(size)")
    }
    starts.append(start)
    self.weights.append(weights)
  }

  /// The number of sums.
  package var count: Int { starts.count }

  /// Whether each sum is the element at its position.
  var isIdentity: Bool {
    count == size && starts.indices.allSatisfy { starts[$0] == $0 && weights[$0] == [1] }
  }

  /// The sums of the transposed matrix: what each position gives to the sums it takes part in.
  var transposed: WeightedRuns {
    var shares = [[(sum: Int, weight: Double)]](repeating: [], count: size)
    for (sum, start) in starts.enumerated() {
      for (offset, weight) in weights[sum].enumerated() {
        shares[start + offset].append((sum, weight))
      }
    }
    var result = WeightedRuns(size: count)
    for shares in shares {
      let start = shares.first?.sum ?? 0
      var run = [Double](repeating: 0, count: shares.last.map { $0.sum - start + 1 } ?? 0)
      for share in shares { run[share.sum - start] = share.weight }
      result.append(start: start, weights: run)
    }
    return result
  }
}
