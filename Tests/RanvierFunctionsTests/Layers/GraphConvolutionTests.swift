import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GraphConvolutionTests {
  /// A path of three nodes, and one alone.
  let path = Tensor([[0.0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
  let identity = Tensor([[1.0]])
  let x = Tensor([[1.0], [10], [100], [1000]])

  @Test func `known values of each normalization`() {
    let root = 1 / 6.0.squareRoot()
    expectClose(
      graphConvolution(x, adjacency: path, identity),
      Tensor([
        [1 / 2.0 + 10 * root], [root + 10 / 3.0 + 100 * root], [10 * root + 100 / 2.0], [1000],
      ]), relative: 1e-12)
    expectClose(
      graphConvolution(x, adjacency: path, identity, normalization: .rows),
      Tensor([[5.5], [37], [55], [1000]]), relative: 1e-12)
    #expect(
      graphConvolution(
        x, adjacency: path, identity, Tensor([0.5]), normalization: .none, selfLoops: false)
        == Tensor([[10.5], [101.5], [10.5], [0.5]]))
  }

  @Test func `a node without edges gives the bias, with finite derivatives`() {
    for normalization in [AdjacencyNormalization.symmetric, .rows] {
      let (x, path, identity) = (x, path, identity)
      let y = graphConvolution(
        x, adjacency: path, identity, Tensor([2.0]), normalization: normalization,
        selfLoops: false)
      #expect(y[3] == Tensor([2.0]))
      let slopes = gradient(at: [x, path]) {
        graphConvolution(
          $0[0], adjacency: $0[1], identity, normalization: normalization, selfLoops: false
        ).sum()
      }
      for slope in slopes { #expect(isFinite(slope).all().scalar(as: Bool.self)) }
    }
  }

  @Test func `edges may be bools, and the order of nodes does not matter`() {
    let y = graphConvolution(x, adjacency: path, identity)
    expectClose(graphConvolution(x, adjacency: notEqual(path, 0), identity), y)
    let order = Tensor([2, 0, 3, 1] as [Int32])
    let moved = path.gathered(at: order, alongAxis: 0).gathered(at: order, alongAxis: 1)
    expectClose(
      graphConvolution(x.gathered(at: order), adjacency: moved, identity), y.gathered(at: order))
  }

  @Test func `says what does not fit`() {
    let rule = """
      graphConvolution needs floating-point numbers [nodes, features] or [batch, nodes, features], \
      an adjacency [nodes, nodes] or one for each example, and a kernel [features, outputs]
      """
    expectError(
      graphConvolution(x, adjacency: path[0 ..< 3], identity),
      "\(rule), got x f64[4, 1], adjacency [3, 4], kernel [1, 1]")
    expectError(
      graphConvolution(x, adjacency: path, Tensor.ones([2, 2])),
      "\(rule), got x f64[4, 1], adjacency [4, 4], kernel [2, 2]")
    expectError(
      graphConvolution(x, adjacency: path.expandedDimension(at: 0), identity),
      "\(rule), got x f64[4, 1], adjacency [1, 4, 4], kernel [1, 1]")
    expectError(
      graphConvolution(x, adjacency: path, identity, Tensor.ones([2])),
      "graphConvolution needs a bias of shape [1], got [2]")
  }
}
