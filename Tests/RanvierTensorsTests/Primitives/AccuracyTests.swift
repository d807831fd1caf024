import Foundation
import RanvierTensors
import TestSupport
import Testing

/// A function over its whole range, and how many units in the last place its results may be off.
struct AccuracyRow: Sendable, CustomTestStringConvertible {
  let name: String
  let function: @Sendable (Tensor) -> Tensor
  let exact: @Sendable (Double) -> Double
  let range: ClosedRange<Double>
  let testDescription: String

  init(
    _ name: String, _ range: ClosedRange<Double>,
    _ function: @escaping @Sendable (Tensor) -> Tensor,
    _ exact: @escaping @Sendable (Double) -> Double
  ) {
    self.name = name
    self.function = function
    self.exact = exact
    self.range = range
    testDescription = "\(name) on \(range)"
  }

  static let all = [
    AccuracyRow("exp", -87 ... 88, { exp($0) }, { Foundation.exp($0) }),
    AccuracyRow("expm1", -1e-3 ... 1e-3, { expm1($0) }, { Foundation.expm1($0) }),
    AccuracyRow("expm1", -20 ... 80, { expm1($0) }, { Foundation.expm1($0) }),
    AccuracyRow("log", 1e-30 ... 10, { log($0) }, { Foundation.log($0) }),
    AccuracyRow("log", 0.9 ... 1.1, { log($0) }, { Foundation.log($0) }),
    AccuracyRow("log", 1 ... 1e30, { log($0) }, { Foundation.log($0) }),
    AccuracyRow("log1p", -1e-3 ... 1e-3, { log1p($0) }, { Foundation.log1p($0) }),
    AccuracyRow("log1p", -0.999 ... 1e6, { log1p($0) }, { Foundation.log1p($0) }),
    AccuracyRow("sin", -20 ... 20, { sin($0) }, { Foundation.sin($0) }),
    AccuracyRow("sin", -1e5 ... 1e5, { sin($0) }, { Foundation.sin($0) }),
    AccuracyRow("cos", -20 ... 20, { cos($0) }, { Foundation.cos($0) }),
    AccuracyRow("cos", -1e5 ... 1e5, { cos($0) }, { Foundation.cos($0) }),
    AccuracyRow("tanh", -10 ... 10, { tanh($0) }, { Foundation.tanh($0) }),
    AccuracyRow("tanh", -1e-3 ... 1e-3, { tanh($0) }, { Foundation.tanh($0) }),
    AccuracyRow("sigmoid", -80 ... 80, { sigmoid($0) }, { 1 / (1 + Foundation.exp(-$0)) }),
    AccuracyRow("erf", -5 ... 5, { erf($0) }, { Foundation.erf($0) }),
    AccuracyRow("erf", -1e-3 ... 1e-3, { erf($0) }, { Foundation.erf($0) }),
    AccuracyRow(
      "gelu", -4 ... 10, { gaussianErrorLinear($0) },
      { $0 * 0.5 * Foundation.erfc(-$0 * 0.5.squareRoot()) }),
    AccuracyRow("sqrt", 0 ... 1e30, { sqrt($0) }, { $0.squareRoot() }),
    AccuracyRow("rsqrt", 1e-20 ... 1e20, { rsqrt($0) }, { 1 / $0.squareRoot() }),
    AccuracyRow("pow 2.5", 0 ... 1e6, { pow($0, 2.5) }, { Foundation.pow($0, 2.5) }),
    AccuracyRow("tan", -1.5 ... 1.5, { tan($0) }, { Foundation.tan($0) }),
    AccuracyRow("tan", -1e5 ... 1e5, { tan($0) }, { Foundation.tan($0) }),
    AccuracyRow("asin", -1 ... 1, { asin($0) }, { Foundation.asin($0) }),
    AccuracyRow("asin", -1e-3 ... 1e-3, { asin($0) }, { Foundation.asin($0) }),
    AccuracyRow("acos", -1 ... 0.99, { acos($0) }, { Foundation.acos($0) }),
    AccuracyRow("atan", -10 ... 10, { atan($0) }, { Foundation.atan($0) }),
    AccuracyRow("atan", -1e-3 ... 1e-3, { atan($0) }, { Foundation.atan($0) }),
    AccuracyRow("atan2 of 0.3", -5 ... 5, { atan2(0.3, $0) }, { Foundation.atan2(0.3, $0) }),
    AccuracyRow("atan2 by -2", -5 ... 5, { atan2($0, -2) }, { Foundation.atan2($0, -2) }),
    AccuracyRow("sinh", -80 ... 80, { sinh($0) }, { Foundation.sinh($0) }),
    AccuracyRow("sinh", -1e-3 ... 1e-3, { sinh($0) }, { Foundation.sinh($0) }),
    AccuracyRow("cosh", -80 ... 80, { cosh($0) }, { Foundation.cosh($0) }),
    AccuracyRow("asinh", -1e-3 ... 1e-3, { asinh($0) }, { Foundation.asinh($0) }),
    AccuracyRow("asinh", -30 ... 30, { asinh($0) }, { Foundation.asinh($0) }),
    AccuracyRow("asinh", -1e30 ... 1e30, { asinh($0) }, { Foundation.asinh($0) }),
    AccuracyRow("acosh", 1 ... 1.01, { acosh($0) }, { Foundation.acosh($0) }),
    AccuracyRow("acosh", 1 ... 1e30, { acosh($0) }, { Foundation.acosh($0) }),
    AccuracyRow("atanh", -1e-3 ... 1e-3, { atanh($0) }, { Foundation.atanh($0) }),
    AccuracyRow("atanh", -0.999 ... 0.999, { atanh($0) }, { Foundation.atanh($0) }),
    AccuracyRow("log2", 0.9 ... 1.1, { log2($0) }, { Foundation.log2($0) }),
    AccuracyRow("log2", 1e-30 ... 1e30, { log2($0) }, { Foundation.log2($0) }),
    AccuracyRow("log10", 1e-30 ... 1e30, { log10($0) }, { Foundation.log10($0) }),
    AccuracyRow("exp2", -120 ... 120, { exp2($0) }, { Foundation.exp2($0) }),
    AccuracyRow("cbrt", -1e30 ... 1e30, { cbrt($0) }, { Foundation.cbrt($0) }),
    AccuracyRow("cbrt", -1 ... 1, { cbrt($0) }, { Foundation.cbrt($0) }),
    AccuracyRow("hypot", -1e30 ... 1e30, { hypot($0, $0) }, { Foundation.hypot($0, $0) }),
    AccuracyRow(
      "logAddExp of 0", -80 ... 80, { logAddExp($0, 0) },
      { max($0, 0) + Foundation.log1p(Foundation.exp(-abs($0))) }),
    AccuracyRow("1.5 to the power", -80 ... 80, { pow(1.5, $0) }, { Foundation.pow(1.5, $0) }),
  ]
}

@Suite struct AccuracyTests {
  @Test(arguments: AccuracyRow.all)
  func `functions are accurate to a few units in the last place`(_ row: AccuracyRow) {
    let count = 3001
    for type in [ElementType.float32, .float64] {
      let x = Tensor.linearlySpaced(
        from: row.range.lowerBound, through: row.range.upperBound, count: count, elementType: type)
      let points = x.scalars(as: Double.self)
      let results = row.function(x).scalars(as: Double.self)
      let epsilon = type == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
      let smallest = type == .float32 ? Double(Float.leastNormalMagnitude) : .leastNormalMagnitude
      var worst = (units: 0.0, point: 0.0)
      for (point, result) in zip(points, results) {
        let exact = row.exact(point)
        let units = abs(result - exact) / (epsilon * max(abs(exact), smallest))
        if !(units <= worst.units) { worst = (units, point) }
      }
      #expect(worst.units < 8, "\(type): \(worst.units) units at \(worst.point)")
    }
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `the inverse error function undoes the error function`(_ type: ElementType) {
    let x = Tensor.linearlySpaced(from: -2.5, through: 2.5, count: 1001, elementType: .float64)
    let y = erf(x).cast(to: type)
    // What the rounding of y alone does to the inverse grows like exp(x^2).
    let epsilon = type == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let slack = exp(square(x)) * (4 * epsilon) + 8 * epsilon
    let error = abs(erfinv(y).cast(to: .float64) - x)
    #expect(less(error, slack * 2 + abs(x) * (8 * epsilon)).all().scalar(as: Bool.self))
  }

  @Test func `a lone not-a-number is found wherever it stands`() {
    for count in [1, 7, 33, 100, 1500, 9000] {
      for position in Set([0, 1, count / 2, count - 2, count - 1])
      where (0 ..< count).contains(position) {
        var elements = [Float](repeating: 1, count: count)
        elements[position] = .nan
        for x in [Tensor(elements), Tensor(elements).cast(to: .float16)] {
          #expect(x.max().scalar().isNaN && x.min().scalar().isNaN, "\(position) of \(count)")
          #expect(x.argmax().scalar(as: Int.self) == position, "\(position) of \(count)")
          #expect(x.argmin().scalar(as: Int.self) == position, "\(position) of \(count)")
          let column = x.reshaped(to: [count, 1]).broadcast(to: [count, 3])
          let largest = column.max(alongAxes: [0]).scalars()
          #expect(largest.allSatisfy { $0.isNaN }, "\(position) of \(count)")
          #expect(
            column.argmax(alongAxis: 0).scalars(as: Int.self) == [position, position, position])
        }
      }
    }
  }
}
