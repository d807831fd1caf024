import RanvierTensors
import Testing

@Suite struct OperationErrorTests {
  static let followers: [@Sendable (Tensor) -> Tensor] = [
    { $0 + 1 }, { 1 - $0 }, { exp($0) }, { $0.sum() }, { $0.mean(alongAxes: [5]) },
    { $0.variance(alongAxes: [1]) }, { $0.transposed(permutation: [1, 0]) }, { $0.transposed() },
    { $0.reshaped(to: [7, 7]) }, { $0.reshaped(to: [-1, 3]) }, { $0.flattened() }, { $0[3] },
    { $0.expandedDimension(at: 5) }, { $0.squeezed(axes: [4]) }, { $0.broadcast(to: [2]) },
    { matmul($0, Tensor([1.0])) }, { matmul(Tensor([1.0]), $0) }, { $0.cast(to: .int8) },
    { $0.padded([(1, 1), (2, 2)]) }, { $0.argmax() },
    { $0.gathered(at: Tensor([0]), alongAxis: 3) },
    { Tensor([1.0]).gathered(at: $0) }, { Tensor(concatenating: [Tensor([1.0]), $0]) },
    { Tensor(stacking: [Tensor([1.0]), $0]) },
    { Tensor(stacking: [$0, Tensor([1.0])], alongAxis: 4) },
    { $0.reversed(alongAxes: [2]) }, { $0.swappedAxes(0, 4) }, { $0.any() }, { select($0, 1, 2) },
    { select(Tensor([true]), $0, 2) }, { stopGradient($0) }, { clamp($0, 0, 1) },
    { x in gradient(at: Tensor(1.0)) { $0 * x } }, { x in gradient(at: x) { $0.sum() } },
    { x in gradient(at: [Tensor(1.0), x]) { $0[0] * $0[0] + $0[1] }[0] },
    { x in
      var y = Tensor([1.0, 2]); y[0] = x; return y
    },
    { x in pullback(at: Tensor([1.0])) { $0 * 2 }(x) },
    { RandomKey(words: $0).normal([3]) }, { $0.max(alongAxes: [3], keepingAxes: true) },
  ]

  @Test(arguments: followers.indices)
  func `everything computed from an invalid tensor carries the first error`(_ index: Int) {
    let first = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    let result = OperationErrorTests.followers[index](first)
    #expect(result.error == first.error)
  }

  @Test func `the first of two errors wins`() {
    let first = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    let second = Tensor([1.0]).reshaped(to: [5])
    #expect((first * second).error == first.error)
    #expect((second * first).error == second.error)
  }

  @Test func `validated throws the error and passes valid tensors on`() throws {
    #expect(try Tensor([1.0]).validated() == Tensor([1.0]))
    let error = #expect(throws: OperationError.self) {
      try Tensor([1.0]).reshaped(to: [2]).validated()
    }
    #expect(error?.operation == "reshaped(to:)")
  }

  @Test func `locations are appended`() {
    let error = OperationError(
      operation: "a", rule: "b", got: "c", hint: "d",
      location: CodeLocation(file: "Module/File.swift", line: 3))
    #expect("\(error)" == "a needs b, got c; d (Module/File.swift:3)")
  }
}
