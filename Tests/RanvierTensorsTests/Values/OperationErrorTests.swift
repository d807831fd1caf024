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
    { clamp(1, $0, 2) }, { clamp(1, 0, $0) }, { nearlyEqual(1, $0) }, { trace($0) },
    { logicalOr(Tensor([true]), $0) }, { floorModulo(3, $0) }, { hypot($0, 1) },
    { outer(Tensor([1.0]), $0) }, { kronecker(Tensor([1.0]), $0) }, { dot($0, Tensor(2.0)) },
    { choleskySolve(Tensor([[1.0]]), $0) }, { leastSquares(Tensor([[1.0]]), $0) },
    { singularValues($0) }, { matrixPower($0, 2) }, { $0.norm(order: 1) }, { $0.normalized() },
    { $0.median() }, { $0.nonzeroCount() }, { $0.standardDeviation() }, { square($0) },
    { Tensor([1.0]).mean(weights: $0) }, { $0.mean(weights: Tensor([1.0])) },
    { histogram(Tensor([1.0]), edges: Tensor([0.0, 2]), weights: $0) },
    { histogram(Tensor([1.0]), edges: $0) }, { $0.diagonalMatrix(offset: 1) },
    { $0.tiled([2]) }, { $0.repeatingElements(2) }, { oneHot($0, count: 2) },
    { meshgrid(Tensor([1.0]), $0)[1] }, { RandomKey(words: $0).split()[0].words },
    { RandomKey(words: $0).gumbel([2]) }, { RandomKey(words: $0).permutation(3) },
    { RandomKey(seed: 1).derived($0).words }, { RandomKey(seed: 1).shuffled($0) },
    { RandomKey(seed: 1).bernoulli(probability: $0) },
    { RandomKey(seed: 1).categorical(logits: $0) },
  ]

  @Test(arguments: followers.indices)
  func `everything computed from an invalid tensor carries the first error`(_ index: Int) {
    let (first, line) = (Tensor([1.0, 2]) + Tensor([1.0, 2, 3]), #line)
    let result = OperationErrorTests.followers[index](first)
    #expect(result.error == first.error)
    #expect(result.error?.location?.line == line)
  }

  @Test func `the first of two errors wins`() {
    let (first, firstLine) = (Tensor([1.0, 2]) + Tensor([1.0, 2, 3]), #line)
    let (second, secondLine) = (Tensor([1.0]).reshaped(to: [5]), #line)
    #expect((first * second).error == first.error)
    #expect((first * second).error?.location?.line == firstLine)
    #expect((second * first).error == second.error)
    #expect((second * first).error?.location?.line == secondLine)
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
