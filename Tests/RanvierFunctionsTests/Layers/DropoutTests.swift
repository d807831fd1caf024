import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct DropoutTests {
  let key = RandomKey(seed: 7)

  @Test(arguments: [0.1, 0.5, 0.9])
  func `drops at its rate and keeps the mean`(rate: Double) {
    let y = dropout(Tensor.ones([100_000]), rate: rate, key: key)
    let kept = notEqual(y, 0).cast(to: .float32)
    expectClose(kept.mean(), Tensor(Float(1 - rate)), relative: 0, absolute: 0.008)
    expectClose(y, kept / (1 - rate), relative: 1e-6)
  }

  @Test func `is the same for the same key, and passes gradients where it keeps`() {
    let x = Tensor.ones([50])
    let y = dropout(x, rate: 0.5, key: key)
    #expect(y == dropout(x, rate: 0.5, key: key))
    #expect(y != dropout(x, rate: 0.5, key: key.derived(1)))
    #expect(gradient(at: x) { dropout($0, rate: 0.5, key: key).sum() } == y)
  }

  @Test func `drops what is not finite`() {
    let x = Tensor([Float](repeating: .infinity, count: 64))
    let y = dropout(x, rate: 0.5, key: key).scalars()
    #expect(Set(y) == [0, .infinity])
  }

  @Test(arguments: [-0.1, 1, 1.5, .nan])
  func `needs a rate below 1`(rate: Double) {
    expectError(
      dropout(Tensor.ones([2]), rate: rate, key: key),
      "dropout needs a rate in 0 ..< 1, got \(rate) for shape [2]")
  }

  @Test func `does nothing at rate 0`() {
    #expect(dropout(Tensor([1.0, 2]), rate: 0, key: key) == Tensor([1.0, 2]))
  }
}
