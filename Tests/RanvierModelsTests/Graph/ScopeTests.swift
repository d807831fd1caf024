import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ScopeTests {
  @Test func `names nest in paths and parameters`() throws {
    let model = Model.input("x", shape: [nil, 4]).dense(3)
      .scope("encoder") { $0.dense(3).scope("inner") { $0.dense(3, name: "head").dense(2) } }
      .dense(1)
    #expect(
      try model.paths() == [
        "x", "dense_0", "encoder/dense_0", "encoder/inner/head", "encoder/inner/dense_0", "dense_1",
      ])
    #expect(
      try model.parameterPaths().prefix(4) == [
        "dense_0/kernel", "dense_0/bias", "encoder/dense_0/kernel", "encoder/dense_0/bias",
      ])
  }

  @Test func `a scope may be continued`() throws {
    let model = Model.input("x", shape: [nil, 4]).scope("a") { $0.relu() }.scope("a") { $0.relu() }
    #expect(try model.paths() == ["x", "a/relu_0", "a/relu_1"])
  }

  @Test func `layers from outside keep their names, and so do inputs`() throws {
    let left = Model.input("left", shape: [nil, 4]).dense(3, name: "left_dense")
    let right = Model.input("right", shape: [nil, 4]).dense(3, name: "right_dense")
    let joined = left.scope("joined") { left in
      let third = Model.input("third", shape: [nil, 3])
      return Model.add(left, right, third).relu()
    }
    let expected = [
      "left", "left_dense", "right", "right_dense", "third", "joined/add_0", "joined/relu_0",
    ]
    #expect(try joined.paths() == expected)
    // The order in which models meet does not matter.
    #expect(try Model.add(right, joined).paths() == expected + ["add_0"])
    #expect(try Model.add(joined, right).paths() == expected + ["add_0"])
  }

  @Test func `layers that leave the function otherwise are in the scope all the same`() throws {
    var middle: Model?
    let model = Model.input("x", shape: [nil, 4]).scope("a") { x in
      let y = x.dense(4)
      middle = y
      return y.relu()
    }
    let expected = ["x", "a/dense_0", "a/relu_0", "add_0"]
    #expect(try Model.add(model, #require(middle)).paths() == expected)
    #expect(try Model.add(#require(middle), model).paths() == expected)
  }

  @Test func `names without characters, with slashes or lines are refused once`() {
    for name in ["", "a/b", "a\nb"] {
      let model = Model.input("x", shape: [nil, 4]).scope(name) { $0.relu().relu() }
      expectProblem(
        model, rule: "not empty and has no `/`", got: "\"\(name)\"", hint: "nested names")
      expectProblem(
        Model.input("x", shape: [nil, 4]).relu(name: name), rule: "not empty", got: "\"\(name)\"")
    }
  }
}
