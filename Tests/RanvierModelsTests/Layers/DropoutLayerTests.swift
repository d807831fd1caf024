import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct DropoutLayerTests {
  let model = Model.input(shape: [nil, 50]).dropout(rate: 0.25)
  let x = Tensor.ones([4, 50])
  let empty = ModelState(parameters: [:])

  @Test func `does nothing in prediction`() throws {
    #expect(try model.output(for: x) == x)
  }

  @Test func `in training the key decides`() throws {
    let (_, train) = try model.build(mode: .training)
    let first = try train(empty, x, key: RandomKey(seed: 1)).output
    #expect(try train(empty, x, key: RandomKey(seed: 1)).output == first)
    #expect(try train(empty, x, key: RandomKey(seed: 2)).output != first)
    let values = Set(first.scalars(as: Float.self))
    #expect(values == [0, 1 / 0.75])
  }

  @Test func `each layer draws by itself, whatever else there is`() throws {
    let twice = Model.concatenate(
      model, Model.layer("same", model) { $0.input }.dropout(rate: 0, name: "none"))
    let (_, train) = try twice.build(mode: .training)
    let output = try train(empty, x, key: RandomKey(seed: 1)).output
    let (_, alone) = try model.build(mode: .training)
    let single = try alone(empty, x, key: RandomKey(seed: 1)).output
    #expect(output == Tensor(concatenating: [single, single], alongAxis: 1), "evaluated once")
    let input = Model.input(shape: [nil, 50])
    let (_, both) = try Model.subtract(input.dropout(), input.dropout()).build(mode: .training)
    let difference = try both(empty, x, key: RandomKey(seed: 1)).output
    #expect(difference != Tensor.zeros([4, 50]))
  }

  @Test func `refuses other rates and integers`() {
    for rate in [-0.1, 1, .nan, .infinity] {
      expectProblem(
        Model.input(shape: [nil, 2]).dropout(rate: rate), rule: "0 ..< 1", got: "\(rate)")
    }
    expectProblem(
      Model.input(shape: [nil, 2], elementType: .uint8).dropout(), rule: "floating-point",
      got: "u8[nil, 2]")
  }
}
