import RanvierTensors
import TestSupport
import Testing

@Suite struct GatherTests {
  @Test func `random rows equal the reference, forth and back`() {
    for round in 0 ..< 60 {
      var generator = TestGenerator(salt: "gather \(round)")
      let shape = Shape.random(ranks: 1 ... 4, using: &generator)
      let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
      let count = shape[axis] == 0 ? 0 : Int.random(in: 0 ... 20, using: &generator)
      let positions = PrimitiveSample.Operand([count], .integers(-2, 6), .int64)
      for type in [ElementType.float64, .float32, .bfloat16, .uint8] {
        expectMatchesReference(
          PrimitiveSample(Gather(axis: axis), [.init(shape), positions]), as: type)
      }
      let index = Tensor(positions, using: &generator)
      expectGradientsMatch(at: [.random(shape, using: &generator)], "gather of \(shape)") {
        apply(Gather(axis: axis), [sin($0[0]), index])
      }
    }
  }

  @Test func `numbers out of many blocks equal the reference`() {
    // Enough blocks for positions in registers: groups of 8 and 4 numbers, and each remainder.
    for count in [1, 2, 3, 4, 7, 8, 9, 13, 22] {
      for (rows, row) in [(3, 1), (9, 1), (4, 2), (5, 4), (6, 3)] {
        let positions = PrimitiveSample.Operand([count], .integers(-2, rows + 2), .int64)
        for type in [ElementType.float64, .float32, .bfloat16, .uint8] {
          expectMatchesReference(
            PrimitiveSample(Gather(axis: 1), [.init([50, rows, row]), positions]), as: type)
        }
      }
    }
  }

  @Test func `the derivative of another order is an order`() {
    let x = RandomKey(seed: 1).normal([20, 5], elementType: .float64)
    for order in [
      [3, 0, 4, 1, 2], [0, 1, 2, 3, 4], [1, 1, 0, 3, 4], [4, 3, 2, 1, 9], [2, 1, 0],
    ] {
      let positions = Tensor(order.map(Int64.init))
      expectGradientsMatch(at: [x], "\(order)") {
        sin($0[0]).gathered(at: positions, alongAxis: 1)
      }
      // The derivative of the derivative as well.
      expectGradientsMatch(at: [x], "\(order), second") { point in
        gradient(at: point[0]) {
          (sin($0) * sin($0)).gathered(at: positions, alongAxis: 1).sum()
        }
      }
    }
  }
}
