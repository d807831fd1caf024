import Foundation
import RanvierCompilation
import RanvierFunctions
import RanvierModels
import RanvierTensors
import Synchronization
import TestSupport
import Testing

/// One built model, or one compiled function, called by eight threads at once.
struct ConcurrentPredictTests {
  private static let key = RandomKey(seed: 21)

  private static let model = Model.input("x", shape: [nil, 10, 10, 3])
    .conv(16, kernelSize: 3, padding: .same).batchNorm().relu()
    .conv(16, kernelSize: 3).maxPool(2).flatten()
    .dense(64, activation: .tanh).dense(10, activation: .softmax)

  /// Batches of several sizes, so that threads need plans of their own as well as the same ones.
  private static let inputs = (0 ..< 12).map { index in
    key.derived(UInt32(index)).normal([1 + index % 3 * 4, 10, 10, 3])
  }

  /// Runs a function for all inputs on eight threads, which start at the same moment, and expects
  /// the bits that one thread gives.
  private func expectSameOnThreads(
    _ name: String, rounds: Int = 10, _ function: @escaping @Sendable (Tensor) throws -> Tensor,
    alone: (Tensor) throws -> Tensor
  ) throws {
    let failures = Mutex<[String]>([])
    let results = Mutex<[[Tensor]]>([])
    let isStarted = Atomic(false)
    let group = DispatchGroup()
    for number in 0 ..< 8 {
      group.enter()
      let thread = Thread {
        defer { group.leave() }
        while !isStarted.load(ordering: .acquiring) {}
        do {
          for round in 0 ..< rounds {
            var own = [Tensor](repeating: Tensor(0), count: Self.inputs.count)
            for step in Self.inputs.indices {
              // Threads go through the inputs in different orders.
              let index = (step * 5 + number + round) % Self.inputs.count
              own[index] = try function(Self.inputs[index])
            }
            results.withLock { $0.append(own) }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    isStarted.store(true, ordering: .releasing)
    group.wait()
    let expected = try Self.inputs.map(alone)
    #expect(failures.withLock { $0 } == [], "\(name)")
    let all = results.withLock { $0 }
    #expect(all.count == 8 * rounds)
    for own in all { #expect(own == expected, "\(name)") }
  }

  @Test func `a prediction function`() throws {
    let (initialize, predict) = try Self.model.build()
    let state = try initialize(seed: 1)
    let (_, other) = try Self.model.build()
    try expectSameOnThreads("predict", { try predict(state, $0) }, alone: { try other(state, $0) })
  }

  @Test func `a model with its state built in`() throws {
    let state = try Self.model.build().initialize(seed: 1)
    let baked = try Self.model.build(baking: state)
    let other = try Self.model.build(baking: state)
    try expectSameOnThreads("baked predict", { try baked($0) }, alone: { try other($0) })
  }

  @Test func `a compiled function`() throws {
    @Sendable func network(_ x: Tensor) -> Tensor {
      let rows = x.reshaped(to: [-1, 300])
      let gradient = gradient(at: rows) { rows in
        tanh(matmul(rows, rows.transposed())).sum()
      }
      return softmax(gradient) + sorted(rows)
    }
    @Sendable func sorted(_ x: Tensor) -> Tensor { x.cumulativeSum(alongAxis: 1) }
    let function = compile { (x: Tensor) in network(x) }
    let other = compile { (x: Tensor) in network(x) }
    try expectSameOnThreads("a compiled function", { try function($0) }, alone: { try other($0) })
  }
}
