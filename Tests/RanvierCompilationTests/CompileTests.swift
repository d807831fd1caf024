import RanvierCompilation
import RanvierTensors
import Synchronization
import TestSupport
import Testing

struct CompileTests {
  private static let key = RandomKey(seed: 3)

  private static func network(_ p: Parameters, _ x: Tensor) -> Tensor {
    let hidden = relu(matmul(x, p["w1"]) + p["b1"])
    return matmul(hidden, p["w2"]) + p["b2"]
  }

  private static func loss(_ p: Parameters, _ x: Tensor, _ y: Tensor) -> Tensor {
    square(network(p, x) - y).mean()
  }

  private let parameters: Parameters = [
    "w1": key.derived("w1").normal([5, 7]), "b1": key.derived("b1").normal([7]),
    "w2": key.derived("w2").normal([7, 3]), "b2": key.derived("b2").normal([3]),
  ]
  private let x = key.derived("x").normal([4, 5])
  private let y = key.derived("y").normal([4, 3])

  @Test func `a compiled function equals the eager one`() throws {
    let predict = compile { (p: Parameters, x: Tensor) in Self.network(p, x) }
    for rows in [1, 4, 9] {
      let x = Self.key.derived(UInt32(rows)).normal([rows, 5])
      expectClose(try predict(parameters, x), Self.network(parameters, x))
    }
  }

  @Test func `a compiled gradient equals the eager one`() throws {
    let step = compile { (p: Parameters, x: Tensor, y: Tensor) in
      gradient(at: p) { Self.loss($0, x, y) }
    }
    let eager = gradient(at: parameters) { Self.loss($0, x, y) }
    let compiled = try step(parameters, x, y)
    for (path, tensor) in eager { expectClose(compiled[path], tensor, path) }
  }

  @Test func `an update works in place and equals the eager one`() throws {
    let step = compileUpdate {
      (state: inout TreePair<Parameters, Parameters>, x: Tensor, y: Tensor) in
      let (value, gradients) = valueWithGradient(at: state.first) { Self.loss($0, x, y) }
      let moments = state.second.combined(with: gradients) { 0.9 * $0 + $1 }
      state = TreePair(state.first.combined(with: moments) { $0 - 0.1 * $1 }, moments)
      return value
    }
    var state = TreePair(parameters, parameters.mapValues { Tensor.zeros($0.shape) })
    var eager = state
    let kept = state
    for _ in 0 ..< 3 {
      let value = try step(&state, x, y)
      let (expected, gradients) = valueWithGradient(at: eager.first) { Self.loss($0, x, y) }
      let moments = eager.second.combined(with: gradients) { 0.9 * $0 + $1 }
      eager = TreePair(eager.first.combined(with: moments) { $0 - 0.1 * $1 }, moments)
      expectClose(value, expected)
      for (path, tensor) in eager.first { expectClose(state.first[path], tensor, path) }
    }
    // A copy that was kept is not changed by what happens in place.
    #expect(kept.first == parameters)
    let plan = try step.plan(for: state, x, y)
    #expect("\(plan)".contains("8 outputs in place of inputs"), "\(plan)")
  }

  @Test func `a tensor kept from a recording is refused`() throws {
    let kept = Mutex<Tensor?>(nil)
    let double = compile { (x: Tensor) -> Tensor in
      kept.withLock { $0 = x }
      return x * 2
    }
    _ = try double(Tensor([1.0]))
    let leaked = try #require(kept.withLock { $0 })
    #expect(throws: OperationError.self) { try double(leaked) }
    #expect((leaked + 1).error?.rule == "values that are still in use")
  }

  @Test func `errors of a traced function are thrown`() {
    let (wrong, line) = (compile { (x: Tensor, y: Tensor) in matmul(x, y) + 1 }, #line)
    let error = #expect(throws: OperationError.self) {
      try wrong(Tensor.ones([2, 3]), Tensor.ones([4, 5]))
    }
    #expect(error?.operation == "matmul")
    #expect(error?.location?.description == "RanvierCompilationTests/CompileTests.swift:\(line)")
  }
}
