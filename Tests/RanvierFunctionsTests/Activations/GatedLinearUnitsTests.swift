import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GatedLinearUnitsTests {
  typealias Gate = @Sendable (Tensor, Int, GateHalf) -> Tensor

  static let units: [(String, Gate, @Sendable (Tensor) -> Tensor)] = [
    ("glu", { glu($0, alongAxis: $1, gate: $2) }, { sigmoid($0) }),
    ("swiglu", { swiglu($0, alongAxis: $1, gate: $2) }, { silu($0) }),
    ("geglu", { geglu($0, alongAxis: $1, gate: $2) }, { gelu($0) }),
  ]

  @Test func `lets one half through as far as the other opens`() {
    let a = Tensor([[1.0, -2], [0.5, 4]])
    let b = Tensor([[0.3, 3], [-1, 0]])
    for (name, unit, activation) in Self.units {
      for axis in [0, 1, -1] {
        let x = Tensor(concatenating: [a, b], alongAxis: axis)
        expectClose(unit(x, axis, .second), a * activation(b), relative: 1e-15, "\(name) \(axis)")
        expectClose(unit(x, axis, .first), activation(a) * b, relative: 1e-15, "\(name) \(axis)")
      }
    }
    #expect(glu(Tensor.zeros([2, 0])).shape == [2, 0])
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() throws {
    let x = Tensor([-3.0, -1.2, -0.4, 0.3, 0.9, 2.6, 0.1, -0.7], shape: [2, 4])
    for (name, unit, _) in Self.units {
      for gate in [GateHalf.first, .second] {
        let check = try checkGradients(at: x, order: 2) { unit($0, 1, gate) }
        #expect(check.passes, "\(name): \(check)")
      }
    }
  }

  @Test func `closed gates let nothing through`() {
    let x = Tensor([5.0, -Double.infinity])
    for (name, unit, _) in Self.units {
      #expect(unit(x, 0, .second) == Tensor([0.0]), "\(name)")
      #expect(gradient(at: x) { unit($0, 0, .second).sum() } == Tensor([0.0, 0]), "\(name)")
    }
  }

  @Test func `long rows, whose halves are read where they lie`() throws {
    // Halves of a block, of several blocks, of no whole vectors, and beside operands of other rows.
    for width in [512, 640, 1024, 1280, 2560, 5000, 8192] {
      let x = RandomKey(seed: UInt64(width)).normal([7, width])
      let halves = (x[.all, 0 ..< width / 2], x[.all, (width / 2)...])
      let expected = halves.0 * sigmoid(halves.1)
      let column = Tensor.range(7, elementType: .float32).expandedDimension(at: 1)
      let row = Tensor.range(width / 2, elementType: .float32)
      let results = try compile { (x: Tensor) in [glu(x), glu(x) * row, glu(x) - column] }(x)
      let wanted = [expected, expected * row, expected - column]
      for (result, wanted) in zip(results, wanted) { expectClose(result, wanted, "\(width)") }
    }
  }
}
