import Foundation
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct PlanTests {
  private static let key = RandomKey(seed: 11)

  /// A small network whose plan has products, element loops and reductions.
  private static func network(_ p: Parameters, _ x: Tensor) -> Tensor {
    let hidden = relu(matmul(x, p["w1"]) + p["b1"])
    let scores = matmul(hidden, p["w2"])
    return exp(scores) / exp(scores).sum(alongAxes: [1], keepingAxes: true)
  }

  private static let parameters: Parameters = [
    "w1": key.derived("w1").normal([6, 8]), "b1": key.derived("b1").normal([8]),
    "w2": key.derived("w2").normal([8, 4]),
  ]

  @Test func `a plan prints its instructions and places`() throws {
    let function = compile { (p: Parameters, x: Tensor) in Self.network(p, x) }
    let plan = try function.plan(for: Self.parameters, Tensor.ones([3, 6]))
    // Libraries differ in the names of their kernels.
    let text = "\(plan)".replacing(try Regex(#"\[[a-z][^\]]*\]"#), with: "[...]")
    #expect(
      text == """
        @0: f32[3, 8] = matmul + bias + rectifiedLinear input 3, input 0, input 1 [...]
        @128: f32[3, 4] = matmul @0, input 2 [...]
        output 0: f32[3, 4] = fused(exponential, sum, reshape, divide) @128 [...]
        3 instructions, arena of 192 bytes, 0 outputs in place of inputs
        """, "\(plan)")
  }

  @Test func `the same function gives the same text every time`() throws {
    let texts = try (0 ..< 5).map { _ in
      let step = compile { (p: Parameters, x: Tensor) in
        gradient(at: p) { Self.network($0, x).sum() }
      }
      return "\(try step.plan(for: Self.parameters, Tensor.ones([3, 6])))"
    }
    #expect(Set(texts).count == 1)
  }

  @Test func `results that are kept are not written again, those that are not are`() throws {
    let function = compile { (x: Tensor) in [x.sum(), x * 2] }
    let inputs = (0 ..< 6).map { Tensor.ones([3]) * Double($0) }
    var kept: [[Tensor]] = []
    for input in inputs {
      kept.append(try function(input))
      // Nobody keeps these.
      for other in inputs { _ = try function(other) }
      // A result as an argument of the same function.
      let again = try function(try function(input)[1])
      #expect(again[1] == input * 4)
    }
    for (input, results) in zip(inputs, kept) {
      #expect(results == [input.sum(), input * 2])
    }
    let addresses = try (0 ..< 4).map { _ in
      try function(inputs[0])[0].concreteStorage.map { Int(bitPattern: $0.address) }
    }
    #expect(Set(addresses).count == 1)
  }

  @Test func `a plan runs on several threads at once`() async throws {
    let function = compile { (p: Parameters, x: Tensor) in Self.network(p, x) }
    let inputs = (0 ..< 16).map { Self.key.derived(UInt32($0)).normal([32, 6]) }
    let expected = inputs.map { Self.network(Self.parameters, $0) }
    try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
      for round in 0 ..< 200 {
        let index = round % inputs.count
        group.addTask { (index, try function(Self.parameters, inputs[index])) }
      }
      for try await (index, result) in group {
        expectClose(result, expected[index], "input \(index)")
      }
    }
  }

  /// In a process of its own, where no other test allocates.
  @Test func `memory does not grow over 2,000 updates`() async {
    await #expect(processExitsWith: .success) {
      let step = compileUpdate { (p: inout Parameters, x: Tensor) in
        let result = valueWithGradient(at: p) { square(PlanTests.network($0, x) - 0.25).mean() }
        p = p.combined(with: result.gradient) { $0 - 0.01 * $1 }
        return result.value
      }
      var parameters = PlanTests.parameters
      let x = PlanTests.key.normal([256, 6])
      for _ in 0 ..< 100 { _ = try step(&parameters, x) }
      let before = try residentBytes()
      for _ in 0 ..< 2000 { _ = try step(&parameters, x) }
      let growth = try residentBytes() - before
      // A leak of one result a step would be far more.
      precondition(growth <= 256 << 10, "\(growth) bytes more")
    }
  }
}

/// The process's resident memory.
private func residentBytes() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return (Int(fields[1]) ?? 0) * 4096
}
