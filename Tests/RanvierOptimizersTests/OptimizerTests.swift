import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

struct OptimizerTests {
  static func values(_ seed: UInt64, elementType: ElementType = .float32) -> Parameters {
    let keys = RandomKey(seed: seed).split(2)
    return [
      "dense/kernel": keys[0].normal([3, 4], elementType: elementType),
      "dense/bias": keys[1].normal([4], elementType: elementType),
    ]
  }

  @Test func `each recipe has a file and is in the catalog`() throws {
    let names = Optimizer.catalog.map { $0.name.lowercased() }
    let files = try sourceNames(of: "Optimizers", without: "OptimizerCatalog")
    #expect(Set(files.map { $0.lowercased() }) == Set(names))
  }

  @Test(arguments: Optimizer.catalog)
  func `two runs give the same bits`(optimizer: Optimizer) {
    func run() -> (Parameters, Parameters) {
      var parameters = OptimizerTests.values(1)
      var state = optimizer.initialize(parameters)
      for step in 0 ..< 4 {
        (parameters, state) = optimizer.update(
          parameters: parameters, gradients: OptimizerTests.values(UInt64(step + 2)), state: state)
      }
      return (parameters, state)
    }
    let (first, second) = (run(), run())
    #expect(first.0 == second.0)
    #expect(first.1 == second.1)
  }

  @Test(arguments: Optimizer.catalog, [ElementType.float16, .bfloat16, .float32, .float64])
  func `types, shapes and paths stay`(optimizer: Optimizer, elementType: ElementType) {
    let parameters = OptimizerTests.values(1, elementType: elementType)
    let state = optimizer.initialize(parameters)
    let next = optimizer.update(
      parameters: parameters, gradients: OptimizerTests.values(2, elementType: elementType),
      state: state)
    #expect(next.parameters.description == parameters.description)
    #expect(next.state.description == state.description)
    #expect(next.parameters.tensors.allSatisfy { $0.error == nil })
    #expect(next.parameters != parameters)
  }

  @Test(arguments: Optimizer.catalog)
  func `can be recorded without any element being known`(optimizer: Optimizer) {
    let parameters = OptimizerTests.values(1)
    let state = optimizer.initialize(parameters)
    let trace = Trace(computes: false)
    func unknown(_ tree: Parameters) -> Parameters { tree.mapValues { trace.input($0.type) } }
    let next = optimizer.update(
      parameters: unknown(parameters), gradients: unknown(parameters), state: unknown(state))
    // Whatever were known here would stay the same in every step.
    #expect(next.parameters.tensors.allSatisfy { $0.openTrace != nil })
    #expect(next.state.tensors.allSatisfy { $0.openTrace != nil })
    #expect(next.state.description == state.description)
    _ = trace.close()
  }

  @Test func `parameters without gradients stay`() {
    let parameters = OptimizerTests.values(1)
    let trained = parameters.filter { $0 == "dense/kernel" }
    let optimizer = Optimizer.adamW(learningRate: 0.1)
    let next = optimizer.update(
      parameters: parameters, gradients: trained, state: optimizer.initialize(trained))
    #expect(next.parameters.paths == parameters.paths)
    #expect(next.parameters["dense/bias"] == parameters["dense/bias"])
    #expect(next.parameters["dense/kernel"] != parameters["dense/kernel"])
  }

  @Test func `transforms can come first without moving the state`() {
    let parameters: Parameters = ["x": Tensor([Float(3), 4])]
    let optimizer = Optimizer.sgd(learningRate: 1).preceded(by: .clipByGlobalNorm(1))
    let state = optimizer.initialize(parameters)
    let next = optimizer.update(parameters: parameters, gradients: parameters, state: state)
    expectClose(next.parameters["x"], Tensor([2.4, 3.2]))
    #expect(state.paths == Optimizer.sgd(learningRate: 1).initialize(parameters).paths)
  }

  @Test func `a custom transform's updates are added`() {
    let parameters: Parameters = ["x": Tensor([Float(3), 4])]
    let optimizer = Optimizer.custom("mine", .scale(by: 2))
    let next = optimizer.update(parameters: parameters, gradients: parameters, state: Parameters())
    expectClose(next.parameters["x"], Tensor([9.0, 12]))
    #expect(optimizer.description == "mine()")
  }

  @Test func `options can be printed`() {
    #expect(
      Optimizer.sgd(learningRate: .constant(0.5), momentum: 0.9).description
        == "sgd(learningRate: 0.5, momentum: 0.9, isNesterov: false, weightDecay: 0.0)")
  }

  @Test func `wrong gradients and states are errors that name them`() {
    let parameters: Parameters = ["x": Tensor([Float(3), 4])]
    let optimizer = Optimizer.sgd(learningRate: 1, momentum: 0.9)
    let state = optimizer.initialize(parameters)
    func error(_ gradients: Parameters, _ state: Parameters, at path: String) -> String? {
      let next = optimizer.update(parameters: parameters, gradients: gradients, state: state)
      return next.parameters[path].error?.message
    }
    #expect(
      error(["x": Tensor(Float(1))], state, at: "x")
        == "sgd.update needs gradients of their parameters' shapes, got [] for `x` of shape [2]")
    #expect(error(["y": Tensor(Float(1))], state, at: "y")?.contains("\"y\"") == true)
    #expect(
      error(parameters, Optimizer.adam().initialize(parameters), at: "x")?
        .contains("velocity/x") == true)
  }
}
