import RanvierCompilation
import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct PrecisionTests {
  private static let network = Model.input("image", shape: [nil, 8, 8, 3])
    .conv(16, kernelSize: 3, padding: .same, useBias: false).batchNorm().relu()
    .conv(16, kernelSize: 3, activation: .relu)
    .globalAveragePool()
    .dense(32, activation: .gelu)
    .dense(10, activation: .softmax)

  private static let sequences = Model.input("tokens", shape: [nil, 6], elementType: .int32)
    .embedding(vocabulary: 11, features: 16).positionEmbedding(maximumLength: 6)
    .layerNorm().multiHeadAttention(heads: 2, isCausal: true).lstm(8).gru(8)
    .dropout(rate: 0.1).dense(11)

  private static let images = randomInput([4, 8, 8, 3], salt: "images")
  private static let tokens = RandomKey(seed: 4).integers([3, 6], in: 0 ..< 11)

  private static let cases: [(model: Model, input: Tensor)] = [
    (network, images), (sequences, tokens),
  ]

  @Test(arguments: cases.indices)
  func `parameters and outputs are f32, and close to those of full precision`(index: Int) throws {
    let (model, input) = Self.cases[index]
    let (initialize, predict) = try model.build(precision: .mixedBFloat16)
    let state = try initialize(seed: 1)
    #expect(try state == model.build().initialize(seed: 1))
    let output = try predict(state, input)
    let full = try model.build().predict(state, input)
    #expect(output.elementType == .float32)
    #expect(output != full)
    expectClose(output, full, relative: 0.03, absolute: 0.03)
  }

  @Test(arguments: cases.indices)
  func `training gives f32 outputs, state and gradients`(index: Int) throws {
    let (model, input) = Self.cases[index]
    func train(_ precision: Precision) throws -> (TrainingResult, Parameters) {
      let (initialize, predict) = try model.build(mode: .training, precision: precision)
      let state = try initialize(seed: 1)
      let result = try valueWithGradient(at: state.parameters) { parameters in
        let result = try predict(
          ModelState(parameters: parameters, layerState: state.layerState), input,
          key: RandomKey(seed: 3))
        let weights = RandomKey(seed: 5).normal(result.output.shape)
        return ((result.output * weights).sum(), result)
      }
      return (result.auxiliary, result.gradient)
    }
    let (narrow, narrowGradients) = try train(.mixedBFloat16)
    let (full, gradients) = try train(.full)
    #expect(narrow.output.elementType == .float32)
    for (path, tensor) in narrow.layerState {
      #expect(tensor.elementType == .float32)
      expectClose(tensor, full.layerState[path], relative: 0.02, absolute: 0.01, path)
    }
    for (path, gradient) in narrowGradients {
      #expect(gradient.elementType == .float32, "\(path)")
      func length(_ x: Tensor) -> Double { sqrt(square(x).sum()).scalar(as: Double.self) }
      let error = length(gradient - gradients[path]) / length(gradients[path])
      #expect(error > 0 && error < 0.05, "\(path): \(error)")
    }
  }

  @Test func `layers say how they are run`() throws {
    let resolved = try ResolvedModel(
      Model.layer("scaled", Self.network) { $0.input * 2 }.dropout(rate: 0.5),
      precision: .mixedBFloat16)
    let state = try Self.network.build().initialize(seed: 1)
    let types = try resolved.outputs(
      parameters: state.parameters, state: state.layerState, inputs: ["image": Self.images]
    ).map { "\($0.path): \($0.output.elementType)" }
    #expect(
      types == [
        "image: f32", "conv_0: bf16", "batch_norm_0: bf16", "relu_0: bf16", "conv_1: bf16",
        "global_average_pool_0: bf16", "dense_0: bf16", "dense_1: f32", "scaled_0: f32",
        "dropout_0: f32",
      ])
  }

  /// A training step as the loop's: gradients of all parameters in one plan.
  private func step(_ model: Model, _ input: Tensor, _ precision: Precision) throws -> Plan {
    let (initialize, predict) = try model.build(mode: .training, precision: precision)
    let state = try initialize(seed: 1)
    return try compile { (parameters: Parameters, input: Tensor) in
      try gradient(at: parameters) { parameters in
        let result = try predict(
          ModelState(parameters: parameters, layerState: state.layerState), input,
          key: RandomKey(seed: 3))
        return square(result.output).mean()
      }
    }.plan(for: state.parameters, input)
  }

  @Test(arguments: cases.indices)
  func `a step converts each parameter once`(index: Int) throws {
    let (model, input) = Self.cases[index]
    let graph = try step(model, input, .mixedBFloat16).graph
    var conversions: [Graph.ValueID: Int] = [:]
    for node in graph.nodes {
      switch node.primitive {
      case let cast as Cast where cast.elementType == .bfloat16:
        conversions[node.operands[0], default: 0] += 1
      case let fused as FusedElements:
        for member in fused.members {
          guard let cast = member.primitive as? Cast, cast.elementType == .bfloat16,
            member.operands[0] < node.operands.count
          else { continue }
          conversions[node.operands[member.operands[0]], default: 0] += 1
        }
      default: break
      }
    }
    #expect(!conversions.isEmpty)
    #expect(conversions.values.allSatisfy { $0 == 1 }, "\(conversions)")
  }

  @Test(arguments: cases.indices)
  func `products are of bf16, and full precision has none`(index: Int) throws {
    let (model, input) = Self.cases[index]
    func productTypes(_ precision: Precision) throws -> Set<ElementType> {
      let graph = try step(model, input, precision).graph
      return Set(
        graph.nodes.filter { node in
          ["matmul", "convolution"].contains { node.primitive.name.hasPrefix($0) }
        }.flatMap { node in node.operands.prefix(2).map { graph.types[Int($0)].elementType } })
    }
    #expect(try productTypes(.mixedBFloat16) == [.bfloat16])
    #expect(try productTypes(.full) == [.float32])
  }

  @Test(arguments: cases.indices)
  func `built-in parameters are converted ahead`(index: Int) throws {
    let (model, input) = Self.cases[index]
    let (initialize, predict) = try model.build(precision: .mixedBFloat16)
    let state = try initialize(seed: 1)
    let baked = try model.build(baking: state, precision: .mixedBFloat16)
    let output = try baked(input)
    #expect(output.elementType == .float32)
    expectClose(output, try predict(state, input), relative: 0.03, absolute: 0.02)
    let graph = try baked.plan(for: input).graph
    for node in graph.nodes where node.primitive is Cast {
      #expect(graph.constant(node.operands[0]) == nil, "\(node.primitive)")
    }
    #expect(!graph.nodes.contains { $0.primitive.name == "divide" && index == 0 })
  }

  @Test func `normalization folds into convolutions of bf16`() throws {
    let model = Model.input("x", shape: [nil, 6, 6, 4])
      .conv(8, kernelSize: 3, useBias: false).batchNorm().relu().flatten().dense(3)
    let (initialize, predict) = try model.build()
    var state = try initialize(seed: 1)
    let key = RandomKey(seed: 2)
    for (path, tensor) in state.layerState {
      state.layerState[path] = key.derived(path).uniform(tensor.shape) + 0.5
    }
    let x = randomInput([2, 6, 6, 4])
    let baked = try model.build(baking: state, precision: .mixedBFloat16)
    expectClose(try baked(x), try predict(state, x), relative: 0.03, absolute: 0.03)
    let names = try baked.plan(for: x).graph.nodes.map { "\($0.primitive)" }
    #expect(names.filter { $0.hasSuffix("+ bias + rectifiedLinear") }.count == 1, "\(names)")
    #expect(names.filter { $0.hasPrefix("fused") }.isEmpty, "\(names)")
  }

  @Test func `gradients of kernels are f32 without rounding`() throws {
    let graph = try step(Self.network, Self.images, .mixedBFloat16).graph
    let gradients = graph.nodes.filter { $0.primitive.name == "convolution_kernel_gradient" }
    #expect(gradients.count == 2)
    for node in gradients { #expect(graph.types[Int(node.firstResult)].elementType == .float32) }
  }

  @Test func `models of other types keep what they ask for`() throws {
    let model = Model.input("x", shape: [nil, 4], elementType: .float64).dense(3)
    let (initialize, predict) = try model.build(precision: .mixedBFloat16)
    let x = randomInput([2, 4]).cast(to: .float64)
    #expect(try predict(initialize(seed: 1), x).elementType == .float64)
  }

  @Test func `precisions have names`() {
    #expect("\(Precision.full), \(Precision.mixedBFloat16)" == "full, mixed bf16")
    #expect(Precision.full != .mixedBFloat16)
  }
}
