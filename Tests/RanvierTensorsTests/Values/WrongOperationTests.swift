import RanvierTensors
import TestSupport
import Testing

/// What the rows of the tables are made of.
extension WrongOperation {
  static let scalar = Tensor(Float(0))
  static let vector = Tensor.zeros([4])
  static let long = Tensor.zeros([1 << 16])
  static let matrix = Tensor.zeros([2, 3])
  static let tall = Tensor.zeros([3, 2])
  static let regular = Tensor.zeros([3, 3])
  static let signal = Tensor.zeros([1, 4, 2])
  static let manyAxes = Tensor.zeros(Shape([Int](repeating: 1, count: 16)))
  static let whole = Tensor.range(6).reshaped(to: [2, 3])
  static let flags = Tensor([true, false])
  static let key = RandomKey(seed: 1)
  static let badKey = RandomKey(words: vector)
  static let windows = WindowGeometry(
    size: [5], strides: [1], paddingLow: [0], paddingHigh: [0], dilation: [1])

  static func moving(by stride: Int = 1, groups: Int = 1) -> ConvolutionGeometry {
    ConvolutionGeometry(
      strides: [stride], paddingLow: [0], paddingHigh: [0], dilation: [1], groups: groups)
  }

  /// A function's result for a number that is not known.
  static func recorded(_ function: (Tensor) -> Tensor) -> Tensor {
    let trace = Trace(computes: false)
    defer { _ = trace.close() }
    return Trace.$current.withValue(trace) { function(trace.input(TensorType(.float32, []))) }
  }

  /// A function whose pullback returns a cotangent of the wrong shape.
  static let wrongDerivative = withDerivative(of: { (x: Tensor) in x * 2 }) { _, _, _ in vector }
}

extension Tensor {
  /// The tensor after an assignment to a part of it.
  func assigning(_ value: Tensor, _ assign: (inout Tensor, Tensor) -> Void) -> Tensor {
    var result = self
    assign(&result, value)
    return result
  }

  func assigning(_ value: Float, _ assign: (inout Tensor, Tensor) -> Void) -> Tensor {
    assigning(Tensor(value), assign)
  }
}

@Suite struct WrongOperationTests {
  static let rows: [WrongOperation] = [
    WrongOperation.unaryErrors, WrongOperation.binaryErrors, WrongOperation.shapeErrors,
    WrongOperation.joiningErrors, WrongOperation.subscriptErrors, WrongOperation.gatheringErrors,
    WrongOperation.reductionErrors, WrongOperation.orderErrors, WrongOperation.productErrors,
    WrongOperation.matrixErrors, WrongOperation.windowErrors, WrongOperation.creationErrors,
    WrongOperation.randomErrors, WrongOperation.derivativeErrors, WrongOperation.loopErrors,
    WrongOperation.laterErrors,
  ].flatMap(\.self)

  @Test(arguments: rows)
  func `an error names operation, shapes, rule and line`(_ row: WrongOperation) {
    row.expectError()
  }
}
