import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// What the rows of the tables are made of.
extension WrongOperation {
  static let scalar = Tensor(Float(0))
  static let vector = Tensor.zeros([4])
  static let row = Tensor.zeros([3])
  static let matrix = Tensor.zeros([2, 3])
  static let tall = Tensor.zeros([3, 2])
  static let signal = Tensor.zeros([1, 4, 2])
  static let image = Tensor.zeros([1, 4, 4, 2])
  static let whole = Tensor.range(6).reshaped(to: [2, 3])
  static let flags = Tensor([true, false])
  static let key = RandomKey(seed: 1)
}

@Suite struct WrongFunctionTests {
  static let rows: [WrongOperation] =
    WrongOperation.layerErrors + WrongOperation.activationErrors + WrongOperation.lossErrors
    + WrongOperation.optionErrors + WrongOperation.metricErrors + WrongOperation.attentionErrors

  @Test(arguments: rows)
  func `an error names function, shapes, rule and line`(_ row: WrongOperation) {
    row.expectError()
  }
}
