import RanvierTensors
import TestSupport
import Testing

@Suite struct GradientTests {
  private func slope(at x: Double, _ function: (Tensor) -> Tensor) -> Double {
    gradient(at: Tensor(x), of: function).scalar(as: Double.self)
  }

  @Test func `first, second and third derivatives`() {
    func quintic(_ x: Tensor) -> Tensor { x * x * x * x * x }
    #expect(slope(at: 2, quintic) == 80)
    #expect(slope(at: 2) { gradient(at: $0, of: quintic) } == 160)
    #expect(slope(at: 2) { x in gradient(at: x) { gradient(at: $0, of: quintic) } } == 240)
    let third = slope(at: 0.3) { x in gradient(at: x) { gradient(at: $0) { sin($0) } } }
    #expect(abs(third - -0.955336489125606) < 1e-14)
  }

  @Test func `value and gradient together`() {
    let (value, slope) = valueWithGradient(at: Tensor([1.0, 2])) { ($0 * $0).sum() }
    #expect(value == Tensor(5.0))
    #expect(slope == Tensor([2.0, 4]))
  }

  @Test func `auxiliary results come along`() {
    let (value, auxiliary, slope) = valueWithGradient(at: Tensor([3.0])) { x in
      (x.sum() * 2, ["square": x * x])
    }
    #expect(value == Tensor(6.0) && slope == Tensor([2.0]))
    #expect(auxiliary == ["square": Tensor([9.0])])
  }

  @Test func `the same operand twice counts twice`() {
    #expect(slope(at: 3) { $0 * $0 } == 6)
    #expect(slope(at: 3) { $0 - $0 } == 0)
    #expect(slope(at: 3) { Tensor(concatenating: [$0[.newAxis], $0[.newAxis]]).sum() } == 2)
    let x = Tensor([[1.0, 2], [3, 4]])
    expectClose(gradient(at: x) { matmul($0, $0).sum() }, Tensor([[7.0, 11], [9, 13]]))
  }

  @Test func `plain numbers`() {
    // 2 x (cos x^2 - sin x^2), in f64 and as f32 has it.
    #expect(abs(gradient(at: 3.14) { sin($0 * $0) + cos($0 * $0) } - -3.0501709745384) < 1e-12)
    #expect(abs(gradient(at: Float(3.14)) { sin($0 * $0) + cos($0 * $0) } - -3.0501623) < 1e-6)
    let slopes = (0 ..< 10).map { gradient(at: Double($0) / 10) { $0 * $0 } }
    #expect(zip(slopes, 0 ..< 10).allSatisfy { abs($0 - Double($1) / 5) < 1e-15 })
    let (value, slope) = valueWithGradient(at: 2) { $0 * $0 * $0 }
    #expect(value == 8 && slope == 12)
    #expect(gradient(at: 2) { Tensor(stacking: [$0, $0]) }.isNaN)
  }

  @Test func `several arguments`() {
    let (dx, dy) = gradient(at: Tensor(2.0), Tensor([3.0, 4])) { x, y in (x * x * y).sum() }
    #expect(dx == Tensor(28.0) && dy == Tensor([4.0, 4]))
    let result = valueWithGradient(at: Tensor(2.0), ["a": Tensor(3.0)], [Tensor(1.0)]) { x, y, z in
      x * y["a"]! + z[0]
    }
    #expect(result.value == Tensor(7.0))
    #expect(result.gradient.0 == Tensor(3.0) && result.gradient.1 == ["a": Tensor(2.0)])
    #expect(result.gradient.2 == [Tensor(1.0)])
  }

  @Test func `a pullback calls its function once and may be called often`() {
    var calls = 0
    let x = Tensor([1.0, 2])
    let (value, pull) = valueWithPullback(at: x) { x in
      calls += 1
      return x * x * x
    }
    #expect(value == Tensor([1.0, 8]) && value.isConcrete)
    #expect(pull(Tensor([1.0, 0])) == Tensor([3.0, 0]))
    #expect(pull(Tensor([0.0, 1])) == Tensor([0.0, 12]))
    #expect(pull(Tensor([1.0, 1])) == Tensor([3.0, 12]))
    #expect(calls == 1)
    // Inside of another derivative it is differentiated like everything else.
    let second = gradient(at: x) { x in
      valueWithPullback(at: x) { $0 * $0 * $0 }.pullback(Tensor([1.0, 1])).sum()
    }
    #expect(second == Tensor([6.0, 12]))
    #expect(pull(Tensor([1.0, 1, 1])).error?.operation == "pullback")
  }

  @Test func `a gradient penalty trains`() {
    // The slope of a small network is held at 1 in size, and its value at the data.
    var generator = TestGenerator(salt: "penalty")
    var w = [Tensor.random([1, 8], using: &generator), Tensor.random([8, 1], using: &generator)]
    let x = Tensor.random([16, 1], using: &generator)
    func critic(_ w: [Tensor], _ x: Tensor) -> Tensor { matmul(tanh(matmul(x, w[0])), w[1]) }
    func penalty(_ w: [Tensor]) -> Tensor {
      square(gradient(at: x) { critic(w, $0).sum() } - 1).mean()
    }
    let start = penalty(w).scalar(as: Double.self)
    for _ in 0 ..< 200 {
      let slope = gradient(at: w, of: penalty)
      w = zip(w, slope).map { $0 - $1 * 0.1 }
    }
    let end = penalty(w).scalar(as: Double.self)
    #expect(end < 0.05 * start, "\(start) to \(end)")
  }

  @Test func `Hessian-vector products`() {
    // f = x' A x / 2 + sum sin x: the Hessian is A + A' over 2 minus diag(sin x).
    var generator = TestGenerator(salt: "hessian")
    let a = Tensor.random([4, 4], using: &generator)
    let x = Tensor.random([4], using: &generator)
    let v = Tensor.random([4], using: &generator)
    let product = gradient(at: x) { x in
      (gradient(at: x) { matmul($0, matmul(a, $0)) / 2 + sin($0).sum() } * v).sum()
    }
    expectClose(product, matmul((a + a.transposed()) / 2, v) - sin(x) * v, relative: 1e-12)
  }

  @Test func `control flow may depend on values`() {
    func leaky(_ x: Tensor) -> Tensor {
      x.scalar(as: Double.self) > 0 ? x : x * 0.1
    }
    #expect(slope(at: 2, leaky) == 1)
    #expect(slope(at: -2, leaky) == 0.1)
    // Newton's iteration for a square root, as long as it needs.
    let root = slope(at: 9) { x in
      var y = x
      while abs(y * y - x).scalar(as: Double.self) > 1e-13 { y = (y + x / y) * 0.5 }
      return y
    }
    #expect(abs(root - 1.0 / 6) < 1e-12)
  }

  struct Line: TensorTree {
    var slope: Tensor
    var offset: Tensor
    func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Line {
      Line(slope: try slope.mapTensors(transform), offset: try offset.mapTensors(transform))
    }
  }

  @Test func `gradients have the structure of the point`() {
    let line = gradient(at: Line(slope: Tensor(2.0), offset: Tensor(1.0))) {
      square($0.slope * 3 + $0.offset)
    }
    #expect(line.slope == Tensor(42.0) && line.offset == Tensor(14.0))

    let map = gradient(at: ["w": Tensor([1.0, 2]), "b": Tensor(3.0)] as Parameters) {
      ($0["w"] * $0["b"]).sum()
    }
    #expect(map == ["w": Tensor([3.0, 3]), "b": Tensor(3.0)])

    let array = gradient(at: [Tensor(2.0), Tensor(5.0)]) { $0[0] * $0[0] * $0[1] }
    #expect(array == [Tensor(20.0), Tensor(4.0)])

    let dictionary = gradient(at: ["b": Tensor(2.0), "a": Tensor(3.0)]) { point in
      (point["a"] ?? Tensor(0.0)) * (point["a"] ?? Tensor(0.0)) * (point["b"] ?? Tensor(0.0))
    }
    #expect(dictionary == ["a": Tensor(12.0), "b": Tensor(9.0)])

    let pair = gradient(at: TreePair(Tensor(2.0), [Tensor(3.0)])) { $0.first * $0.second[0] }
    #expect(pair.first == Tensor(3.0) && pair.second == [Tensor(2.0)])

    let optional: Tensor? = nil
    #expect(gradient(at: TreePair(Tensor(2.0), optional)) { $0.first * 7 }.second == nil)
  }

  @Test func `constants and integers have no derivative`() {
    let x = Tensor([[1.0, 2], [3, 4]])
    #expect(gradient(at: x) { _ in Tensor(3.0) } == Tensor.zeros([2, 2], elementType: .float64))
    let both = gradient(at: [x, Tensor([Float(1)])]) { $0[0].sum() }
    #expect(both == [Tensor.ones([2, 2], elementType: .float64), Tensor.zeros([1])])
    #expect(slope(at: 3) { $0 * stopGradient($0) } == 3)
    #expect(slope(at: 3) { stopGradient($0 * $0) } == 0)
    #expect(slope(at: 3) { $0 * $0.cast(to: .int32) } == 3)
    let mixed = gradient(at: TreePair(Tensor(2.0), Tensor([1, 2]))) { $0.first * $0.second.sum() }
    #expect(mixed.first == Tensor(3.0))
    #expect(mixed.second == Tensor([0, 0]))
  }

  @Test func `the identity, and points that are returned`() {
    #expect(slope(at: 3) { $0 } == 1)
    #expect(gradient(at: [Tensor(1.0), Tensor(2.0)]) { $0[1] } == [Tensor(0.0), Tensor(1.0)])
  }

  @Test func `an inner gradient may stand in a loss`() {
    // d/dw (w x)^2 + (d/dx (w x)^2)^2 = 2 w x^2 + d/dw (2 w^2 x)^2 = 2 w x^2 + 16 w^3 x^2
    let x = Tensor(1.5)
    let slope = gradient(at: Tensor(2.0)) { w in
      let penalty = square(gradient(at: x) { square(w * $0) })
      return square(w * x) + penalty
    }
    let expected: Double = 4 * 2.25 + 128 * 2.25
    #expect(slope.scalar(as: Double.self) == expected)
  }

  @Test func `perturbations of nested derivatives are not confused`() {
    // d/dx (x * d/dy (x + y)) at 1 is 1.
    #expect(slope(at: 1) { x in x * gradient(at: Tensor(1.0)) { y in x + y } } == 1)
    // d/dx (x * d/dy (x * y)) = 2 x.
    #expect(slope(at: 3) { x in x * gradient(at: Tensor(1.0)) { y in x * y } } == 6)
    // d/dx d/dy (x y), with y taken at x itself: the point counts, not the outer variable.
    #expect(slope(at: 3) { x in gradient(at: x) { y in x * x * y } } == 6)
  }

  @Test func `pullbacks multiply with the Jacobian`() {
    let (value, back) = valueWithPullback(at: Tensor([1.0, 2, 3])) { x in
      Tensor(stacking: [x[0] * x[1], x[2] * x[2]])
    }
    #expect(value == Tensor([2.0, 9]))
    #expect(back(Tensor([1.0, 0])) == Tensor([2.0, 1, 0]))
    #expect(back(Tensor([0.0, 1])) == Tensor([0.0, 0, 6]))
    let doubled = pullback(at: Tensor([Float(1)])) { $0 * 2 }
    #expect(doubled(Tensor([1.5])) == Tensor([Float(3)]))
  }

  @Test func `pullbacks of pullbacks are second derivatives`() {
    let slope = gradient(at: Tensor([1.0, 2])) { x in
      pullback(at: x) { $0 * $0 * $0 }(Tensor([1.0, 10])).sum()
    }
    #expect(slope == Tensor([6.0, 120]))
  }

  @Test func `errors are thrown through`() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try gradient(at: Tensor(1.0)) { _ in throw Stop() } }
    // The recording was left in order.
    #expect(slope(at: 3) { $0 * $0 } == 6)
  }

  @Test func `results outlive the recording`() {
    var kept: Tensor?
    let slope = gradient(at: Tensor(2.0)) { x in
      kept = x * 10
      return x * x
    }
    #expect((slope + (kept ?? Tensor(0.0))) == Tensor(24.0))
    #expect(gradient(at: slope) { $0 * $0 } == Tensor(8.0))
  }

  @Test func `gradients may be taken in several tasks at once`() async {
    let slopes = await withTaskGroup(of: Double.self) { group in
      for index in 0 ..< 16 {
        group.addTask {
          var x = Tensor(Double(index))
          for _ in 0 ..< 20 { x = x - gradient(at: x) { square($0 - 3) } * 0.25 }
          return x.scalar(as: Double.self)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(slopes.allSatisfy { abs($0 - 3) < 1e-4 })
  }

  @Test func `f32, f16 and bf16 have derivatives of their own type`() {
    for type in [ElementType.float32, .float16, .bfloat16] {
      let x = Tensor([1.0, 2, 3]).cast(to: type)
      let slope = gradient(at: x) { ($0 * $0).mean() }
      #expect(slope.type == x.type)
      expectClose(slope, x.cast(to: .float64) * (2.0 / 3), relative: 1e-2)
    }
  }
}
