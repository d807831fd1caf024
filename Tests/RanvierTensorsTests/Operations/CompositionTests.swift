import Foundation
import RanvierTensors
import TestSupport
import Testing

/// A composed function of one tensor: what it computes, and points at which its derivatives are
/// checked against finite differences.
struct CompositionRow: Sendable, CustomTestStringConvertible {
  let name: String
  let function: @Sendable (Tensor) -> Tensor
  let exact: @Sendable (Double) -> Double
  let points: [Double]
  var testDescription: String { name }

  static let all = [
    CompositionRow(
      name: "asinh", function: { asinh($0) }, exact: { Foundation.asinh($0) },
      points: [-1e9, -30, -1, -1e-6, -0.0, 0, 1e-6, 0.5, 20, 1e10]),
    CompositionRow(
      name: "acosh", function: { acosh($0) }, exact: { Foundation.acosh($0) },
      points: [1.5, 2, 40, 1e10]),
    CompositionRow(
      name: "atanh", function: { atanh($0) }, exact: { Foundation.atanh($0) },
      points: [-0.9, -1e-6, -0.0, 0, 0.3, 0.9]),
    CompositionRow(
      name: "log2", function: { log2($0) }, exact: { Foundation.log2($0) }, points: [0.1, 1, 9]),
    CompositionRow(
      name: "log10", function: { log10($0) }, exact: { Foundation.log10($0) },
      points: [0.1, 1, 9]),
    CompositionRow(
      name: "exp2", function: { exp2($0) }, exact: { Foundation.exp2($0) }, points: [-3, 0, 2.5]),
    CompositionRow(
      name: "cbrt", function: { cbrt($0) }, exact: { Foundation.cbrt($0) },
      points: [-27, -0.5, 0.2, 8, 1000]),
    CompositionRow(
      name: "reciprocal", function: { reciprocal($0) }, exact: { 1 / $0 }, points: [-2, 0.5, 3]),
    CompositionRow(
      name: "hypot with 3", function: { hypot($0, 3) }, exact: { Foundation.hypot($0, 3) },
      points: [-4, -1e-6, 0, 4, 100]),
    CompositionRow(
      name: "hypot of 0.5", function: { hypot(0.5, $0) }, exact: { Foundation.hypot(0.5, $0) },
      points: [-4, 0, 0.3]),
    CompositionRow(
      name: "logAddExp with 1", function: { logAddExp($0, 1) },
      exact: { Foundation.log(Foundation.exp($0) + Foundation.exp(1)) }, points: [-5, 0, 1, 2, 9]),
    CompositionRow(
      name: "logAddExp of 1", function: { logAddExp(1, $0) },
      exact: { Foundation.log(Foundation.exp($0) + Foundation.exp(1)) }, points: [-5, 0, 1, 2, 9]),
    CompositionRow(
      name: "fractionalPart", function: { fractionalPart($0) },
      exact: { $0 - $0.rounded(.towardZero) }, points: [-2.75, -0.5, 0.25, 7.5]),
    CompositionRow(
      name: "floorModulo 3", function: { floorModulo($0, 3) },
      exact: { $0 - 3 * ($0 / 3).rounded(.down) }, points: [-7.5, -1, 0.5, 4, 8]),
    CompositionRow(
      name: "floorModulo of 7", function: { floorModulo(7, $0) },
      exact: { 7 - $0 * (7 / $0).rounded(.down) }, points: [-3, -2, 2, 3, 10]),
    CompositionRow(
      name: "remainder of -7", function: { remainder(-7, $0) },
      exact: { (-7.0).truncatingRemainder(dividingBy: $0) }, points: [-3, -2, 2, 3, 10]),
    CompositionRow(
      name: "clamp", function: { clamp($0, -1, $0 * 0.5) },
      exact: { min(max($0, -1), $0 * 0.5) }, points: [-8, -1.5, -0.5, 0.5, 4]),
    CompositionRow(
      name: "logSumExp", function: { Tensor(stacking: [$0, $0 * 2, 1 - $0]).logSumExp() },
      exact: {
        Foundation.log(Foundation.exp($0) + Foundation.exp(2 * $0) + Foundation.exp(1 - $0))
      },
      points: [-3, 0, 0.5, 5]),
  ]
}

@Suite struct CompositionTests {
  @Test(arguments: CompositionRow.all)
  func `values are those of the formula`(_ row: CompositionRow) {
    for type in [ElementType.float64, .float32, .float16, .bfloat16] {
      let tolerance: [ElementType: Double] = [
        .float64: 1e-14, .float32: 4e-7, .float16: 1e-3, .bfloat16: 8e-3,
      ]
      let x = Tensor(row.points).cast(to: type)
      let expected = x.scalars(as: Double.self).map {
        type == .float16 && $0.isInfinite ? $0 : row.exact($0)
      }
      let result = Tensor(stacking: row.points.indices.map { row.function(x[$0]) })
      #expect(result.elementType == type)
      expectClose(
        result, Tensor(expected).cast(to: type), relative: tolerance[type] ?? 0,
        absolute: (tolerance[type] ?? 0) * 1e-4, "\(type)")
    }
  }

  @Test(.tags(.gradient), arguments: CompositionRow.all)
  func `derivatives agree with finite differences to second order`(_ row: CompositionRow) {
    for point in row.points {
      expectGradientsMatch(
        at: [Tensor(point)], step: 2e-5 * max(1, abs(point)), relative: 1e-4, absolute: 2e-6,
        "\(row.name) at \(point)"
      ) { row.function($0[0]) }
    }
  }

  @Test func `errors have the name of the function`() {
    let (a, b, whole) = (Tensor.zeros([2]), Tensor.zeros([3]), Tensor([1, 2]))
    let texts = [
      asinh(whole), hypot(a, b), logAddExp(a, b), floorModulo(a, b), floorDivide(a, b),
      shiftLeft(a, by: 1), remainder(a, b), whole.logSumExp(), a.logSumExp(alongAxes: [1]),
      shiftRight(whole, by: Tensor([1, 2, 3])), atan2(a, b), floorModulo(asinh(whole), 1),
    ].map { $0.error.map { String($0.description.prefix { $0 != "," }) } ?? "no error" }
    let broadcast = "needs shapes that broadcast (equal sizes"
    #expect(
      texts == [
        "asinh needs floating-point numbers", "hypot \(broadcast)", "logAddExp \(broadcast)",
        "floorModulo \(broadcast)", "floorDivide \(broadcast)",
        "shiftLeft needs integers", "remainder \(broadcast)",
        "logSumExp(alongAxes:) needs floating-point numbers",
        "logSumExp(alongAxes:) needs an axis in -1 ..< 1", "shiftRight \(broadcast)",
        "atan2 \(broadcast)", "asinh needs floating-point numbers",
      ])
  }

  @Test func `derivatives of angles, lengths and quotients of two operands`() {
    var generator = TestGenerator(salt: "two operands")
    let a = Tensor.random([3, 4], from: 0.2, to: 2, using: &generator)
    let b = Tensor.random([4], from: -2, to: -0.2, using: &generator)
    expectGradientsMatch(at: [a, b], "atan2") { atan2($0[0], $0[1]) }
    expectGradientsMatch(at: [b, a], "atan2, other order") { atan2($0[0], $0[1]) }
    expectGradientsMatch(at: [a, b], "hypot") { hypot($0[0], $0[1]) }
    expectGradientsMatch(at: [a, b], "logAddExp") { logAddExp($0[0], $0[1]) }
    expectGradientsMatch(at: [a, a], "logAddExp of equals") { logAddExp($0[0], $0[1]) }
    expectGradientsMatch(at: [a], "logSumExp") { $0[0].logSumExp(alongAxes: [0]) }
    expectGradientsMatch(
      at: [a * 0 + 0.3, b - 2, b + 4], "clamp with tensors"
    ) { clamp($0[0] * 9, $0[1], $0[2]) }
  }

  @Test func `scales cancel where squares overflow or vanish`() {
    for scale in [1e-300, 1e300] {
      let (a, b) = (Tensor(3 * scale), Tensor(-4 * scale))
      #expect(hypot(a, b).scalar(as: Double.self) == 5 * scale)
      let slopes = gradient(at: [a, b]) { hypot($0[0], $0[1]) }
      expectClose(Tensor(stacking: slopes), Tensor([0.6, -0.8]), relative: 1e-15)
      let angles = gradient(at: [a, b]) { atan2($0[0], $0[1]) * scale }
      expectClose(Tensor(stacking: angles), Tensor([-0.16, -0.12]), relative: 1e-14)
    }
  }

  @Test func `division that rounds down and what it leaves make up the whole`() {
    for type in [ElementType.int8, .int32, .int64, .float64] {
      let a = Tensor.range(21, elementType: .int32).cast(to: type) - Tensor(10).cast(to: type)
      for b in [-4, -3, -1, 1, 2, 7] {
        let divisor = Tensor(b).cast(to: type)
        let whole = floorDivide(a, divisor)
        let rest = floorModulo(a, divisor)
        #expect(whole * divisor + rest == a, "\(type) by \(b)")
        #expect(rest.scalars(as: Int.self).allSatisfy { b > 0 ? 0 ..< b ~= $0 : b + 1 ... 0 ~= $0 })
        let short = trunc(a.cast(to: .float64) / Double(b)).cast(to: type)
        #expect(short * divisor + remainder(a, divisor) == a, "\(type) by \(b)")
      }
    }
    // 0.3 / 0.1 rounds to 3, although 0.1 fits only twice.
    #expect(floorDivide(Tensor(0.3), 0.1).scalar(as: Double.self) == 2)
    let slope = gradient(at: Tensor(0.1)) { remainder(0.3, $0) }
    #expect(slope.scalar(as: Double.self) == -2)
  }
}
