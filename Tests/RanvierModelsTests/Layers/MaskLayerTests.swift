import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct MaskLayerTests {
  let tokens = Model.input(shape: [nil, nil], elementType: .int32)

  @Test func `is true where a step counts`() throws {
    let model = tokens.mask(token: 0)
    #expect(try model.outputSignature().output.description == "bool[nil, nil]")
    let mask = try model.output(for: Tensor([[5, 0, 7], [0, 1, 0]] as [[Int32]]))
    #expect(mask == Tensor([[true, false, true], [false, true, false]]))
  }

  @Test func `refuses numbers that are not integers`() {
    expectProblem(
      Model.input(shape: [nil, 2]).mask(token: 1), rule: "integers", got: "f32[nil, 2]",
      hint: ".int32")
  }
}
