import Foundation
import RanvierTensors
import TestSupport
import Testing

/// A result and its expected elements, compared exactly; not-a-number equals itself.
struct EdgeRow: Sendable, CustomTestStringConvertible {
  let name: String
  let result: Tensor
  let expected: [Double]
  var testDescription: String { name }

  init(_ name: String, _ result: Tensor, _ expected: [Double]) {
    self.name = name
    self.result = result
    self.expected = expected
  }

  private static let special = Tensor([-.infinity, -1, -0.0, 0, 1, .infinity, .nan])
  private static let (nan, inf) = (Double.nan, Double.infinity)
  private static let logSmall = [Foundation.exp(-700) * 1e304]

  static let all: [EdgeRow] =
    [ElementType.float64, .float32, .float16, .bfloat16].flatMap { type in
      let x = special.cast(to: type)
      return [
        EdgeRow("abs \(type)", abs(x), [inf, 1, 0, 0, 1, inf, nan]),
        EdgeRow("sign \(type)", sign(x), [-1, -1, 0, 0, 1, 1, nan]),
        EdgeRow("exp \(type)", exp(x)[.every(1, in: 2 ..< 4)], [1, 1]),
        EdgeRow("exp ends \(type)", exp(x * 1e4), [0, 0, 1, 1, inf, inf, nan]),
        EdgeRow("log \(type)", log(x), [nan, nan, -inf, -inf, 0, inf, nan]),
        EdgeRow("log1p \(type)", log1p(x)[..<4], [nan, -inf, 0, 0]),
        EdgeRow("expm1 \(type)", expm1(x * 1e4), [-1, -1, 0, 0, inf, inf, nan]),
        EdgeRow("sqrt \(type)", sqrt(x), [nan, nan, 0, 0, 1, inf, nan]),
        EdgeRow("rsqrt \(type)", rsqrt(abs(x)), [0, 1, inf, inf, 1, 0, nan]),
        EdgeRow("tanh \(type)", tanh(x * 1e4), [-1, -1, 0, 0, 1, 1, nan]),
        EdgeRow("sigmoid \(type)", sigmoid(x * 1e4), [0, 0, 0.5, 0.5, 1, 1, nan]),
        EdgeRow("erf \(type)", erf(x * 1e4), [-1, -1, 0, 0, 1, 1, nan]),
        EdgeRow("gelu \(type)", gaussianErrorLinear(x * 16384), [0, 0, 0, 0, 16384, inf, nan]),
        EdgeRow("erfinv \(type)", erfinv(x), [nan, -inf, 0, 0, inf, nan, nan]),
        EdgeRow("relu \(type)", relu(x), [0, 0, 0, 0, 1, inf, nan]),
        EdgeRow("floor \(type)", floor(x * 0.5), [-inf, -1, 0, 0, 0, inf, nan]),
        EdgeRow("ceil \(type)", ceil(x * 0.5), [-inf, 0, 0, 0, 1, inf, nan]),
        EdgeRow(
          "round \(type)", round(Tensor([-1.5, -0.5, 0.5, 1.5, 2.5]).cast(to: type)),
          [-2, 0, 0, 2, 2]),
        EdgeRow("isFinite \(type)", isFinite(x), [0, 1, 1, 1, 1, 0, 0]),
        EdgeRow("maximum \(type)", maximum(x, 0), [0, 0, 0, 0, 1, inf, nan]),
        EdgeRow("maximum, other order \(type)", maximum(0, x), [0, 0, 0, 0, 1, inf, nan]),
        EdgeRow("minimum \(type)", minimum(x, 0), [-inf, -1, 0, 0, 0, 0, nan]),
        EdgeRow("minimum, other order \(type)", minimum(0, x), [-inf, -1, 0, 0, 0, 0, nan]),
        EdgeRow("divide \(type)", 1 / x, [0, -1, -inf, inf, 1, 0, nan]),
        EdgeRow("equal \(type)", equal(x, x), [1, 1, 1, 1, 1, 1, 0]),
        EdgeRow("notEqual \(type)", notEqual(x, x), [0, 0, 0, 0, 0, 0, 1]),
        EdgeRow("less \(type)", less(x, 0), [1, 1, 0, 0, 0, 0, 0]),
        EdgeRow("lessOrEqual \(type)", lessOrEqual(x, 0), [1, 1, 1, 1, 0, 0, 0]),
        EdgeRow("greaterOrEqual \(type)", greaterOrEqual(x, 0), [0, 0, 1, 1, 1, 1, 0]),
        EdgeRow("pow \(type)", pow(x, 2), [inf, 1, 0, 0, 1, inf, nan]),
        EdgeRow("pow of 0 \(type)", pow(x, 0), [1, 1, 1, 1, 1, 1, 1]),
        EdgeRow("max \(type)", x.max(), [nan]),
        EdgeRow("max of the rest \(type)", x[..<6].max(), [inf]),
        EdgeRow("min \(type)", x.min(), [nan]),
        EdgeRow("max of none \(type)", Tensor.zeros([0], elementType: type).max(), [-inf]),
        EdgeRow("min of none \(type)", Tensor.zeros([0], elementType: type).min(), [inf]),
        EdgeRow("argmax \(type)", x.argmax(), [6]),
        EdgeRow("argmin \(type)", x.argmin(), [6]),
        EdgeRow("sum \(type)", x.sum(), [nan]),
        EdgeRow("product \(type)", x.product(), [nan]),
        EdgeRow("product of 0 and infinity \(type)", x[2 ..< 6].product(), [nan]),
        EdgeRow("product of none \(type)", Tensor.zeros([0], elementType: type).product(), [1]),
        EdgeRow(
          "cumulativeSum \(type)", x.cumulativeSum(), [-inf, -inf, -inf, -inf, -inf, nan, nan]),
        EdgeRow(
          "cumulativeSum, reversed \(type)", x[..<6].cumulativeSum(reversed: true),
          [nan, inf, inf, inf, inf, inf]),
        EdgeRow(
          "cumulativeProduct \(type)", x.cumulativeProduct(), [-inf, inf, nan, nan, nan, nan, nan]),
        EdgeRow(
          "cumulativeProduct of finite \(type)", x[1 ..< 5].cumulativeProduct(), [-1, 0, 0, 0]),
        EdgeRow("cumulativeMaximum \(type)", x.cumulativeMaximum(), [-inf, -1, 0, 0, 1, inf, nan]),
        EdgeRow(
          "cumulativeMaximum, reversed \(type)", x.cumulativeMaximum(reversed: true),
          [nan, nan, nan, nan, nan, nan, nan]),
        EdgeRow(
          "cumulativeMinimum \(type)", x.cumulativeMinimum(),
          [-inf, -inf, -inf, -inf, -inf, -inf, nan]),
        EdgeRow(
          "cumulativeMinimum, reversed \(type)", x[..<6].cumulativeMinimum(reversed: true),
          [-inf, -1, 0, 0, 1, inf]),
        EdgeRow(
          "cumulativeLogSumExp ends \(type)", x.cumulativeLogSumExp()[.every(5, in: 0 ..< 6)],
          [-inf, inf]),
        EdgeRow(
          "cumulativeLogSumExp, reversed \(type)", x.cumulativeLogSumExp(reversed: true),
          [nan, nan, nan, nan, nan, nan, nan]),
        EdgeRow(
          "cumulativeLogSumExp after infinity \(type)",
          Tensor([inf, 1, -inf, nan, inf]).cast(to: type).cumulativeLogSumExp(),
          [inf, inf, inf, nan, nan]),
        EdgeRow(
          "recurrence, first coefficient unused \(type)",
          linearRecurrence(
            Tensor([nan, 2, inf, 0]).cast(to: type), Tensor([1, 1, 0, 1]).cast(to: type)),
          [1, 3, inf, nan]),
        EdgeRow("tan \(type)", tan(x)[.every(1, in: 2 ..< 4)], [0, 0]),
        EdgeRow("tan of the infinite \(type)", tan(x)[.every(5)], [nan, nan]),
        EdgeRow("asin \(type)", asin(x * 2), [nan, nan, 0, 0, nan, nan, nan]),
        EdgeRow("acos \(type)", acos(x * 2)[.every(1, in: 4 ..< 7)], [nan, nan, nan]),
        EdgeRow("acos of 1 \(type)", acos(x[4]), [0]),
        EdgeRow(
          "atan ends \(type)", atan(x)[.every(5)] / Tensor(Double.pi / 2).cast(to: type), [-1, 1]),
        EdgeRow("sinh \(type)", sinh(x * 1e4), [-inf, -inf, 0, 0, inf, inf, nan]),
        EdgeRow("cosh \(type)", cosh(x * 1e4), [inf, inf, 1, 1, inf, inf, nan]),
        EdgeRow("1 / tan \(type)", 1 / tan(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / asin \(type)", 1 / asin(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / atan \(type)", 1 / atan(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / sinh \(type)", 1 / sinh(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / asinh \(type)", 1 / asinh(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / atanh \(type)", 1 / atanh(x[2 ..< 4]), [-inf, inf]),
        EdgeRow("1 / cbrt \(type)", 1 / cbrt(x[2 ..< 4]), [inf, inf]),
        EdgeRow("1 / trunc \(type)", 1 / trunc(x[2 ..< 4] * 0.5), [-inf, inf]),
        EdgeRow("asinh \(type)", asinh(x)[.every(1, in: 5 ..< 7)], [inf, nan]),
        EdgeRow("acosh \(type)", acosh(x), [nan, nan, nan, nan, 0, inf, nan]),
        EdgeRow("atanh \(type)", atanh(x), [nan, -inf, 0, 0, inf, nan, nan]),
        EdgeRow("log2 \(type)", log2(x), [nan, nan, -inf, -inf, 0, inf, nan]),
        EdgeRow("log10 \(type)", log10(x), [nan, nan, -inf, -inf, 0, inf, nan]),
        EdgeRow("exp2 \(type)", exp2(x), [0, 0.5, 1, 1, 2, inf, nan]),
        EdgeRow("cbrt \(type)", cbrt(x), [-inf, -1, 0, 0, 1, inf, nan]),
        EdgeRow("hypot \(type)", hypot(x, 0), [inf, 1, 0, 0, 1, inf, nan]),
        EdgeRow(
          "hypot with infinity \(type)", hypot(-inf, x), [inf, inf, inf, inf, inf, inf, inf]),
        EdgeRow("reciprocal \(type)", reciprocal(x), [0, -1, -inf, inf, 1, 0, nan]),
        EdgeRow("trunc \(type)", trunc(x * 1.5), [-inf, -1, 0, 0, 1, inf, nan]),
        EdgeRow(
          "fractionalPart \(type)", fractionalPart(x * 1.5), [nan, -0.5, 0, 0, 0.5, nan, nan]),
        EdgeRow("isNaN \(type)", isNaN(x), [0, 0, 0, 0, 0, 0, 1]),
        EdgeRow("isInfinite \(type)", isInfinite(x), [1, 0, 0, 0, 0, 1, 0]),
        EdgeRow("remainder by 0 \(type)", remainder(x, 0), [nan, nan, nan, nan, nan, nan, nan]),
        EdgeRow("remainder by infinity \(type)", remainder(x, inf), [nan, -1, 0, 0, 1, nan, nan]),
        EdgeRow("floorModulo \(type)", floorModulo(x, 2), [nan, 1, 0, 0, 1, nan, nan]),
        EdgeRow("floorModulo of -2 \(type)", floorModulo(x, -2), [nan, -1, 0, 0, -1, nan, nan]),
        EdgeRow(
          "floorModulo by infinity \(type)", floorModulo(x, inf), [nan, inf, 0, 0, 1, nan, nan]),
        EdgeRow("floorDivide \(type)", floorDivide(x, 2), [nan, -1, 0, 0, 0, nan, nan]),
        EdgeRow(
          "floorDivide by 0 \(type)", floorDivide(x, 0), [-inf, -inf, nan, nan, inf, inf, nan]),
        EdgeRow("logAddExp \(type)", logAddExp(x, -inf), [-inf, -1, 0, 0, 1, inf, nan]),
        EdgeRow(
          "logAddExp with infinity \(type)", logAddExp(inf, x), [inf, inf, inf, inf, inf, inf, nan]),
        EdgeRow("logSumExp \(type)", x[..<6].logSumExp(), [inf]),
        EdgeRow("logSumExp of not-a-number \(type)", x.logSumExp(), [nan]),
        EdgeRow(
          "logSumExp of -infinity \(type)", Tensor([-inf, -inf]).cast(to: type).logSumExp(), [-inf]),
        EdgeRow(
          "logSumExp of none \(type)", Tensor.zeros([0], elementType: type).logSumExp(), [-inf]),
        EdgeRow(
          "logSumExp of the large \(type)", Tensor([-6e4, 6e4]).cast(to: type).logSumExp(),
          Tensor([6e4]).cast(to: type).scalars(as: Double.self)),
        EdgeRow("clamp \(type)", clamp(x, -1, 0.5), [-1, -1, 0, 0, 0.5, 0.5, nan]),
        EdgeRow("clamp by not-a-number \(type)", clamp(x[..<2], nan, 0), [nan, nan]),
        EdgeRow("clamp, ends crossed \(type)", clamp(x[..<2], 1, 0), [0, 0]),
        EdgeRow("to i8 \(type)", (x * 300).cast(to: .int8), [-128, -128, 0, 0, 127, 127, 0]),
        EdgeRow("to u8 \(type)", (x * 300).cast(to: .uint8), [0, 0, 0, 0, 255, 255, 0]),
        EdgeRow("to i32 \(type)", x.cast(to: .int32), [-0x1p31, -1, 0, 0, 1, 0x1p31 - 1, 0]),
        EdgeRow("to bool \(type)", x.cast(to: .bool), [1, 1, 0, 0, 1, 1, 1]),
      ]
    } + [
      EdgeRow("add wraps", Tensor([Int8.max]) + 1, [-128]),
      EdgeRow("subtract wraps", Tensor([UInt16(0)]) - 1, [65535]),
      EdgeRow("multiply wraps", Tensor([Int32(1 << 30)]) * 4, [0]),
      EdgeRow("negate wraps", -Tensor([Int8.min]), [-128]),
      EdgeRow("abs wraps", abs(Tensor([Int16.min])), [-32768]),
      EdgeRow("product wraps", Tensor([UInt8(200), 2]).product(), [144]),
      EdgeRow(
        "cumulativeSum wraps", Tensor([Int8(100), 100, 100]).cumulativeSum(), [100, -56, 44]),
      EdgeRow(
        "cumulativeProduct wraps", Tensor([Int16(300), 300]).cumulativeProduct(), [300, 24464]),
      EdgeRow(
        "recurrence wraps", linearRecurrence(Tensor([UInt8(0), 100]), Tensor([UInt8(3), 1])),
        [3, 45]),
      EdgeRow(
        "an overflow on the way passes",
        Tensor([1e30, 1e30, 1e-30]).cast(to: .float32).cumulativeProduct()[.every(1, in: 1 ..< 2)],
        [inf]),
      EdgeRow(
        "sums of f32 carried in f64",
        Tensor([3e38, 3e38, -3e38]).cast(to: .float32).cumulativeSum() / Tensor(Float(3e38)),
        [1, inf, 1]),
      EdgeRow("sum wraps", Tensor([UInt8(200), 100]).sum(), [44]),
      EdgeRow("integers divided by 0", Tensor([5, -5, 0]) / 0, [0, 0, 0]),
      EdgeRow("integers truncate", Tensor([7, -7]) / 2, [3, -3]),
      EdgeRow("smallest divided by -1", Tensor([Int32.min]) / -1, [-0x1p31]),
      EdgeRow("negative powers", pow(Tensor([2, 1, -1, 0]), -1), [0, 1, -1, 0]),
      EdgeRow(
        "remainders of integers", remainder(Tensor([7, -7, 7, -7]), Tensor([2, 2, -2, -2])),
        [1, -1, 1, -1]),
      EdgeRow("remainder by 0", remainder(Tensor([5, -5]), 0), [0, 0]),
      EdgeRow("remainder of the smallest by -1", remainder(Tensor([Int32.min]), -1), [0]),
      EdgeRow(
        "floorModulo of integers", floorModulo(Tensor([7, -7, 7, -7]), Tensor([2, 2, -2, -2])),
        [1, 1, -1, -1]),
      EdgeRow("floorModulo by 0", floorModulo(Tensor([5, -5]), 0), [0, 0]),
      EdgeRow(
        "floorDivide of integers", floorDivide(Tensor([7, -7, 7, -7]), Tensor([2, 2, -2, -2])),
        [3, -4, -4, 3]),
      EdgeRow("floorDivide by 0", floorDivide(Tensor([5, -5]), 0), [0, 0]),
      EdgeRow(
        "shiftLeft", shiftLeft(Tensor([1, -1, 3] as [Int8]), by: Tensor([7, 1, 8] as [Int8])),
        [-128, -2, 0]),
      EdgeRow("shiftLeft by less than 0", shiftLeft(Tensor([1, -1]), by: -1), [0, 0]),
      EdgeRow(
        "shiftRight",
        shiftRight(Tensor([-128, -1, 127] as [Int8]), by: Tensor([7, 9, 6] as [Int8])), [-1, -1, 1]),
      EdgeRow(
        "shiftRight without sign",
        shiftRight(Tensor([UInt8(255), 255]), by: Tensor([UInt8(1), 8])), [127, 0]),
      EdgeRow("trunc of integers", trunc(Tensor([5, -5])), [5, -5]),
      EdgeRow(
        "isNaN and isInfinite of integers",
        isNaN(Tensor([1])).cast(to: .int8) + isInfinite(Tensor([true])), [0]),
      EdgeRow(
        "logicalXor", logicalXor(Tensor([0.0, 2, 0, -1]), Tensor([0, 0, 5, 5])), [0, 1, 1, 0]),
      EdgeRow(
        "logicalAnd", logicalAnd(Tensor([0.0, 2, 0, Double.nan]), Tensor([0, 0, 5, 5])),
        [0, 0, 0, 1]),
      EdgeRow(
        "logicalOr", logicalOr(Tensor([0.0, 2, 0, -1]), Tensor([0, 0, 5, 5])), [0, 1, 1, 1]),
      EdgeRow("logicalNot", logicalNot(Tensor([0.0, 2, Double.nan])), [1, 0, 0]),
      EdgeRow(
        "atan2 of zeros over pi",
        atan2(Tensor([0, -0.0, 0, -0.0]), Tensor([-1.0, -1, -0.0, 0])) / Double.pi, [1, -1, 1, 0]),
      EdgeRow(
        "atan2 of infinities over pi",
        atan2(Tensor([inf, inf, -inf, 1]), Tensor([inf, -inf, inf, -inf])) / (Double.pi / 4),
        [1, 3, -1, 4]),
      EdgeRow("clamp of integers", clamp(Tensor([-7, 0, 7]), -2, 3), [-2, 0, 3]),
      EdgeRow("logAddExp keeps small terms", logAddExp(Tensor([0.0]), -700) * 1e304, logSmall),
      EdgeRow("max of no integers", Tensor.zeros([0], elementType: .int8).max(), [-128]),
      EdgeRow("min of no integers", Tensor.zeros([0], elementType: .uint8).min(), [255]),
      EdgeRow(
        "all and any of none",
        Tensor([] as [Bool]).all().cast(to: .int8) * 2 + Tensor([] as [Bool]).any(), [2]),
      EdgeRow("ties", Tensor([3, 1, 3, 1]).argmax(), [0]),
      EdgeRow("ties from below", Tensor([3, 1, 3, 1]).argmin(), [1]),
      EdgeRow("any counts not-a-number", Tensor([Double.nan]).any(), [1]),
      EdgeRow("gather clamps", Tensor([1.0, 2]).gathered(at: Tensor([-5, 7])), [1, 2]),
      EdgeRow("narrowing wraps", Tensor([300, -1]).cast(to: .uint8), [44, 255]),
      EdgeRow("u64 to f64", Tensor([UInt64.max]).cast(to: .float64), [0x1p64]),
    ]
}

@Suite struct EdgeValueTests {
  @Test(arguments: EdgeRow.all)
  func `edges are as documented`(_ row: EdgeRow) {
    expectClose(
      row.result, Tensor(row.expected).reshaped(to: row.result.shape), relative: 0, absolute: 0,
      row.name)
  }

  /// Functions of one element, where, and the slope there.
  static let slopes: [(String, @Sendable (Tensor) -> Tensor, Double, Double)] = [
    ("abs", { abs($0) }, 0, 0), ("relu", { relu($0) }, 0, 0), ("relu'", { relu($0) }, .nan, 0),
    ("maximum", { maximum($0, 1) }, 1, 0.5), ("minimum", { minimum(1, $0) }, 1, 0.5),
    ("pow 1", { pow($0, 1) }, 0, 1), ("pow 2", { pow($0, 2) }, 0, 0),
    ("pow 0", { pow($0, 0) }, 0, 0),
    ("to the power", { pow(0, $0) }, 2, 0), ("sqrt", { sqrt($0) }, 0, .infinity),
    ("max of ties", { Tensor(stacking: [$0, $0 * 2, Tensor(-1.0)]).max() }, 0, 1.5),
    ("clamp at an end", { clamp($0, 0, 1) }, 0, 0.5), ("clamp below", { clamp(-1, $0, 1) }, 0, 1),
    ("clamp above", { clamp(2, 0, $0) }, 1, 1), ("clamp, ends equal", { clamp(3, $0, 2) }, 2, 0),
    ("atan2 at the origin", { atan2($0, 0) }, 0, 0),
    ("hypot at the origin", { hypot($0, 0) }, 0, 0),
    ("cbrt", { cbrt($0) }, 0, .infinity), ("asin", { asin($0) }, 1, .infinity),
    ("acos", { acos($0) }, -1, -.infinity), ("acosh", { acosh($0) }, 1, .infinity),
    ("asinh", { asinh($0) }, 0, 1), ("asinh of much", { asinh($0) }, 1e200, 1e-200),
    ("atanh", { atanh($0) }, 0, 1), ("trunc", { trunc($0) }, 1.5, 0),
    ("floorDivide", { floorDivide($0, 2) + floorDivide(3, $0) }, 1.5, 0),
    ("logAddExp of equals", { logAddExp($0, 2) }, 2, 0.5),
    ("logAddExp of minus infinities", { logAddExp($0, -Double.infinity) }, -.infinity, 0.5),
    ("logAddExp with minus infinity", { logAddExp($0, -Double.infinity) }, 3, 1),
    ("logSumExp of minus infinities", { Tensor(stacking: [$0, $0]).logSumExp() }, -.infinity, 0),
    ("select", { select(greater($0, 0), $0 * 3, $0 * 5) }, 0, 5), ("floor", { floor($0) }, 1.5, 0),
    ("cast", { $0.cast(to: .int32).cast(to: .float64) * $0 }, 2.5, 2),
  ]

  @Test(arguments: slopes.indices)
  func `derivatives at kinks are as documented`(_ index: Int) {
    let (name, function, point, slope) = EdgeValueTests.slopes[index]
    let result = gradient(at: Tensor(point), of: function).scalar(as: Double.self)
    #expect(result == slope, "\(name)")
  }

  @Test func `powers of zero have all derivatives`() {
    func cube(_ x: Tensor) -> Tensor { pow(x, 3) }
    func first(_ x: Tensor) -> Tensor { gradient(at: x, of: cube) }
    func second(_ x: Tensor) -> Tensor { gradient(at: x, of: first) }
    func third(_ x: Tensor) -> Tensor { gradient(at: x, of: second) }
    func fourth(_ x: Tensor) -> Tensor { gradient(at: x, of: third) }
    let zero = Tensor(0.0)
    #expect(
      [first, second, third, fourth].map { $0(zero).scalar(as: Double.self) } == [0, 0, 6, 0])
  }
}
