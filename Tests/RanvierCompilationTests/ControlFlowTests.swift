import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Loops and branches inside compiled functions, against the same functions run eagerly, where they
/// are ordinary Swift control flow.
@Suite struct ControlFlowTests {
  private static func tensors(_ shapes: [Shape], salt: String) -> [Tensor] {
    var generator = TestGenerator(salt: salt)
    return shapes.map { Tensor.random($0, using: &generator) }
  }

  /// A recurrent network: x [steps, batch, features], h [batch, units], w, u, b.
  private static func network(_ x: Tensor, _ p: [Tensor]) -> (Tensor, Tensor) {
    let result = scan(over: x, from: p[0]) { h, x in
      let next = tanh(matmul(x, p[1]) + matmul(h, p[2]) + p[3])
      return (next, next * 0.5)
    }
    return (result.carry, result.outputs)
  }

  private static func loss(_ x: Tensor, _ p: [Tensor]) -> Tensor {
    let (last, outputs) = network(x, p)
    return (last * last).sum() + sin(outputs).sum()
  }

  private static let shapes: [Shape] = [[7, 2, 3], [2, 4], [3, 4], [4, 4], [4]]

  private func expectAgreement(
    _ point: [Tensor], _ salt: String, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) throws {
    let compiled = try compile(function)(point)
    expectClose(compiled, function(point), relative: 1e-12, absolute: 1e-12, salt)
    let gradients = try compile { (x: [Tensor]) in gradient(at: x, of: function) }(point)
    for (a, b) in zip(gradients, gradient(at: point, of: function)) {
      expectClose(a, b, relative: 1e-11, absolute: 1e-12, salt + " gradient")
    }
    let directions = Self.tensors(point.map(\.shape), salt: salt + " directions")
    @Sendable func product(_ x: [Tensor]) -> [Tensor] {
      gradient(at: x) { x in
        zip(gradient(at: x, of: function), directions).reduce(Tensor(0.0)) {
          $0 + ($1.0 * $1.1).sum()
        }
      }
    }
    for (a, b) in zip(try compile(product)(point), product(point)) {
      expectClose(a, b, relative: 1e-10, absolute: 1e-11, salt + " Hessian-vector product")
    }
    expectGradientsMatch(at: point, salt) { function($0) }
  }

  @Test func `gradients through scan equal those of the unrolled loop, to second order`() throws {
    let values = Self.tensors(Self.shapes, salt: "scan")
    // Eagerly, scan is the unrolled loop.
    try expectAgreement(values, "recurrent network") { Self.loss($0[0], Array($0[1...])) }
  }

  @Test func `reversed scans, several carries and integers`() throws {
    let values = Self.tensors([[5, 3], [3], [5, 2, 3]], salt: "reversed")
    try expectAgreement(values, "reversed") { x in
      let result = scan(
        over: [x[0], x[2]], from: [x[1], Tensor(Int32(0)), x[0].sum()], reversed: true
      ) { carry, element in
        let next = carry[0] * element[0] + element[1].sum(alongAxes: [0]) * 0.3
        let count = carry[1] + 1
        let factor = count.cast(to: .float64) * 0.1
        return ([next, count, carry[2] * 0.7 + next.sum()], [sin(next) * factor, count])
      }
      return (result.carry[0] * result.carry[2]).sum() + (result.outputs[0] * x[0]).sum()
        + (result.carry[1] + result.outputs[1].sum()).cast(to: .float64)
    }
  }

  @Test func `scans inside of scans, and derivatives inside of both`() throws {
    let values = Self.tensors([[3, 4], [4], [2, 4]], salt: "nested")
    try expectAgreement(values, "nested") { x in
      scan(over: x[0], from: x[1]) { outer, row in
        let inner = scan(over: x[2], from: outer) { inner, other in
          sin(inner * row) + other * x[1]
        }
        return inner + gradient(at: row) { ($0 * $0 * outer).sum() } * 0.1
      }.sum()
    }
  }

  @Test func `scans of no steps and of one`() throws {
    for length in [0, 1] {
      let values = Self.tensors([[length, 3], [3]], salt: "short \(length)")
      try expectAgreement(values, "length \(length)") { x in
        let result = scan(over: x[0], from: x[1]) { carry, row in (carry * row, carry + row) }
        return (result.carry * result.carry).sum() + result.outputs.sum()
      }
    }
    let outputs = scan(over: Tensor.zeros([0, 2]), from: Tensor(1.0)) { ($0, $1) }.outputs
    #expect(outputs.shape == [0, 2])
  }

  @Test func `the size of a compiled scan does not depend on its length`() throws {
    let p = Self.tensors([[2, 4], [3, 4], [4, 4], [4]], salt: "length")
    let step = compile { (x: Tensor, p: [Tensor]) in
      gradient(at: p) { p in Self.loss(x, p) }
    }
    let short = try step.plan(for: Tensor.zeros([3, 2, 3], elementType: .float64), p)
    let clock = ContinuousClock()
    var long: Plan?
    let time = try clock.measure {
      long = try step.plan(for: Tensor.zeros([20_000, 2, 3], elementType: .float64), p)
    }
    #expect(short.graph.nodes.count == long?.graph.nodes.count)
    #expect(time < .seconds(5))
    // One loop forward, which also keeps what the other needs, and one back.
    #expect(short.graph.nodes.count { $0.primitive is ScanLoop } == 2)
  }

  @Test func `branches are chosen when the function runs`() throws {
    let values = Self.tensors([[3], [3]], salt: "cond")
    for sign in [1.0, -1.0] {
      try expectAgreement(
        [values[0], values[1], Tensor(sign)], "cond \(sign)"
      ) { x in
        cond(
          greater(x[2], 0), then: { (sin(x[0]) * x[2]).sum() },
          else: { (x[0] * x[1] * x[1]).sum() })
      }
    }
    let choose = compile { (x: Tensor) in
      cond(greater(x, 0), then: { [x, x * 2] }, else: { [-x, x - 1] })
    }
    #expect(try choose(Tensor(3.0)).map { $0.scalar(as: Double.self) } == [3, 6])
    #expect(try choose(Tensor(-3.0)).map { $0.scalar(as: Double.self) } == [3, -4])
  }

  @Test func `a branch that is not taken contributes no infinities`() throws {
    let slope = compile { (x: Tensor) in
      gradient(at: x) { x in cond(greater(x, 0), then: { sqrt(x) }, else: { x * 0 }) }
    }
    #expect(try slope(Tensor(0.0)).scalar(as: Double.self) == 0)
    #expect(try slope(Tensor(4.0)).scalar(as: Double.self) == 0.25)
  }

  @Test func `loops go on as long as their condition holds`() throws {
    for start in [0.1, 3.0, 40.0] {
      for maximum in [nil, 12] {
        try expectAgreement([Tensor(start), Tensor(0.7)], "while \(start), \(maximum ?? 0)") { x in
          whileLoop(
            from: [x[0], x[1]], maximumSteps: maximum, while: { greater($0[0], 0.5) }
          ) { [$0[0] * 0.5, sin($0[1]) * x[1] + $0[0]] }[1]
        }
      }
    }
    // Newton's iteration takes as many steps as the value needs.
    let root = compile { (x: Tensor) in
      whileLoop(from: x, while: { greater(abs($0 * $0 - x), 1e-12) }) { ($0 + x / $0) / 2 }
    }
    expectClose(try root(Tensor(2.0)), Tensor(2.0.squareRoot()), relative: 1e-12)
    expectClose(try root(Tensor(1e6)), Tensor(1e3), relative: 1e-12)
  }

  @Test func `the maximum of steps ends a loop`() throws {
    @Sendable func count(_ limit: Tensor) -> Tensor {
      whileLoop(from: Tensor(0.0), maximumSteps: 5, while: { less($0, limit) }) { $0 + 1 }
    }
    for limit in [0.0, 3.0, 9.0] {
      let expected = min(limit, 5)
      #expect(count(Tensor(limit)).scalar(as: Double.self) == expected)
      #expect(try compile(count)(Tensor(limit)).scalar(as: Double.self) == expected)
    }
  }

  @Test func `loops and branches run for a batch of examples`() throws {
    var generator = TestGenerator(salt: "batch")
    let x = Tensor.random([4, 3], using: &generator)
    let w = Tensor.random([3], using: &generator)
    @Sendable func one(_ x: Tensor) -> Tensor {
      let walked = scan(over: x, from: Tensor(0.3)) { carry, x in (sin(carry + x), carry * x) }
      let halved = whileLoop(
        from: abs(x.sum()) * 3 + 1, maximumSteps: nil, while: { greater($0, 0.4) }
      ) { $0 / 2 }
      let chosen = cond(greater(x.sum(), 0), then: { (x * w).sum() }, else: { x[0] })
      return walked.carry + walked.outputs.sum() + halved + chosen
    }
    let expected = Tensor(stacking: (0 ..< 4).map { one(x[$0]) })
    expectClose(vectorized(one)(x), expected, relative: 1e-12)
    expectClose(try compile { vectorized(one)($0) }(x), expected, relative: 1e-12)
    let gradients = Tensor(stacking: (0 ..< 4).map { gradient(at: x[$0], of: one) })
    let batched = compile { (x: Tensor) in vectorized { gradient(at: $0, of: one) }(x) }
    expectClose(try batched(x), gradients, relative: 1e-10)
    let summed = compile { (x: Tensor) in gradient(at: x) { vectorized(one)($0).sum() } }
    expectClose(try summed(x), gradients, relative: 1e-10)
  }

  @Test func `wrong loops and branches say what is wrong`() {
    func text(_ tensor: Tensor) -> String {
      tensor.error.map { "\($0.operation): needs \($0.rule), got \($0.got)" } ?? ""
    }
    let x = Tensor.zeros([3, 2])
    #expect(
      text(scan(over: x, from: Tensor(Float(0))) { carry, row in carry + row })
        == "scan: needs a step that returns a carry of the types it was given (f32[]), got f32[2]")
    #expect(
      text(scan(over: [x, Tensor.zeros([2])], from: Tensor(Float(0))) { carry, _ in carry })
        == "scan: needs at least one tensor to walk over, all with equal first axes, got [3, 2], [2]"
    )
    #expect(
      text(cond(x, then: { x }, else: { x }))
        == "cond: needs a condition that is one bool, got f32[3, 2]")
    #expect(
      text(whileLoop(from: x, while: { less($0, 1) }) { $0 })
        == "whileLoop: needs a condition that is one bool, got bool[3, 2]")
    #expect(
      text(whileLoop(from: x[0, 0], while: { less($0, 1) }) { _ in x })
        == "whileLoop: needs a step that returns values of the types it was given (f32[]), got f32[3, 2]"
    )
    for wrong in [
      { (x: Tensor) in cond(greater(x.sum(), 0), then: { x }, else: { x[0] }) },
      { (x: Tensor) in whileLoop(from: x.sum(), while: { less($0, 1) }) { _ in x } },
      { (x: Tensor) in scan(over: x, from: x.sum()) { carry, row in carry + row } },
      { (x: Tensor) in cond(x, then: { x }, else: { x }) },
    ] as [@Sendable (Tensor) -> Tensor] {
      #expect(throws: OperationError.self) { try compile(wrong)(x) }
    }
  }
}
