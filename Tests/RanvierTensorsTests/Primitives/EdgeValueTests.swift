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
      EdgeRow("sum wraps", Tensor([UInt8(200), 100]).sum(), [44]),
      EdgeRow("integers divided by 0", Tensor([5, -5, 0]) / 0, [0, 0, 0]),
      EdgeRow("integers truncate", Tensor([7, -7]) / 2, [3, -3]),
      EdgeRow("smallest divided by -1", Tensor([Int32.min]) / -1, [-0x1p31]),
      EdgeRow("negative powers", pow(Tensor([2, 1, -1, 0]), -1), [0, 1, -1, 0]),
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
