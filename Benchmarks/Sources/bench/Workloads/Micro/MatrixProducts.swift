import Ranvier

extension Workload {
  /// Products of matrices from tiny ones, where a call's own cost counts, to large ones.
  static let matrixProducts: [Workload] =
    [8, 32, 128, 512, 1024, 2048].map { matrixProduct("product_\($0)", $0, $0, $0) } + [
      matrixProduct("product_32x256x1024", 32, 256, 1024)
    ]

  private static func matrixProduct(
    _ name: String, _ rows: Int, _ inner: Int, _ columns: Int
  ) -> Workload {
    Workload(
      name: name, summary: "matmul of [\(rows), \(inner)] and [\(inner), \(columns)]", goals: [:],
      productOperations: 2 * Double(rows) * Double(inner) * Double(columns)
    ) { _ in
      let key = RandomKey(seed: 1)
      return FunctionRun(
        ["a", "b"], key.derived("a").normal([rows, inner]),
        key.derived("b").normal([inner, columns])
      ) { matmul($0, $1) }
    }
  }
}
