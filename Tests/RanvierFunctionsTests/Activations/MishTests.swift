import Foundation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MishTests {
  @Test func `keeps the digits of small results on the left`() {
    // tanh(softplus(x)) is exp(x) but for terms of its square.
    let points = [-20.0, -40, -80]
    let x = Tensor(points.map { Float($0) })
    expectClose(
      mish(x), Tensor(points.map { $0 * Foundation.exp($0) }), relative: 1e-6, absolute: 0)
    expectClose(
      gradient(at: x) { mish($0).sum() }, Tensor(points.map { (1 + $0) * Foundation.exp($0) }),
      relative: 1e-6, absolute: 0)
  }

  @Test func `has right derivatives at 0, where its formula changes`() {
    // tanh(log 2), and twice the derivative of tanh(softplus(x)) at 0: (1 - 0.36) / 2.
    let slope = { @Sendable (x: Tensor) in gradient(at: x) { mish($0) } }
    expectClose(slope(Tensor(0.0)), Tensor(0.6), relative: 1e-15)
    expectClose(gradient(at: Tensor(0.0), of: slope), Tensor(0.64), relative: 1e-14)
  }
}
