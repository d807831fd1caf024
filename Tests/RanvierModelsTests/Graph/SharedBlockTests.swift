import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SharedBlockTests {
  private let a = Model.input("a", shape: [nil, 4])
  private let b = Model.input("b", shape: [nil, 4])
  private let x = randomInput([3, 4], salt: "x")
  private let y = randomInput([3, 4], salt: "y")

  @Test func `every application uses one set of parameters`() throws {
    let tower = SharedBlock("tower") { $0.dense(5, activation: .tanh).dense(2, name: "head") }
    let model = Model.subtract(tower(a), b |> tower)
    #expect(
      try model.parameterPaths() == [
        "tower/dense_0/kernel", "tower/dense_0/bias", "tower/head/kernel", "tower/head/bias",
      ])
    #expect(
      try model.paths() == [
        "a", "b", "tower/dense_0", "tower/head", "tower#2/dense_0", "tower#2/head", "subtract_0",
      ])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    #expect(state.parameters.elementCount == 4 * 5 + 5 + 5 * 2 + 2)
    #expect(try predict(state, ["a": x, "b": x]) == Tensor.zeros([3, 2]))

    let (_, single) = try tower(Model.input("a", shape: [nil, 4])).build()
    let expected = try single(state, x) - single(state, y)
    expectClose(try predict(state, ["a": x, "b": y]), expected)
  }

  @Test func `parameters are counted once and marked in the summary`() throws {
    let tower = SharedBlock("tower") { $0.dense(2).relu() }
    let summary = try Model.add(tower(a), tower(b)).summary()
    #expect(summary.parameterCount == 10)
    #expect(summary.rows.map(\.sharedWith) == [nil, nil, nil, nil, "tower/dense_0", nil, nil])
    #expect("\(summary)".contains("| tower#2/dense_0 | b:"))
    #expect("\(summary)".contains("| shared with tower/dense_0 |"))
    #expect("\(summary)".contains("| Total Parameters: 10 "))
  }

  @Test(.tags(.gradient)) func `gradients add up over the applications`() throws {
    let block = SharedBlock { $0.dense(4, activation: .tanh) }
    let input = Model.input("a", shape: [nil, 4], elementType: .float64)
    let model = block(block(block(input)))
    #expect(try model.parameterPaths() == ["shared_0/dense_0/kernel", "shared_0/dense_0/bias"])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let point = x.cast(to: .float64)
    // The parameters' type is f32; a step that f32 resolves, and a slope in proportion.
    func loss(_ parameters: Parameters) throws -> Tensor {
      try square(predict(ModelState(parameters: parameters), point)).sum()
    }
    let slopes = try gradient(at: state.parameters) { try loss($0) }
    let direction = state.parameters.mapValues { randomInput($0.shape, salt: "direction") }
    let step: Float = 1e-3
    let ahead = try loss(state.parameters.combined(with: direction) { $0 + $1 * step })
    let behind = try loss(state.parameters.combined(with: direction) { $0 - $1 * step })
    let inner = slopes.combined(with: direction) { ($0 * $1).sum() }.tensors
      .reduce(Tensor(0.0)) { $0 + $1 }
    expectClose(
      inner, (ahead - behind).cast(to: .float64) / Double(2 * step), relative: 1e-3, absolute: 1e-4)
  }

  @Test func `dropout is off in prediction and draws anew in each application`() throws {
    let block = SharedBlock { $0.dropout(rate: 0.5) }
    let model = Model.subtract(block(a), block(a))
    let ones = Tensor.ones([50, 4])
    #expect(try model.output(for: ones) == Tensor.zeros([50, 4]))
    let (_, train) = try model.build(mode: .training)
    let empty = ModelState(parameters: [:])
    let output = try train(empty, ones, key: RandomKey(seed: 1)).output
    #expect(output != Tensor.zeros([50, 4]))
    #expect(try train(empty, ones, key: RandomKey(seed: 1)).output == output)
  }

  @Test func `layer state takes in one application after another`() throws {
    let norm = SharedBlock("norm") { $0.batchNorm(momentum: 0.5) }
    let (initialize, train) = try Model.add(norm(a), norm(b)).build(mode: .training)
    let state = try initialize(seed: 1)
    #expect(state.layerState.paths == ["norm/batch_norm_0/mean", "norm/batch_norm_0/variance"])
    let result = try train(state, ["a": x, "b": y], key: RandomKey(seed: 1))
    let (first, second) = (batchNormTraining(x), batchNormTraining(y))
    expectClose(result.output, first.output + second.output)
    expectClose(
      result.layerState["norm/batch_norm_0/mean"], (first.mean * 0.5) * 0.5 + second.mean * 0.5)
    expectClose(
      result.layerState["norm/batch_norm_0/variance"],
      (first.variance * 0.5 + 0.5) * 0.5 + second.variance * 0.5)
  }

  @Test func `inputs that do not fit are reported with both places`() {
    let tower = SharedBlock("tower") { $0.dense(3, name: "head").relu() }
    let wide = Model.input("wide", shape: [nil, 7])
    let model = Model.add(tower(a), tower(b), tower(wide))
    let (line, body) = (#line - 1, #line - 3)
    let file = "RanvierModelsTests/SharedBlockTests.swift"
    #expect(
      model.problems().map(\.description) == [
        """
        tower#3/head (dense, \(file):\(body), applied at \(file):\(line)): needs inputs that fit \
        the kernel f32[4, 3] it shares with tower/head, applied at \(file):\(line), got \
        f32[nil, 7], which takes f32[7, 3]; apply the block to equal sizes only, or make a second \
        block
        """
      ])
  }

  @Test func `a mistake within is reported once`() {
    let block = SharedBlock { $0.conv(3).dense(2, name: "x/y") }
    let problems = Model.add(block(a), block(b)).problems()
    #expect(problems.map(\.path) == ["shared_0/conv_0", "shared_0/x/y"])
    #expect(problems.first?.appliedAt.count == 1)
  }

  @Test func `blocks of one name are refused`() {
    let first = SharedBlock("tower") { $0.dense(3) }
    let second = SharedBlock("tower") { $0.dense(3) }
    expectProblem(
      Model.add(first(a), second(b)), rule: "a name of its own for each shared block",
      got: "SharedBlockTests.swift:\(#line - 1)", hint: "apply one block twice")
  }

  @Test func `blocks nest`() throws {
    let inner = SharedBlock("inner") { $0.dense(4) }
    let outer = SharedBlock("outer") { inner($0.relu()).scope("tail") { inner($0).dense(4) } }
    let model = Model.add(outer(a), outer(b), inner(a))
    #expect(
      try model.parameterPaths() == [
        "outer/inner/dense_0/kernel", "outer/inner/dense_0/bias", "outer/tail/dense_0/kernel",
        "outer/tail/dense_0/bias",
      ])
    #expect(
      try model.paths() == [
        "a", "b", "outer/relu_0", "outer/inner/dense_0", "outer/tail/inner#2/dense_0",
        "outer/tail/dense_0", "outer#2/relu_0", "outer#2/inner/dense_0",
        "outer#2/tail/inner#2/dense_0", "outer#2/tail/dense_0", "inner#3/dense_0", "add_0",
      ])
    #expect(try Set(model.paths()).count == model.paths().count)
  }

  @Test func `the scope is that of the application`() throws {
    let block = SharedBlock("block") { $0.dense(4) }
    let model = block(a.scope("first") { block($0) })
    #expect(try model.paths() == ["a", "first/block/dense_0", "block#2/dense_0"])
    #expect(try model.parameterPaths().first == "first/block/dense_0/kernel")
  }

  @Test func `models from outside are the same in all applications`() throws {
    let context = b.dense(4, name: "context")
    let block = SharedBlock("block") { Model.add($0, context) }
    let model = Model.subtract(block(a), block(a.relu()))
    #expect(
      try model.paths() == [
        "a", "b", "context", "block/add_0", "relu_0", "block#2/add_0", "subtract_0",
      ])
    #expect(SharedBlock { $0 }(a) == a)
    #expect(try SharedBlock { _ in context }(a).paths() == ["b", "context"])
  }

  @Test func `what the body keeps to itself is refused outside`() {
    var leaked = a
    let block = SharedBlock { x in
      leaked = x
      return x.relu()
    }
    expectProblem(
      Model.add(block(a), leaked), rule: "within its shared block", got: "outside",
      hint: "apply the block")
  }

  @Test func `models with blocks compare by structure`() {
    func twin(_ count: Int) -> Model {
      let blocks = (0 ..< count).map { _ in SharedBlock { $0.dense(4) } }
      return Model.add(blocks[0](a), blocks[count - 1](a))
    }
    #expect(twin(1) == twin(1))
    #expect(twin(1).hashValue == twin(1).hashValue)
    #expect(twin(1) != twin(2))
    #expect(twin(1) != Model.add(a.dense(4), a.dense(4)))
  }
}
