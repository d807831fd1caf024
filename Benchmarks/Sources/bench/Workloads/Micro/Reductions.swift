import Ranvier

extension Workload {
  /// Sums over one axis of a large matrix, over the other, and over both.
  static let reductions: [Workload] = [
    reduction("sum_over_columns", "the sum of each row", axes: [1]),
    reduction("sum_over_rows", "the sum of each column", axes: [0]),
    reduction("sum_over_all", "the sum of all elements", axes: [0, 1]),
  ]

  private static func reduction(_ name: String, _ summary: String, axes: [Int]) -> Workload {
    Workload(
      name: name, summary: "\(summary) of [16384, 1024]", goals: [:],
      byteCount: Double(largeMatrix.count * 4)
    ) { _ in
      // Between 0 and 1: a sum in which everything cancels has no digits to compare.
      FunctionRun(["x"], RandomKey(seed: 1).derived("x").uniform(largeMatrix)) {
        $0.sum(alongAxes: axes)
      }
    }
  }

  /// 16 M elements, more than the caches hold.
  static let largeMatrix: Shape = [16384, 1024]
}
