package import RanvierTensors

extension Tensor {
  /// A tensor of random elements, as a sample describes them.
  package init(_ operand: PrimitiveSample.Operand, using generator: inout TestGenerator) {
    let count = operand.type.shape.count
    let numbers: [Double] =
      switch operand.values {
      case .uniform(let low, let high):
        (0 ..< count).map { _ in Double.random(in: low ..< high, using: &generator) }
      case .integers(let low, let high):
        (0 ..< count).map { _ in Double(Int.random(in: low ... high, using: &generator)) }
      case .distinct:
        (0 ..< count).map { Double($0 - count / 2) / 2 }.shuffled(using: &generator)
      case .dominantDiagonal:
        operand.type.shape.indices.map { index in
          let (row, column) = (index[index.count - 2], index[index.count - 1])
          return (row == column ? Double(2 * row + 2) : 0)
            + Double.random(in: -0.25 ..< 0.25, using: &generator)
        }
      }
    self = Tensor(numbers, shape: operand.type.shape).cast(to: operand.type.elementType)
  }

  /// Uniformly distributed `f64` elements.
  package static func random(
    _ shape: Shape, from low: Double = -1, to high: Double = 1, using generator: inout TestGenerator
  ) -> Tensor {
    Tensor(PrimitiveSample.Operand(shape, .uniform(low, high)), using: &generator)
  }
}

extension Shape {
  /// A shape of random rank and sizes; sizes of 0 and 1 are frequent.
  package static func random(
    ranks: ClosedRange<Int> = 0 ... 6, largest: Int = 4, mayBeEmpty: Bool = true,
    using generator: inout TestGenerator
  ) -> Shape {
    let rank = Int.random(in: ranks, using: &generator)
    return Shape(
      (0 ..< rank).map { _ in
        let draw = Int.random(in: 0 ..< 20, using: &generator)
        if draw == 0 && mayBeEmpty { return 0 }
        return draw < 5 ? 1 : Int.random(in: 1 ... largest, using: &generator)
      })
  }
}
