import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ArithmeticLayerTests {
  @Test func `computes element by element, in order, repeating sizes of 1`() throws {
    let a = Model.input("a", shape: [nil, 3])
    let b = Model.input("b", shape: [nil, 1])
    let c = Model.input("c", shape: [1, 3])
    let x = randomInput([4, 3], salt: "x")
    let y = randomInput([4, 1], salt: "y")
    let z = randomInput([1, 3], salt: "z")
    for (model, expected) in [
      (Model.add(a, b, c), x + y + z), (Model.subtract(a, b, c), x - y - z),
      (Model.multiply(a, b, c), x * y * z), (Model.add(a, a), x + x),
      (Model.divide(a, b, c), x / y / z), (Model.average(a, b, c), (x + y + z) / 3),
      (Model.maximum(a, b, c), maximum(maximum(x, y), z)),
      (Model.minimum(a, b, c), minimum(minimum(x, y), z)),
    ] {
      #expect(try model.outputShape() == [nil, 3])
      let (_, predict) = try model.build()
      let inputs = try ResolvedModel(model).inputs.map(\.name)
      let given = (["a": x, "b": y, "c": z] as Parameters).filter { inputs.contains($0) }
      expectClose(try predict(ModelState(parameters: [:]), given), expected)
    }
  }

  @Test func `refuses unequal shapes and types, and single models`() {
    let a = Model.input("a", shape: [nil, 3])
    expectProblem(
      Model.add(a, Model.input("b", shape: [nil, 4])), rule: "equal shapes",
      got: "f32[nil, 3] and f32[nil, 4]", hint: "dense")
    expectProblem(
      Model.multiply(a, Model.input("b", shape: [nil, 3], elementType: .int32)),
      rule: "one element type", got: "f32[nil, 3] and i32[nil, 3]")
    expectProblem(Model.subtract(a), rule: "at least two", got: "1")
    let whole = Model.input("whole", shape: [nil, 3], elementType: .int32)
    expectProblem(Model.average(whole, whole), rule: "floating-point", got: "i32[nil, 3]")
  }

  @Test func `open sizes that turn out unequal are refused when data comes`() throws {
    let (_, predict) = try Model.add(
      Model.input("a", shape: [nil, nil]), Model.input("b", shape: [nil, nil])
    ).build()
    let error = #expect(throws: ModelError.self) {
      try predict(
        ModelState(parameters: [:]), ["a": randomInput([2, 3]), "b": randomInput([2, 4])])
    }
    #expect(error?.path.hasPrefix("add_0 (add, ") == true)
  }
}
