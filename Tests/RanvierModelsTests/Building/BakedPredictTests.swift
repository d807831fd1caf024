import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BakedPredictTests {
  private static let key = RandomKey(seed: 3)

  /// Statistics that do something.
  private static func trained(_ state: ModelState) -> ModelState {
    var state = state
    for (path, tensor) in state.layerState {
      let key = key.derived(path)
      state.layerState[path] =
        path.hasSuffix("mean") ? key.normal(tensor.shape) : key.uniform(tensor.shape) + 0.5
    }
    return state
  }

  private static let residual = Model.input("x", shape: [nil, 8, 8, 3])
    .conv(16, kernelSize: 3, padding: .same).batchNorm().relu()

  private static var network: Model {
    let inner = residual.conv(16, kernelSize: 3, padding: .same, useBias: false).batchNorm()
    let shortcut = residual.conv(16, kernelSize: 1, useBias: false).batchNorm()
    return Model.add(inner, shortcut).relu().flatten().dense(10, activation: .softmax)
  }

  @Test func `it computes what the function of state and input computes`() throws {
    let (initialize, predict) = try Self.network.build()
    let state = Self.trained(try initialize(seed: 1))
    let baked = try Self.network.build(baking: state)
    for batch in [1, 5] {
      let x = Self.key.derived("x").normal([batch, 8, 8, 3])
      expectClose(try baked(x), try predict(state, x), relative: 1e-4, absolute: 1e-6)
    }
  }

  @Test func `normalization and sums are parts of the convolutions`() throws {
    let state = Self.trained(try Self.network.build().initialize(seed: 1))
    let plan = try Self.network.build(baking: state).plan(for: Tensor.ones([2, 8, 8, 3]))
    let lines = "\(plan)".split(separator: "\n").filter { $0.contains(" = ") }
    #expect(lines.count == 5, "\(plan)")
    #expect(lines.filter { $0.contains("convolution") }.count == 3)
    #expect(lines.filter { $0.contains("+ bias + residual + rectifiedLinear") }.count == 1)
  }

  @Test func `several threads predict the same at once`() async throws {
    let state = Self.trained(try Self.network.build().initialize(seed: 1))
    let baked = try Self.network.build(baking: state)
    let inputs = (0 ..< 8).map { Self.key.derived("\($0)").normal([2, 8, 8, 3]) }
    let expected = try inputs.map { try baked($0) }
    let results = try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
      for (index, input) in inputs.enumerated() {
        group.addTask {
          var last = try baked(input)
          for _ in 0 ..< 20 { last = try baked(input) }
          return (index, last)
        }
      }
      return try await group.reduce(into: [Int: Tensor]()) { $0[$1.0] = $1.1 }
    }
    for (index, tensor) in expected.enumerated() { #expect(results[index] == tensor) }
  }

  @Test func `a state that does not fit is refused when it is built in`() throws {
    let other = try Model.input("x", shape: [nil, 4]).dense(2).build().initialize(seed: 0)
    #expect(throws: ModelError.self) { try Self.network.build(baking: other) }
    let baked = try Self.network.build(baking: try Self.network.build().initialize(seed: 0))
    #expect(throws: ModelError.self) { try baked(Tensor.ones([2, 8, 8, 4])) }
  }
}
