import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct EmbeddingLayerTests {
  let tokens = Model.input("tokens", shape: [nil, nil], elementType: .int32)
  let ids = Tensor([[0, 3, 1], [4, 4, 0]] as [[Int32]])

  @Test func `takes rows of its kernel`() throws {
    let model = tokens.embedding(vocabulary: 5, features: 3)
    #expect(try model.outputShape() == [nil, nil, 3])
    #expect(try model.outputSignature().parameters.map(\.type) == [TensorType(.float32, [5, 3])])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let kernel = state.parameters["embedding_0/kernel"]
    #expect(abs(kernel).max().scalar(as: Float.self) <= 0.01)
    let y = try predict(state, ids)
    #expect(y.shape == [2, 3, 3] && y[0, 1] == kernel[3] && y[1, 2] == kernel[0])
    // Clamped, as the function documents.
    #expect(try predict(state, Tensor([[-7, 9]] as [[Int32]]))[0] == kernel[.every(4)])
  }

  @Test(arguments: [ElementType.uint8, .int16, .int64])
  func `takes integers of every type`(type: ElementType) throws {
    let model = Model.input(shape: [nil], elementType: type).embedding(vocabulary: 3, features: 2)
    #expect(try model.output(for: Tensor.range(3).cast(to: type)).shape == [3, 2])
  }

  @Test func `positions are added, whatever the length`() throws {
    let model = tokens.embedding(vocabulary: 5, features: 3).positionEmbedding(maximumLength: 4)
    #expect(try model.outputShape() == [nil, nil, 3])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let kernels = state.parameters
    #expect(kernels.paths == ["embedding_0/kernel", "position_embedding_0/kernel"])
    for length in 1 ..< 4 {
      let part = ids[.all, 0 ..< length]
      let rows = embedding(part, table: kernels["embedding_0/kernel"])
      expectClose(
        try predict(state, part),
        rows + kernels["position_embedding_0/kernel"][0 ..< length])
    }
    let error = #expect(throws: ModelError.self) {
      _ = try predict(state, Tensor.zeros([1, 5], elementType: .int32))
    }
    #expect(error?.got == "x [1, 5, 3], table [4, 3]")
  }

  @Test func `compiled equals eager, with derivatives`() throws {
    let (ids, table) = (ids, randomInput([5, 3]))
    try expectCompiledMatches(at: [table, randomInput([4, 3], salt: "positions")], "embedding") {
      positionEmbedding(embedding(ids, table: $0[0]), table: $0[1])
    }
  }

  @Test func `the padding index gives zeros, and its row is not learnt`() throws {
    let model = tokens.embedding(
      vocabulary: 5, features: 3, paddingIndex: 4, scalingByFrequency: true)
    #expect(
      try model.summary().rows.last?.options == [
        "vocabulary: 5", "features: 3", "padding index: 4", "scaling by frequency: true",
      ])
    let (initialize, train) = try model.build(mode: .training)
    let (state, ids) = (try initialize(seed: 1), ids)
    let (_, result, slopes) = try valueWithGradient(at: state.parameters) { parameters in
      let result = try train(ModelState(parameters: parameters), ids, key: RandomKey(seed: 1))
      return (result.output.sum(), result)
    }
    #expect(result.output[1, 0 ..< 2] == Tensor.zeros([2, 3]))
    #expect(result.output[1, 2] == state.parameters["embedding_0/kernel"][0])
    // Each row that is taken counts once, however often.
    #expect(
      slopes["embedding_0/kernel"]
        == Tensor([1, 1, 0, 1, 0] as [Float]).expandedDimension(at: 1).broadcast(to: [5, 3]))
    expectProblem(
      tokens.embedding(vocabulary: 5, features: 3, paddingIndex: 5),
      rule: "a padding index in -5 ..< 5", got: "5")
  }

  @Test func `shows its options and counts its parameters`() throws {
    let summary = try tokens.embedding(vocabulary: 65, features: 8)
      .positionEmbedding(maximumLength: 16).summary()
    #expect(
      summary.rows.map(\.options)
        == [[], ["vocabulary: 65", "features: 8"], ["maximum length: 16"]])
    #expect(summary.parameterCount == 65 * 8 + 16 * 8)
  }

  @Test func `refuses inputs and options that do not fit`() {
    expectProblem(
      Model.input(shape: [nil, 4]).embedding(vocabulary: 3, features: 2), rule: "integers",
      got: "f32[nil, 4]", hint: "elementType: .int32")
    expectProblem(
      Model.input(shape: [nil], elementType: .bool).embedding(vocabulary: 3, features: 2),
      rule: "integers", got: "bool[nil]")
    expectProblem(
      tokens.embedding(vocabulary: 0, features: 2), rule: "at least one row", got: "vocabulary 0")
    expectProblem(
      tokens.embedding(vocabulary: 2, features: -1), rule: "one feature", got: "features -1")
    let x = Model.input(shape: [nil, 6, 2])
    expectProblem(
      x.positionEmbedding(maximumLength: 5), rule: "at most as many tokens",
      got: "maximum length 5, [nil, 6, 2]")
    expectProblem(x.positionEmbedding(maximumLength: 0), rule: "positive maximum", got: "length 0")
    expectProblem(
      Model.input(shape: [nil, 6]).positionEmbedding(maximumLength: 6),
      rule: "[batch, ..., tokens, features]", got: "[nil, 6]")
    expectProblem(
      tokens.positionEmbedding(maximumLength: 6), rule: "floating-point", got: "i32[nil, nil]")
  }
}
