import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct SimplificationTests {
  private static let matrix = TensorType(.float32, [2, 3])

  /// The primitives that are left of a function, in order.
  private func simplified(
    _ inputs: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) -> [String] {
    let graph = Simplification.run(Graph(recording: inputs, function))
    #expect(graph.verify() == nil)
    return graph.nodes.map { "\($0.primitive)" }
  }

  @Test func `equal expressions are computed once`() {
    #expect(
      simplified([Self.matrix]) { x in [exp(x[0]) + exp(x[0])] } == ["exponential", "add"])
    #expect(
      simplified([Self.matrix]) { x in [exp(x[0] * 2) - exp(x[0] * 2)] }
        == ["multiply", "exponential", "subtract"], "constants of equal value are the same")
    #expect(
      simplified([Self.matrix]) { x in [x[0].sum(alongAxes: [0]), x[0].sum(alongAxes: [1])] }
        == ["sum [0]", "sum [1]"], "options matter")
    #expect(
      simplified([Self.matrix]) { x in
        [x[0] * 2, x[0] * Tensor(2, elementType: .float32).reshaped(to: [1, 1])]
      }
      .count == 2, "types matter")
  }

  @Test func `zeros of both signs are different constants`() throws {
    let function = compile { (x: Tensor) in [1 / (x * 0.0), 1 / (x * -0.0)] }
    let results = try function(Tensor([Float(1)]))
    #expect(results.map { $0.scalars(as: Float.self) } == [[.infinity], [-.infinity]])
  }

  @Test func `dead code disappears`() {
    #expect(
      simplified([Self.matrix]) { x in
        _ = exp(x[0])
        return [-x[0]]
      } == ["negate"])
    // What simplification itself makes superfluous, too.
    #expect(
      simplified([Self.matrix, TensorType(.float32, [2, 4])]) { x in
        [matmul(x[0].transposed(), x[1])]
      } == ["matmul transposed left"])
  }

  @Test func `operations on constants are carried out`() {
    let constant = Tensor([Float(1), 2, 3])
    let graph = Simplification.run(
      Graph(recording: [Self.matrix]) { x in [x[0] + exp(constant).sum() * constant] })
    #expect(graph.nodes.map { "\($0.primitive)" } == ["add"])
    let added = graph.constant(graph.nodes[0].operands[1])
    expectClose(added ?? Tensor(0.0), exp(constant).sum() * constant)
  }

  @Test func `transposes go into products`() throws {
    let (a, b) = (TensorType(.float32, [3, 2]), TensorType(.float32, [4, 3]))
    #expect(
      simplified([a, b]) { x in [matmul(x[0].transposed(), x[1].transposed())] }
        == ["matmul transposed left transposed right"])
    // Batches of matrices.
    let (c, d) = (TensorType(.float32, [5, 3, 2]), TensorType(.float32, [5, 4, 2]))
    #expect(
      simplified([c, d]) { x in [matmul(x[0], x[1].swappedAxes(1, 2))] } == [
        "matmul transposed right"
      ])
    // A transposition of the batch axis stays.
    let e = TensorType(.float32, [4, 5, 2])
    #expect(
      simplified([c, e]) { x in [matmul(x[0], x[1].transposed(permutation: [1, 2, 0]))] }.count == 2
    )
  }

  @Test func `broadcasts are left to element-wise operations`() {
    #expect(
      simplified([Self.matrix, TensorType(.float32, [3])]) { x in
        [x[0] + x[1].broadcast(to: [2, 3])]
      } == ["add"])
    #expect(
      simplified([TensorType(.float32, [1, 3]), TensorType(.float32, [2, 1])]) { x in
        [x[0].broadcast(to: [2, 3]) * x[1].broadcast(to: [2, 3])]
      } == ["multiply"])
    // One of both has to give the shape.
    #expect(
      simplified([TensorType(.float32, [3])]) { x in
        let wide = x[0].broadcast(to: [2, 3])
        return [wide * wide]
      }.count == 2)
  }

  @Test func `identities disappear`() {
    let identities: [(String, (Tensor) -> Tensor)] = [
      ("x + 0", { $0 + 0 }), ("0 + x", { 0 + $0 }), ("x - 0", { $0 - 0 }), ("x * 1", { $0 * 1 }),
      ("1 * x", { 1 * $0 }), ("x / 1", { $0 / 1 }), ("pow(x, 1)", { pow($0, 1) }),
      ("stopGradient", { stopGradient($0) }),
      ("transposed twice", { $0.transposed().transposed() }),
      ("reshaped twice", { $0.reshaped(to: [6]).reshaped(to: [2, 3]) }),
      ("sum over no axes", { $0.sum(alongAxes: []) }),
    ]
    for (name, identity) in identities {
      let graph = Simplification.run(Graph(recording: [Self.matrix]) { [identity($0[0])] })
      #expect(graph.nodes.isEmpty, "\(name) leaves \(graph)")
      #expect(graph.outputs == graph.inputs, "\(name)")
    }
    #expect(simplified([Self.matrix]) { [pow($0[0], 2)] } == ["multiply"])
    #expect(
      simplified([TensorType(.float32, [2, 1])]) { [$0[0].sum(alongAxes: [1])] } == [
        "reshape to [2]"
      ])
  }

  @Test func `slices of slices become one`() throws {
    let image = TensorType(.float32, [2, 9, 10])
    let cases: [(String, @Sendable (Tensor) -> Tensor, String?)] = [
      (
        "of two axes", { $0[.all, 2 ..< 8][.all, .all, 3 ..< 9] }, "slice [0..<2, 2..<8, 3..<9]"
      ),
      ("of one axis", { $0[.all, 2 ..< 8][.all, 1 ..< 4] }, "slice [0..<2, 3..<6, 0..<10]"),
      (
        "with strides", { $0[.all, .every(2, in: 1 ..< 9)][.all, .every(3, in: 1 ..< 4)] },
        "slice [0..<2, 3..<4, 0..<10]"
      ),
      (
        "of several with strides",
        { $0[.all, .all, .every(2)][.all, .all, .every(2, in: 1 ..< 5)] },
        "slice [0..<2, 0..<9, 2..<7 by 4]"
      ),
      (
        "empty behind the last", { $0[.all, 2 ..< 8][.all, 6 ..< 6] },
        "slice [0..<2, 2..<2, 0..<10]"
      ),
      (
        "of three", { $0[1 ..< 2][.all, 4 ..< 9][.all, 2 ..< 3] }, "slice [1..<2, 6..<7, 0..<10]"
      ),
      ("of everything", { $0[.all, 0 ..< 9][.all, .every(1)] }, nil),
    ]
    let x = RandomKey(seed: 5).normal(image.shape)
    for (name, function, expected) in cases {
      let graph = Simplification.run(Graph(recording: [image]) { [function($0[0])] })
      #expect(graph.verify() == nil)
      #expect(graph.nodes.map { "\($0.primitive)" } == (expected.map { [$0] } ?? []), "\(name)")
      try expectCompiledMatches(at: [x], name) { function($0[0]) }
    }
    // What is in between may be needed as well.
    #expect(
      simplified([image]) { x in
        let half = x[0][.all, 0 ..< 5]
        return [half, half[1]]
      } == [
        "slice [0..<2, 0..<5, 0..<10]", "slice [1..<2, 0..<5, 0..<10]", "reshape to [5, 10]",
      ])
  }

  @Test func `what looks like an identity but changes the type stays`() {
    let ones = Tensor.ones([2, 3])
    #expect(simplified([TensorType(.float32, [3])]) { [$0[0] * ones] } == ["multiply"])
    #expect(
      simplified([TensorType(.float32, [3])]) { [$0[0] + Tensor.zeros([1, 1])] } == ["add"])
    #expect(simplified([Self.matrix]) { [0 - $0[0]] } == ["subtract"])
    #expect(simplified([Self.matrix]) { [1 / $0[0]] } == ["divide"])
  }
}
