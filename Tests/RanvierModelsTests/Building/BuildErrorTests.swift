import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BuildErrorTests {
  private let file = "RanvierModelsTests/BuildErrorTests.swift"

  @Test func `one error lists every mistake`() {
    let line = #line
    let pixels = Model.input("pixels", shape: [nil, 64])
    let wide = pixels.dense(16, name: "hidden")
    let narrow = pixels.dense(17, name: "hidden")
    let sum = Model.add(wide, narrow).dense(3)
    let images = pixels.scope("eye") { $0.conv(3, kernelSize: 3).relu() }
    let model = Model.concatenate(sum, images)
    let error = #expect(throws: BuildError.self) { try model.build() }
    #expect(
      error?.description == """
        the model has 3 problems:
          hidden (dense, \(file):\(line + 3)): needs a name of its own, got the name of the dense \
        layer at \(file):\(line + 2); rename one of them; to share parameters, use a SharedBlock
          add_0 (add, \(file):\(line + 4)): needs equal shapes (or sizes of 1, which are \
        repeated), got f32[nil, 16] and f32[nil, 17]; bring both branches to one shape, for example with a \
        dense or 1x1 conv layer
          eye/conv_0 (conv, \(file):\(line + 5)): needs an input [batch, 1 to 3 spatial axes, \
        channels], so rank 3 to 5, got [nil, 64] of rank 2; reshape rows into images first
        """)
    #expect(throws: BuildError.self) { try model.summary() }
    #expect(throws: BuildError.self) { try model.build(mode: .training) }
  }

  @Test func `one mistake is one problem, whatever follows`() {
    let model = Model.input("x", shape: [nil, 4]).conv(3).batchNorm().maxPool().flatten().dense(2)
    let line = #line - 1
    let error = #expect(throws: BuildError.self) { try model.build() }
    #expect(
      error?.description == """
        the model has 1 problem:
          conv_0 (conv, \(file):\(line)): needs an input [batch, 1 to 3 spatial axes, channels], \
        so rank 3 to 5, got [nil, 4] of rank 2; reshape rows into images first
        """)
  }

  @Test func `duplicate names are reported behind other mistakes, too`() {
    let broken = Model.input("x", shape: [nil, 4]).dense(0, name: "a")
    let model = Model.add(broken.relu(name: "a"), broken.dense(2, name: "a"))
    let problems = model.problems()
    #expect(problems.map(\.operation) == ["dense", "relu", "dense"])
    #expect(
      problems.map(\.rule) == ["at least one unit", "a name of its own", "a name of its own"])
    #expect(problems.dropFirst().allSatisfy { $0.got.contains("dense layer at \(file):") })
  }

  @Test func `inputs may not share a name with layers`() {
    expectProblem(
      Model.input("x", shape: [nil, 4]).relu(name: "x"), rule: "a name of its own",
      got: "the input layer")
  }

  @Test func `problems come in the order of the layers`() {
    let x = Model.input("x", shape: [nil, 4])
    let last = x.dense(0)
    let helper = { (model: Model) in model.conv(1) }
    let model = Model.concatenate(last, helper(x), x.dense(-1))
    #expect(model.problems().map(\.path) == ["dense_0", "conv_0", "dense_1"])
  }
}
