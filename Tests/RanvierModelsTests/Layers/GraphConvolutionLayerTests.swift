import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct GraphConvolutionLayerTests {
  let edges = Tensor([[0, 1, 0], [1, 0, 1], [0, 1, 0]] as [[Float]])
  let x = randomInput([2, 3, 4])

  @Test func `a batch may share a constant adjacency, or have one for each example`() throws {
    let input = Model.input("x", shape: [nil, 3, 4])
    let shared = input.graphConvolution(
      5, adjacency: .constant(edges), activation: .relu, biasInitializer: .ones)
    #expect(try shared.outputShape() == [nil, 3, 5])
    let (initialize, predict) = try shared.build()
    let state = try initialize(seed: 1)
    let p = state.parameters.scope("graph_convolution_0")
    #expect(p["kernel"].shape == [4, 5] && p["bias"] == Tensor.ones([5]))
    let expected = relu(graphConvolution(x, adjacency: edges, p["kernel"], p["bias"]))
    expectClose(try predict(state, x), expected)
    let adjacency = Model.input("edges", shape: [nil, nil, nil])
    let own = input.graphConvolution(5, adjacency: adjacency, activation: .relu)
    #expect(try own.outputShape() == [nil, 3, 5])
    let both = Tensor(stacking: [edges, edges])
    expectClose(try own.build().predict(state, ["x": x, "edges": both]), expected)
  }

  @Test func `a single graph needs no batch axis`() throws {
    let model = Model.input("x", shape: [nil, 4]).graphConvolution(
      2, adjacency: Model.input("edges", shape: [nil, nil]), normalization: .rows,
      selfLoops: false, useBias: false)
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let kernel = state.parameters["graph_convolution_0/kernel"]
    expectClose(
      try predict(state, ["x": x[0], "edges": edges]),
      graphConvolution(x[0], adjacency: edges, kernel, normalization: .rows, selfLoops: false))
    #expect(
      try model.summary().rows.last?.options
        == ["units: 2", "normalization: rows", "self loops: false", "use bias: false"])
  }

  @Test func `refuses what does not fit`() {
    let input = Model.input("x", shape: [nil, 3, 4])
    let adjacency = Model.constant(edges)
    expectProblem(
      input.graphConvolution(0, adjacency: adjacency), rule: "at least one unit", got: "0")
    expectProblem(
      Model.input(shape: [nil, 2, 4]).graphConvolution(2, adjacency: adjacency),
      rule: "as many rows and columns as nodes", got: "f32[nil, 2, 4] and f32[3, 3]")
    expectProblem(
      Model.input(shape: [4]).graphConvolution(2, adjacency: adjacency),
      rule: "[batch, nodes, features]", got: "f32[4]")
    expectProblem(
      Model.input(shape: [nil, 3, nil]).graphConvolution(2, adjacency: adjacency),
      rule: "known features", got: "f32[nil, 3, nil]")
  }
}
