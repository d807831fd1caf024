import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Results that may not depend on the number of threads.
@Suite(.serialized) struct ThreadTests {
  static let computations: [(String, @Sendable () -> Tensor)] = [
    ("random bits", { RandomKey(seed: 3).bits([300_001]) }),
    ("normal", { RandomKey(seed: 3).normal([100, 2001]) }),
    (
      "element-wise",
      { exp(RandomKey(seed: 4).uniform([300, 1001])) * RandomKey(seed: 5).uniform([1001]) }
    ),
    ("sum", { RandomKey(seed: 4).uniform([1_000_003]).sum() }),
    ("sum of rows", { RandomKey(seed: 4).uniform([701, 1003]).sum(alongAxes: [1]) }),
    ("sum of columns", { RandomKey(seed: 4).uniform([1003, 701]).sum(alongAxes: [0]) }),
    ("norms of rows", { RandomKey(seed: 4).uniform([701, 1003]).norm(alongAxes: [1]) }),
    ("norms of columns", { RandomKey(seed: 4).uniform([1003, 701]).norm(alongAxes: [0]) }),
    ("tiny norms", { (RandomKey(seed: 4).uniform([400_000, 3]) * 1e-30).norm(alongAxes: [1]) }),
    ("maximum", { RandomKey(seed: 4).uniform([1_000_003]).max() }),
    ("argmax", { RandomKey(seed: 4).uniform([1003, 701]).argmax(alongAxis: 0) }),
    ("transposition", { RandomKey(seed: 4).uniform([1003, 701]).transposed() + 1 }),
    (
      "scatter",
      {
        let positions = RandomKey(seed: 1).integers([20_000], in: 0 ..< 50).cast(to: .int64)
        return apply(
          ScatterAdd(axis: 0, size: 50), [RandomKey(seed: 2).uniform([20_000, 16]), positions])
      }
    ),
    (
      "f64 product",
      {
        let x = RandomKey(seed: 6).uniform([300, 200], elementType: .float64)
        return matmul(x, x.transposed())
      }
    ),
    (
      "decompositions",
      {
        let results = MatrixPrimitiveTests.types.flatMap { type in
          type.samples.prefix(1).flatMap { sample in
            let batch = MatrixPrimitiveTests.sample(sample.primitive, [37], rows: 24, columns: 20)
            var generator = TestGenerator(salt: "threads")
            return applyAll(
              sample.primitive, batch.operands.map { Tensor($0, using: &generator) })
          }
        }
        return Tensor(concatenating: results.map { $0.flattened() })
      }
    ),
  ]

  @Test(arguments: computations.indices)
  func `results are the same bits on any number of threads`(_ index: Int) {
    let (name, compute) = ThreadTests.computations[index]
    let before = ck_thread_count()
    defer { ck_set_thread_count(before) }
    ck_set_thread_count(1)
    let alone = compute()
    for threads: Int32 in [2, 3, 5] {
      ck_set_thread_count(threads)
      #expect(compute() == alone, "\(name) on \(threads) threads")
    }
  }
}
