import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct MorphologyLayerTests {
  @Test func `has a kernel for each channel`() throws {
    let model = Model.input(shape: [nil, 9, nil, 3]).morphologicalDilation(
      kernelSize: [3, 2], strides: [2, 1])
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, 4, nil, 3])
    #expect(signature.parameters.map(\.name) == ["kernel"])
    #expect(signature.parameters.map(\.shape) == [[3, 2, 3]])
  }

  @Test func `equals the functions it is made of`() throws {
    let x = randomInput([2, 6, 5, 3])
    let image = Model.input(shape: [nil, 6, 5, 3])
    let kernel = Tensor(repeating: 0.5, shape: [2, 2, 3], elementType: .float32)
    expectClose(
      try image.morphologicalDilation(
        kernelSize: 2, padding: .same, kernelInitializer: .constant(0.5)
      ).output(for: x), morphologicalDilation(x, kernel, padding: .same))
    expectClose(
      try image.morphologicalErosion(kernelSize: 2, dilation: 2, kernelInitializer: .constant(0.5))
        .output(for: x), morphologicalErosion(x, kernel, dilation: [2]))
  }

  @Test func `refuses what does not fit`() {
    let image = Model.input(shape: [nil, 3, 3, 2])
    expectProblem(
      image.morphologicalDilation(kernelSize: 4), rule: "as large as the window", got: "4")
    expectProblem(
      Model.input(shape: [nil, 3, 2], elementType: .int32).morphologicalErosion(kernelSize: 2),
      rule: "floating-point numbers", got: "i32")
    expectProblem(
      Model.input(shape: [nil, 3, nil]).morphologicalErosion(kernelSize: 2),
      rule: "known number of channels", got: "nil")
  }
}
