import Ranvier
import Testing

/// Values together with functions that pass gradients on.
extension FullyConnectedFromScratchTests {
  static func squareChain(_ x: Tensor, _ g: Tensor) -> Tensor {
    trace()
    return 2 * x * g
  }

  static func meanChain(_ x: Tensor, _ g: Tensor) -> Tensor {
    trace()
    return g.broadcast(to: x.shape) / x.count
  }

  typealias Chained = (value: Tensor, chain: (Tensor) -> Tensor)

  static func squareWithChain(_ x: Tensor) -> Chained {
    trace()
    return (value: x * x, chain: { g in squareChain(x, g) })
  }

  static func meanWithChain(_ x: Tensor) -> Chained {
    trace()
    return (value: x.mean(), chain: { g in meanChain(x, g) })
  }

  @Test static func step21() throws {
    try step(21) {
      let squares = squareWithChain(point)
      print(squares.value, squares.chain(Tensor.ones([4])))
    }
  }

  static func meanOfSquaresWithChain(_ x: Tensor) -> Chained {
    let squares = squareWithChain(x)
    let mean = meanWithChain(squares.value)
    return (value: mean.value, chain: { g in squares.chain(mean.chain(g)) })
  }

  @Test static func step22() throws {
    try step(22) {
      let (value, chain) = meanOfSquaresWithChain(point)
      print(value)
      let slope = chain(Tensor(Float(1)))
      print(slope)
      print(isSame(slope, gradient(at: point) { x in (x * x).mean() }))
    }
  }

  static func reluWithChain(_ x: Tensor) -> Chained {
    (value: relu(x), chain: { g in g.replacing(where: less(x, 0), with: 0) })
  }

  typealias LinGradients = (x: Tensor, w: Tensor, b: Tensor)

  static func linWithChain(
    _ x: Tensor, _ w: Tensor, _ b: Tensor
  ) -> (value: Tensor, chain: (Tensor) -> LinGradients) {
    (
      value: lin(x, w, b),
      chain: { g in (g • w.transposed(), x.transposed() • g, g.summed(to: b.shape)) }
    )
  }

  static func mseWithChain(_ output: Tensor, _ targets: Tensor) -> Chained {
    let difference = output.squeezed(axes: [-1]) - targets
    return (
      value: square(difference).mean(),
      chain: { g in (2 * g / targets.count * difference).expandedDimension(at: -1) }
    )
  }

  @Test static func step23() throws {
    try step(23) {
      let (x, w, b) = (Tensor.ones([3, 2]), Tensor.ones([2, 1]), Tensor.ones([1]))
      let (value, chain) = linWithChain(x, w, b)
      let slopes = chain(Tensor.ones([3, 1]))
      print(value.shape, slopes.x.shape, slopes.w.shape, slopes.b)
    }
  }

  static func forwardAndBackwardByChains(_ x: Tensor, _ targets: Tensor) -> Gradients {
    let l1 = linWithChain(x, w1, b1)
    let l2 = reluWithChain(l1.value)
    let output = linWithChain(l2.value, w2, b2)
    let loss = mseWithChain(output.value, targets)

    let second = output.chain(loss.chain(Tensor(Float(1))))
    let first = l1.chain(l2.chain(second.x))
    return (first.x, first.w, first.b, second.w, second.b)
  }

  @Test static func step24() throws {
    try step(24) {
      let byChains = forwardAndBackwardByChains(xTrain, targets)
      print(isSame(byChains.x, byHand.x))
      print(isSame(byChains.w1, byHand.w1), isSame(byChains.b1, byHand.b1))
      print(isSame(byChains.w2, byHand.w2), isSame(byChains.b2, byHand.b2))
    }
  }
}
