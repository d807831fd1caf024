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
}
