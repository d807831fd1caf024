import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct WideSumsTests {
  private func nodes(
    _ types: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) -> [String] {
    let graph = WideSums.run(Simplification.run(Graph(recording: types, function)))
    #expect(graph.verify() == nil)
    return graph.nodes.map { "\($0.primitive)" }
  }

  @Test func `a sum that is widened, or of what is, gives f32 itself`() {
    let types = [TensorType(.bfloat16, [40, 7])]
    #expect(nodes(types) { [$0[0].sum(alongAxes: [0]).cast(to: .float32)] } == ["sum [0] in f32"])
    #expect(nodes(types) { [$0[0].cast(to: .float32).sum(alongAxes: [0])] } == ["sum [0] in f32"])
  }

  @Test func `sums of rows, and sums that are read as they are, stay`() {
    let types = [TensorType(.bfloat16, [40, 7])]
    #expect(
      nodes(types) { [$0[0].cast(to: .float32).sum(alongAxes: [1])] } == ["cast to f32", "sum [1]"])
    #expect(nodes(types) { [$0[0].sum(alongAxes: [0])] } == ["sum [0]"])
    #expect(
      nodes(types) { x in
        let sum = x[0].sum(alongAxes: [0])
        return [sum, sum.cast(to: .float32)]
      } == ["sum [0]", "cast to f32"])
    #expect(
      nodes([TensorType(.float32, [40, 7])]) { [$0[0].sum(alongAxes: [0]).cast(to: .float64)] }
        == ["sum [0]", "cast to f64"])
  }

  @Test(arguments: [ElementType.bfloat16, .float16])
  func `nothing is rounded to 16 bits`(type: ElementType) throws {
    var generator = TestGenerator(salt: "wide sums")
    let cases: [(Shape, [Int])] = [
      ([1000, 3], [0]), ([4, 50, 5, 6], [0, 2]), ([3, 2000, 17], [1]), ([2, 3, 40], [0]),
      ([70000, 2], [0]), ([0, 3], [0]), ([1, 5], [0]),
    ]
    for (shape, axes) in cases {
      let x = Tensor.random(shape, using: &generator).cast(to: type)
      let sum = try compile { (x: Tensor) in x.sum(alongAxes: axes).cast(to: .float32) }(x)
      #expect(sum.elementType == .float32)
      expectClose(
        sum, x.cast(to: .float64).sum(alongAxes: axes), relative: 1e-6, absolute: 1e-4,
        "\(shape) along \(axes)")
    }
  }

  @Test func `samples equal the reference`() {
    for sample in WideSum.samples { expectMatchesReference(sample) }
    for sample in ProductWithEpilogue.samples { expectMatchesReference(sample) }
  }
}
