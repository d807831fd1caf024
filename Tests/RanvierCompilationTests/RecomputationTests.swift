import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

@Suite struct RecomputationTests {
  /// A chain of blocks, each of several operations whose results the derivative needs.
  @Sendable private static func block(_ x: Tensor) -> Tensor {
    var y = x
    for _ in 0 ..< 4 { y = sin(y.transposed()) * cos(y.transposed()) + y.sum() * 0.001 }
    return y
  }

  private static func network(_ block: @escaping @Sendable (Tensor) -> Tensor) -> CompiledFunction<
    Tensor, Tensor
  > {
    compile { (x: Tensor) in
      gradient(at: x) { x in
        var y = x
        for _ in 0 ..< 8 { y = block(y) }
        return y.sum()
      }
    }
  }

  @Test func `recomputation saves memory and changes nothing else`() throws {
    var generator = TestGenerator(salt: "recomputation")
    let x = Tensor.random([32, 32], using: &generator)
    let plain = Self.network(Self.block)
    let again = Self.network(checkpointed(Self.block))
    expectClose(try again(x), try plain(x), relative: 1e-12)
    let bytes = try (plain.plan(for: x).memory.arenaBytes, again.plan(for: x).memory.arenaBytes)
    #expect(bytes.1 * 2 < bytes.0, "\(bytes)")
    // What was left out of memory is computed twice.
    let sines = try again.plan(for: x).graph.nodes.count
    #expect(try sines > plain.plan(for: x).graph.nodes.count)
  }

  @Test func `derivatives of one's own hold in compiled functions`() throws {
    let squared = withDerivative(of: { (x: Tensor) in x * x }) { x, _, g in 7 * x * g }
    let slope = compile { (x: Tensor) in gradient(at: x) { squared(sin($0)).sum() } }
    let x = Tensor([0.3, 0.6])
    expectClose(try slope(x), 7 * sin(x) * cos(x), relative: 1e-14)
    expectClose(gradient(at: x) { squared(sin($0)).sum() }, 7 * sin(x) * cos(x), relative: 1e-14)
    let second = compile { (x: Tensor) in
      gradient(at: x) { x in gradient(at: x) { squared($0).sum() }.sum() }
    }
    #expect(try second(x) == Tensor([7.0, 7]))
  }
}
