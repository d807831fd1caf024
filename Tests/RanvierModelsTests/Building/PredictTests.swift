import RanvierCompilation
import RanvierFunctions
import RanvierModels
import RanvierTensors
import Synchronization
import TestSupport
import Testing

struct PredictTests {
  private let model = Model.input("pixels", shape: [nil, 4]).dense(3, activation: .tanh).dense(2)

  private func message(_ body: () throws -> Any) -> String {
    do {
      return "no error but \(try body())"
    } catch let error as ModelError {
      return error.description
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func `inputs that do not fit are named`() throws {
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    #expect(
      message { try predict(state, Tensor.zeros([4])) }
        == "pixels: needs shape [nil, 4], got [4]; was the batch axis forgotten?")
    #expect(
      message { try predict(state, Tensor.zeros([3, 5])) }
        == "pixels: needs shape [nil, 4], got [3, 5]")
    #expect(
      message { try predict(state, Tensor.zeros([3, 4], elementType: .uint8)) }
        == "pixels: needs elements of type f32, got u8; convert with cast(to: .float32)")
    #expect(
      message { try predict(state, [:]) }
        == "pixels: needs a value for every input (`pixels`), got none")
    #expect(
      message { try predict(state, Tensor.zeros([2]) + Tensor.zeros([3])) }.hasPrefix(
        "pixels: needs a valid tensor, got the result of a wrong operation: + needs shapes that"))
  }

  @Test func `several inputs are matched by name`() throws {
    let model = Model.subtract(
      Model.input("left", shape: [nil, 2]), Model.input("right", shape: [nil, 2]))
    let (_, predict) = try model.build()
    let state = ModelState(parameters: [:])
    let (x, y) = (randomInput([3, 2], salt: "x"), randomInput([3, 2], salt: "y"))
    #expect(try predict(state, ["left": x, "right": y]) == x - y)
    #expect(try predict(state, ["right": y, "left": x]) == x - y)
    #expect(
      message { try predict(state, ["left": x]) }
        == "right: needs a value for every input (`left`, `right`), got `left`")
    #expect(
      message { try predict(state, ["left": x, "right": y, "middle": y]) }
        == "middle: needs an input of the model (`left`, `right`), got `middle`")
    #expect(
      message { try predict(state, x) }
        == """
        input: needs its 2 inputs by name (`left`, `right`), got one tensor without a name; call \
        predict(state, ["left": ..., "right": ...])
        """)
  }

  @Test func `states that do not fit are named`() throws {
    let (initialize, predict) = try model.batchNorm().build()
    let state = try initialize(seed: 1)
    let x = randomInput([3, 4])
    #expect(
      message { try predict(ModelState(parameters: [:]), x) }
        == """
        dense_0/kernel: needs this parameter in the model state, got a state without it; make the \
        state with this model's initialize
        """)
    #expect(
      message { try predict(ModelState(parameters: state.parameters), x) }
        .hasPrefix("batch_norm_0/mean: needs this layer state in the model state"))
    var wrong = state
    wrong.parameters["dense_1/bias"] = Tensor.zeros([3])
    #expect(
      message { try predict(wrong, x) }
        == """
        dense_1/bias: needs a parameter of type f32[2], got f32[3]; was the state made by another \
        model?
        """)
    wrong.parameters["dense_1/bias"] = Tensor.zeros([2], elementType: .float64)
    #expect(message { try predict(wrong, x) }.contains("type f32[2], got f64[2]"))
    // Also where a plan for these types is there already.
    wrong.parameters["dense_1/bias"] = Tensor.zeros([2]) + Tensor.zeros([3])
    #expect(message { try predict(wrong, x) }.hasPrefix("dense_1/bias: needs a valid tensor"))
    wrong.parameters["dense_1/bias"] = Tensor.zeros([2])
    #expect(try predict(wrong, x).shape == [3, 2], "unharmed by errors before")
  }

  @Test func `scalars in the state may be invalid without being taken for a known plan`() throws {
    let model = Model.layer(
      "shift", Model.input("x", shape: [nil, 2]), parameters: [.init("by", shape: [])]
    ) { $0.input + $0.parameters["by"] }
    let (_, predict) = try model.build()
    var state = ModelState(parameters: ["shift_0/by": Tensor(1, elementType: .float32)])
    #expect(try predict(state, Tensor.ones([1, 2])) == Tensor.ones([1, 2]) * 2)
    state.parameters["shift_0/by"] = Tensor.zeros([2]) + Tensor.zeros([3])
    #expect(
      message { try predict(state, Tensor.ones([1, 2])) }.hasPrefix("shift_0/by: needs a valid"))
  }

  @Test func `errors in a recording name the path, too`() throws {
    let (initialize, predict) = try model.build()
    var state = try initialize(seed: 1)
    state.parameters["dense_1/bias"] = Tensor.zeros([2]) + Tensor.zeros([3])
    let x = randomInput([3, 4])
    #expect(
      message {
        try gradient(at: state.parameters) {
          try predict(ModelState(parameters: $0), x).sum()
        }
      }.hasPrefix("dense_1/bias: needs a valid tensor"))
  }

  @Test func `one build predicts for every batch size`() throws {
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let x = randomInput([64, 4])
    let all = try predict(state, x)
    for size in [1, 2, 3, 17, 64, 1] {
      let output = try predict(state, x[0 ..< size])
      #expect(output.shape == [size, 2])
      expectClose(output, all[0 ..< size])
    }
    #expect(try predict(state, Tensor.zeros([0, 4])).shape == [0, 2])
  }

  @Test func `building twice gives the same bits`() throws {
    let x = randomInput([9, 4])
    let first = try model.output(for: x, seed: 5)
    #expect(try model.output(for: x, seed: 5) == first)
    let (initialize, train) = try model.dropout().build(mode: .training)
    let (_, again) = try model.dropout().build(mode: .training)
    let state = try initialize(seed: 5)
    let result = try train(state, x, key: RandomKey(seed: 2)).output
    #expect(try again(state, x, key: RandomKey(seed: 2)).output == result)
  }

  @Test func `eight threads at once get what one gets`() async throws {
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let inputs = (0 ..< 64).map { randomInput([$0 % 7 + 1, 4], salt: "\($0)") }
    let outputs = try await withThrowingTaskGroup(of: (Int, [Tensor]).self) { group in
      for thread in 0 ..< 8 {
        group.addTask {
          (thread, try stride(from: thread, to: 64, by: 8).map { try predict(state, inputs[$0]) })
        }
      }
      var outputs = [Tensor?](repeating: nil, count: 64)
      for try await (thread, results) in group {
        for (index, result) in results.enumerated() { outputs[thread + 8 * index] = result }
      }
      return outputs
    }
    let (_, alone) = try model.build()
    for (input, output) in zip(inputs, outputs) { #expect(try alone(state, input) == output) }
  }

  @Test(.tags(.gradient)) func `gradients go through predictions`() throws {
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let x = randomInput([5, 4])
    func byHand(_ p: Parameters) -> Tensor {
      let hidden = tanh(matmul(x, p["dense_0/kernel"]) + p["dense_0/bias"])
      return square(matmul(hidden, p["dense_1/kernel"]) + p["dense_1/bias"]).mean()
    }
    let expected = gradient(at: state.parameters) { byHand($0) }
    let eager = try gradient(at: state.parameters) {
      try square(predict(ModelState(parameters: $0), x)).mean()
    }
    let step = compile { (p: Parameters, x: Tensor) in
      try gradient(at: p) { try square(predict(ModelState(parameters: $0), x)).mean() }
    }
    let compiled = try step(state.parameters, x)
    #expect(eager.paths == state.parameters.paths)
    for (path, tensor) in expected {
      expectClose(eager[path], tensor, path)
      expectClose(compiled[path], tensor, path)
    }
    // With respect to the input, with the parameters held fixed.
    let slope = try gradient(at: x) { try predict(state, $0).sum() }
    #expect(slope.shape == x.shape)
    #expect(slope.error == nil)
  }

  @Test(.tags(.gradient)) func `gradients go through training, layer state beside them`() throws {
    let (initialize, train) = try model.batchNorm().dropout().build(mode: .training)
    let state = try initialize(seed: 1)
    let x = randomInput([5, 4])
    let direct = try train(state, x, key: RandomKey(seed: 3))
    let result = try valueWithGradient(at: state.parameters) { parameters in
      var moved = state
      moved.parameters = parameters
      let result = try train(moved, x, key: RandomKey(seed: 3))
      return (square(result.output).mean(), result.layerState)
    }
    expectClose(result.value, square(direct.output).mean())
    #expect(result.auxiliary.paths == direct.layerState.paths)
    for (path, tensor) in direct.layerState { expectClose(result.auxiliary[path], tensor, path) }
    #expect(result.gradient.tensors.allSatisfy { $0.error == nil })
  }
}
