import RanvierFunctions
import RanvierModels
import RanvierTensors
import Synchronization
import TestSupport
import Testing

struct ModelTests {
  /// A model with a branch, of which options may be changed.
  private func network(
    units: Int = 8, rate: Double = 0.5, activation: Activation = .relu, name: String? = nil,
    initializer: Initializer = .glorotUniform, scope: String = "body", outer: Bool = true
  ) -> Model {
    let x = Model.input("x", shape: [nil, 8])
    return x.scope(scope) { x in
      let y = x.dense(units, activation: activation, kernelInitializer: initializer, name: name)
      return Model.add(outer ? x : y, y.dropout(rate: rate))
    }
  }

  @Test func `models built by the same code are equal`() {
    #expect(network() == network())
    #expect(network().hashValue == network().hashValue)
    #expect(Set([network(), network(), network(rate: 0.1)]).count == 2)
  }

  @Test func `models differ by every option`() {
    let others = [
      network(rate: 0.1), network(activation: .tanh), network(name: "named"),
      network(initializer: .heNormal), network(scope: "other"), network(outer: false),
      network(activation: .leakyRelu(alpha: 0.1)), network(activation: .leakyRelu(alpha: 0.2)),
      network().relu(), Model.input("y", shape: [nil, 8]), Model.input("x", shape: [nil, 8]),
      Model.input("x", shape: [nil, 8], elementType: .float64),
    ]
    for (index, model) in others.enumerated() {
      #expect(model != network(), "\(index)")
      for other in others[..<index] { #expect(model != other, "\(index)") }
    }
  }

  @Test func `custom layers are compared by operation and parameters`() {
    func scaled(_ operation: String, _ size: Int) -> Model {
      Model.layer(
        operation, Model.input(shape: [nil, 3]), parameters: [.init("a", shape: [size])]
      ) { $0.input }
    }
    #expect(scaled("scale", 3) == scaled("scale", 3))
    #expect(scaled("scale", 3) != scaled("scale", 1))
    #expect(scaled("scale", 3) != scaled("shift", 3))
  }

  @Test func `unnamed layers are numbered by operation`() throws {
    let x = Model.input(shape: [nil, 2])
    _ = x.dense(1)
    let model = Model.add(
      x.dense(3), x.dense(3, name: "dense_1").relu().dense(3).relu(name: "last"))
    #expect(
      try model.paths() == ["input_0", "dense_0", "dense_1", "relu_0", "dense_2", "last", "add_0"])
  }

  @Test func `a branch is a function from model to model`() throws {
    func residual(_ filters: Int) -> (Model) -> Model {
      { x in Model.add(x, x.conv(filters, kernelSize: 3, padding: .same).relu()).relu() }
    }
    let model = Model.input("image", shape: [nil, 4, 4, 2]) |> residual(2) |> residual(2)
    #expect(
      try model.paths() == [
        "image", "conv_0", "relu_0", "add_0", "relu_1", "conv_1", "relu_2", "add_1", "relu_3",
      ])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    var expected = randomInput([2, 4, 4, 2])
    let x = expected
    for index in 0 ..< 2 {
      let (kernel, bias) = (
        state.parameters["conv_\(index)/kernel"], state.parameters["conv_\(index)/bias"]
      )
      expected = relu(expected + relu(convolution(expected, kernel, bias, padding: .same)))
    }
    expectClose(try predict(state, x), expected)
  }

  @Test func `a node used twice is computed once`() throws {
    let calls = Mutex(0)
    let x = Model.input(shape: [nil, 2])
    let counted = Model.layer("count", x) { call in
      calls.withLock { $0 += 1 }
      return call.input * 2
    }
    let model = Model.add(counted, counted.relu(), Model.multiply(counted, x))
    let (_, predict) = try model.build()
    calls.withLock { $0 = 0 }
    let ones = Tensor.ones([3, 2])
    for _ in 0 ..< 3 {
      expectClose(try predict(ModelState(parameters: [:]), ones), ones * 6)
    }
    #expect(calls.withLock { $0 } == 1, "once, while the first prediction is planned")
  }

  @Test func `wide graphs with many joins keep each node once`() throws {
    var layers = [Model.input(shape: [nil, 2])]
    for _ in 0 ..< 30 {
      // Each level joins the two before it twice: 2^30 paths, 91 nodes.
      let (a, b) = (layers[layers.count - 1], layers[max(0, layers.count - 2)])
      layers.append(Model.add(a.relu(), Model.add(b, a)))
    }
    #expect(try layers[30].paths().count == 91)
    #expect(try layers[30].output(for: Tensor.ones([1, 2])).error == nil)
    #expect(layers[30] == layers[30])
  }

  @Test(.timeLimit(.minutes(3))) func `2,000 layers are no trouble`() throws {
    var model = Model.input("x", shape: [nil, 2])
    for index in 0 ..< 2000 {
      model = index % 2 == 0 ? model.relu() : Model.add(model, model)
    }
    #expect(model == model)
    #expect(try model.summary().rows.count == 2001)
    // 1,000 doublings overflow to infinity; what matters is that they are carried out.
    let output = try model.output(for: Tensor.ones([1, 2]))
    #expect(output.scalars(as: Float.self) == [.infinity, .infinity])
  }
}
