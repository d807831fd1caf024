import RanvierTensors
import TestSupport
import Testing

/// Norms of what squares would make overflow or vanish.
@Suite struct EuclideanNormTests {
  /// Shapes whose norms along an axis take different ways: short and long rows, columns.
  static let shapes: [([Int], Int)] = [
    ([5, 3], 1), ([3, 16], 1), ([3, 100], 1), ([2, 9000], 1), ([7, 5], 0), ([3, 40, 70], 1),
  ]

  @Test(arguments: shapes, [ElementType.float32, .float64, .bfloat16, .float16])
  func `neither large nor small elements matter`(_ size: ([Int], Int), _ type: ElementType) {
    let (shape, axis) = (Shape(size.0), size.1)
    var generator = TestGenerator(salt: "norm \(size)")
    let x = Tensor(.init(shape, .uniform(-1, 1), .float64), using: &generator)
    let norm = sqrt((x * x).sum(alongAxes: [axis]))
    let tolerances: [ElementType: Double] = [.float32: 1e-6, .bfloat16: 4e-3, .float16: 5e-4]
    // The smallest scales leave at least half of the digits.
    let scales: [Double]
    switch type {
    case .float64: scales = [0x1p1010, 0x1p-1050, 0x1p-500, 1]
    case .float16: scales = [0x1p8, 0x1p-10, 1]
    default: scales = [0x1p118, 0x1p-120, 0x1p-70, 1]
    }
    for scale in scales {
      let scaled = (x * scale).cast(to: type)
      let exact = apply(EuclideanNorm(axes: [axis]), [scaled]).cast(to: .float64) / scale
      let tolerance = scale < 0x1p-1022 ? 1e-6 : type == .float64 ? 1e-14 : tolerances[type] ?? 0
      expectClose(exact, norm, relative: tolerance, absolute: tolerance, "\(type) \(scale)")
    }
  }

  @Test(arguments: shapes)
  func `infinities, zeros and NaN`(_ size: ([Int], Int)) {
    let (shape, axis) = (Shape(size.0), size.1)
    let zeros = Tensor.zeros(shape)
    let counted = Tensor.range(shape[axis])
      .reshaped(to: Shape([shape[axis]] + [Int](repeating: 1, count: shape.rank - 1 - axis)))
    func norm(_ last: Double, others: Double) -> Tensor {
      let x = select(equal(counted, Double(shape[axis] - 1)), last, zeros + others)
      return apply(EuclideanNorm(axes: [axis]), [x.cast(to: .float32)])
    }
    #expect(isFinite(norm(0, others: 0)).all().scalar(as: Bool.self))
    #expect(norm(0, others: 0) == norm(-0.0, others: 0))
    #expect(equal(norm(0, others: 0), 0).all().scalar(as: Bool.self))
    #expect(equal(norm(-.infinity, others: 1e30), Double.infinity).all().scalar(as: Bool.self))
    #expect(isNaN(norm(.nan, others: .infinity)).all().scalar(as: Bool.self))
    #expect(equal(norm(-0x1p-149, others: 0), 0x1p-149).all().scalar(as: Bool.self))
  }

  @Test(.tags(.gradient), arguments: [0x1p-140, 1e-30, 1, 1e30] as [Float])
  func `derivatives have no scale`(_ scale: Float) {
    let slope = gradient(at: Tensor([3, -4] as [Float]) * scale) { $0.norm() }
    expectClose(slope, Tensor([0.6, -0.8] as [Float]), relative: scale < 1e-38 ? 1e-2 : 1e-6)
  }

  @Test(.tags(.gradient)) func `derivatives at infinity belong to what is infinite`() {
    for type in [ElementType.float32, .float64, .float16, .bfloat16] {
      let point = Tensor([1, -.infinity, 0, -1e4]).cast(to: type)
      let slope = gradient(at: point) { apply(EuclideanNorm(axes: [0]), [$0]) as Tensor }
      expectClose(slope, Tensor([0.0, -1, 0, 0]), absolute: 0.01, "\(type)")
    }
  }

  @Test func `integers have no norm of their type`() {
    let result: Tensor = apply(EuclideanNorm(axes: [0]), [Tensor([3, 4])])
    #expect(
      result.error?.message
        == "norm(order:) needs floating-point elements, got i64[2]; convert with cast(to:)")
  }
}
