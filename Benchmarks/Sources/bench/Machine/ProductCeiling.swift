import Ranvier

/// How fast this machine multiplies matrices: what shares of the ceiling refer to.
struct ProductCeiling {
  private static let size = 1024
  private let product: CompiledFunction<Tensor, Tensor, Tensor>
  private let a: Tensor
  private let b: Tensor
  private(set) var samples = Samples()

  /// Products of matrices of an element type.
  init(_ elementType: ElementType) {
    product = compile { (a: Tensor, b: Tensor) in matmul(a, b) }
    let key = RandomKey(seed: 2)
    let shape: Shape = [ProductCeiling.size, ProductCeiling.size]
    a = key.derived("a").normal(shape).cast(to: elementType)
    b = key.derived("b").normal(shape).cast(to: elementType)
  }

  /// Multiplies for some seconds.
  mutating func measure(seconds: Double) throws {
    samples.append(try Samples.measured(seconds: seconds) { _ = try product(a, b) })
  }

  /// Operations a second of the fastest product, in GFLOP/s.
  var gigaOperationsPerSecond: Double {
    let size = Double(ProductCeiling.size)
    return 2 * size * size * size / (samples.minimum * 1e6)
  }
}
