import RanvierTensors
import TestSupport
import Testing

/// The step of a long short-term memory as one block, against the same by single operations.
@Suite struct LSTMCellTests {
  /// Hidden values, the cell and the gates by single operations.
  private static func composed(_ sums: Tensor, _ cell: Tensor) -> [Tensor] {
    let parts = sums.split(into: 4, alongAxis: -1)
    let gates = [sigmoid(parts[0]), sigmoid(parts[1]), tanh(parts[2]), sigmoid(parts[3])]
    let next = gates[1] * cell + gates[0] * gates[2]
    return [gates[3] * tanh(next), next, Tensor(concatenating: gates, alongAxis: -1)]
  }

  private static func operands(
    _ batch: Int, _ units: Int, _ type: ElementType, using generator: inout TestGenerator
  ) -> [Tensor] {
    let wide: ElementType = type == .float64 ? .float64 : .float32
    return [
      Tensor.random([batch, 4 * units], from: -4, to: 4, using: &generator).cast(to: type),
      Tensor.random([batch, units], from: -3, to: 3, using: &generator).cast(to: wide),
    ]
  }

  @Test(arguments: [ElementType.float64, .float32, .float16, .bfloat16])
  func `results and gradients are those of single operations`(_ type: ElementType) {
    var generator = TestGenerator(salt: "lstm cell \(type)")
    let tolerance = [ElementType.float64: 1e-12, .float32: 2e-6, .float16: 2e-3][type] ?? 2e-2
    // Rows longer and shorter than a thread's share, and than a vector.
    for (batch, units) in [(1, 1), (3, 17), (32, 256), (2, 5000), (70, 64)] {
      let operands = Self.operands(batch, units, type, using: &generator)
      let exact = operands.map { $0.cast(to: .float64) }
      let note: Comment = "\(batch) x \(units), \(seedNote())"
      for (result, expected) in zip(
        applyAll(LSTMCell(), operands), Self.composed(exact[0], exact[1]))
      {
        expectClose(
          result.cast(to: .float64), expected, relative: tolerance, absolute: tolerance, "\(note)")
      }
      /// A number that depends on every result in another way.
      func summary(_ results: [Tensor]) -> Tensor {
        results.enumerated().reduce(Tensor(0.0)) { sum, next in
          let wide = next.element.cast(to: .float64)
          let factors = sin(Tensor.range(wide.count).cast(to: .float64) + Double(next.offset))
          return sum + (wide * factors.reshaped(to: wide.shape)).sum()
        }
      }
      let gradients = gradient(at: operands) { summary(applyAll(LSTMCell(), $0)) }
      let expected = gradient(at: exact) { summary(Self.composed($0[0], $0[1])) }
      for (result, expected) in zip(gradients, expected) {
        expectClose(
          result.cast(to: .float64), expected, relative: 4 * tolerance, absolute: 4 * tolerance,
          "gradient of \(note)")
      }
    }
  }

  @Test func `extreme sums saturate`() {
    let infinity = Double.infinity
    let sums = Tensor([[infinity, -infinity, infinity, -infinity], [-1e4, 1e4, -1e4, 1e4]])
    let cell = Tensor([[0.5], [0.25]])
    let results = applyAll(LSTMCell(), [sums, cell])
    #expect(results[1] == Tensor([[1.0], [0.25]]))
    expectClose(results[0], Tensor([[0.0], [0.24491866240370913]]), absolute: 1e-15)
    let gradients = gradient(at: [sums, cell]) { applyAll(LSTMCell(), $0)[0].sum() }
    #expect(gradients[0].scalars(as: Double.self).allSatisfy { $0.isFinite })
  }

  @Test func `operands that do not fit are refused`() {
    let sums = Tensor.zeros([2, 8], elementType: .bfloat16)
    let cell = Tensor.zeros([2, 2], elementType: .bfloat16)
    #expect(
      applyAll(LSTMCell(), [sums, cell])[0].error?.message
        == "lstmCell needs sums [batch, 4 * units] of floating-point numbers and a cell "
        + "f32[batch, units], got bf16[2, 8] and bf16[2, 2]")
  }
}
