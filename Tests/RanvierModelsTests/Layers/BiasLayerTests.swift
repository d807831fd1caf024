import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BiasLayerTests {
  @Test func `adds a number to each feature`() throws {
    let model = Model.input(shape: [nil, nil, 3]).bias(biasInitializer: .constant(2))
    #expect(try model.parameterPaths() == ["bias_0/bias"])
    let x = randomInput([2, 4, 3])
    #expect(try model.output(for: x) == x + 2)
    #expect(try Model.input(shape: [nil, 3]).bias().output(for: x[0]) == x[0])
  }

  @Test func `refuses inputs that do not fit`() {
    expectProblem(Model.input(shape: [3]).bias(), rule: "[batch, ..., channels]", got: "[3]")
    expectProblem(
      Model.input(shape: [nil, 3], elementType: .int32).bias(), rule: "floating-point",
      got: "i32[nil, 3]")
  }
}
