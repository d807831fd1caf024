import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ScaleAndOffsetTests {
  let input = Model.input(shape: [nil, 3, 4])
  let x = randomInput([2, 3, 4])

  @Test func `begin with ones and zeros`() throws {
    for model in [
      input.batchNorm(), input.layerNorm(), input.groupNorm(groups: 2), input.instanceNorm(),
      input.rmsNorm(),
    ] {
      for (path, tensor) in try model.build().initialize(seed: 1).parameters {
        let value: Double = path.hasSuffix("scale") ? 1 : 0
        #expect(tensor == Tensor(repeating: value, shape: [4]), "\(path)")
      }
    }
  }

  @Test func `begin as asked for, or are left out`() throws {
    func built(_ scale: Initializer?, _ offset: Initializer?) -> [Model] {
      [
        input.batchNorm(scaleInitializer: scale, offsetInitializer: offset),
        input.layerNorm(scaleInitializer: scale, offsetInitializer: offset),
        input.groupNorm(groups: 2, scaleInitializer: scale, offsetInitializer: offset),
        input.instanceNorm(scaleInitializer: scale, offsetInitializer: offset),
      ]
    }
    for model in built(.constant(3), .constant(-1)) {
      for (path, tensor) in try model.build().initialize(seed: 1).parameters {
        let value: Double = path.hasSuffix("scale") ? 3 : -1
        #expect(tensor == Tensor(repeating: value, shape: [4]), "\(path)")
      }
    }
    for (model, whole) in zip(built(nil, nil), built(.ones, .zeros)) {
      #expect(try model.parameterPaths().isEmpty)
      expectClose(try model.output(for: x), try whole.output(for: x))
      #expect(
        try model.summary().rows.last?.options.suffix(2) == ["scale: false", "offset: false"])
    }
    #expect(try input.rmsNorm(scaleInitializer: nil).parameterPaths().isEmpty)
  }
}
