import Ranvier
import Testing

/// The gradients by hand, and derivatives of functions of numbers.
extension FullyConnectedFromScratchTests {
  final class Stored {
    let value: Tensor
    var gradient = Tensor(0)
    init(_ value: Tensor) { self.value = value }
  }

  static func mseBackward(_ output: Stored, _ targets: Tensor) {
    let difference = output.value.squeezed(axes: [-1]) - targets
    output.gradient = 2 * difference.expandedDimension(at: -1) / targets.count
  }

  static func reluBackward(_ x: Stored, _ output: Stored) {
    x.gradient = output.gradient.replacing(where: less(x.value, 0), with: 0)
  }

  static func linBackward(_ x: Stored, _ output: Stored, _ w: Stored, _ b: Stored) {
    x.gradient = output.gradient • w.value.transposed()
    w.gradient = x.value.transposed() • output.gradient
    b.gradient = output.gradient.sum(alongAxes: [0])
  }

  @Test static func step14() throws {
    try step(14) {
      let x = Stored(Tensor([[Float(-1), 2]]))
      let output = Stored(relu(x.value))
      output.gradient = Tensor([[Float(10), 20]])
      reluBackward(x, output)
      print(x.gradient)
    }
  }

  typealias Gradients = (x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor)

  static func forwardAndBackward(_ x: Tensor, _ targets: Tensor) -> Gradients {
    let (x, w1, b1) = (Stored(x), Stored(w1), Stored(b1))
    let (w2, b2) = (Stored(w2), Stored(b2))
    let l1 = Stored(lin(x.value, w1.value, b1.value))
    let l2 = Stored(relu(l1.value))
    let output = Stored(lin(l2.value, w2.value, b2.value))
    // The loss itself is not needed for the gradients.
    mseBackward(output, targets)
    linBackward(l2, output, w2, b2)
    reluBackward(l1, l2)
    linBackward(x, l1, w1, b1)
    return (x.gradient, w1.gradient, b1.gradient, w2.gradient, b2.gradient)
  }

  static let byHand = forwardAndBackward(xTrain, targets)

  @Test static func step15() throws {
    try step(15) {
      print(byHand.x.shape, byHand.w1.shape, byHand.b1.shape, byHand.w2.shape, byHand.b2.shape)
      print(byHand.b2)
    }
  }

  @Test static func step16() throws {
    try step(16) {
      for x in stride(from: 0, to: 1, by: 0.1) {
        print(gradient(at: x) { x in x * x })
      }
      #expect(gradient(at: 0.0) { x in x * x } == 0)
    }
  }

  @Test static func step17() throws {
    try step(17) {
      let slope: Float = gradient(at: 3.14) { x in sin(x * x) + cos(x * x) }
      print(slope)
      #expect(Swift.abs(slope + 3.0501623) < 1e-5)
    }
  }

  static func trace(function: String = #function) {
    print(function)
  }

  static func foo(_ x: Int) -> Int {
    trace()
    return x + 1
  }

  static func bar(_ x: Int) -> Int {
    trace()
    return x * 42 + 17
  }

  @Test static func step18() throws {
    try step(18) {
      _ = foo(17)
      print(bar(17))
    }
  }

  static let point = Tensor([Float(1), 2, 3, 4])

  @Test static func step19() throws {
    try step(19) {
      func square(_ x: Tensor) -> Tensor {
        trace()
        return x * x
      }
      func squareGradient(_ x: Tensor) -> Tensor {
        trace()
        return 2 * x
      }
      func mean(_ x: Tensor) -> Tensor {
        trace()
        return x.mean()
      }
      func meanGradient(_ x: Tensor) -> Tensor {
        trace()
        return Tensor.ones(x.shape) / x.count
      }
      let value = mean(square(point))
      let slope = meanGradient(square(point)) * squareGradient(point)
      print(value, slope)
    }
  }

  @Test static func step20() throws {
    try step(20) {
      let slope = gradient(at: point) { x in (x * x).mean() }
      print(slope)
      print(isSame(slope, Tensor([0.5, 1, 1.5, 2])))
    }
  }
}
