import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct LinearTransformLayerTests {
  @Test func `scales bytes to f32, and keeps other types`() throws {
    let model = Model.input(shape: [nil, 3], elementType: .uint8)
      .linearTransform(scale: 1 / 255, shift: 0)
    #expect(try model.outputSignature().output.elementType == .float32)
    expectClose(
      try model.output(for: Tensor([[0, 51, 255]] as [[UInt8]])),
      Tensor([[0, 0.2, 1]] as [[Float]]))
    let x = randomInput([2, 3])
    #expect(
      try Model.input(shape: [nil, 3]).linearTransform().output(for: x) == x * 0.5 + 0.5)
    #expect(
      try model.summary().rows.last?.options == ["scale: \(1.0 / 255)", "shift: 0.0"])
  }

  @Test func `refuses what does not fit`() {
    expectProblem(
      Model.input(shape: [nil, 3]).linearTransform(scale: .nan), rule: "finite scale", got: "nan")
    expectProblem(
      Model.input(shape: [nil, 3], elementType: .bool).linearTransform(), rule: "numbers",
      got: "bool[]")
  }
}
