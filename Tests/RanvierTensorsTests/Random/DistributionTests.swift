import RanvierTensors
import TestSupport
import Testing

@Suite struct DistributionTests {
  static let count = 200_000
  let key = RandomKey(seed: 2026)

  /// Expects the first four moments of a sample of `count` numbers, within five standard errors of
  /// typical size.
  private func expectMoments(
    _ sample: Tensor, mean: Double, variance: Double, kurtosis: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let x = sample.cast(to: .float64)
    let centred = x - mean
    let tolerance = 5 / Double(x.count).squareRoot()
    func moment(_ power: Int) -> Double { pow(centred, power).mean().scalar(as: Double.self) }
    let deviation = variance.squareRoot()
    #expect(abs(moment(1)) < tolerance * deviation, sourceLocation: sourceLocation)
    #expect(abs(moment(2) - variance) < 2 * tolerance * variance, sourceLocation: sourceLocation)
    #expect(abs(moment(3)) < 4 * tolerance * variance * deviation, sourceLocation: sourceLocation)
    #expect(
      abs(moment(4) / (variance * variance) - kurtosis) < 10 * tolerance,
      sourceLocation: sourceLocation)
  }

  @Test(arguments: [ElementType.float32, .float64, .float16])
  func `uniform numbers have their moments and range`(_ type: ElementType) {
    let x = key.uniform([DistributionTests.count], from: -1, to: 3, elementType: type)
    #expect(x.elementType == type)
    expectMoments(x, mean: 1, variance: 16.0 / 12, kurtosis: 1.8)
    #expect(x.min().scalar(as: Double.self) >= -1)
    #expect(x.max().scalar(as: Double.self) <= 3)
  }

  @Test func `uniform numbers stay below the upper end`() {
    for type in [ElementType.float32, .float64] {
      #expect(
        key.uniform([DistributionTests.count], elementType: type).max().scalar(as: Double.self) < 1)
    }
  }

  @Test(arguments: [ElementType.float32, .float64, .bfloat16])
  func `normal numbers have their moments`(_ type: ElementType) {
    let x = key.normal([DistributionTests.count], mean: 2, standardDeviation: 3, elementType: type)
    #expect(x.elementType == type)
    expectMoments(x, mean: 2, variance: 9, kurtosis: 3)
    #expect(isFinite(x).all().scalar(as: Bool.self))
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `truncated normal numbers stay inside`(_ type: ElementType) {
    let x = key.truncatedNormal([DistributionTests.count], elementType: type)
    #expect(x.max().scalar(as: Double.self) < 2 && x.min().scalar(as: Double.self) > -2)
    expectMoments(x, mean: 0, variance: 0.7737413, kurtosis: 2.3655)
  }

  @Test func `bernoulli is true with its probability`() {
    let share = key.bernoulli([DistributionTests.count], probability: 0.3).mean().scalar(
      as: Double.self)
    #expect(abs(share - 0.3) < 0.006)
    #expect(!key.bernoulli([1000], probability: 0).any().scalar(as: Bool.self))
    #expect(key.bernoulli([1000], probability: 1).all().scalar(as: Bool.self))
  }

  @Test func `integers are equally likely`() {
    let x = key.integers([DistributionTests.count], in: -3 ..< 4)
    #expect(x.elementType == .int32)
    for value in -3 ..< 4 {
      let share = equal(x, value).mean().scalar(as: Double.self)
      #expect(abs(share - 1.0 / 7) < 0.005, "\(value)")
    }
    #expect(key.integers([5], in: 7 ..< 8) == Tensor([Int32](repeating: 7, count: 5)))
    let wide = key.integers([1000], in: Int(Int32.min) ..< Int(Int32.max) + 1)
    #expect(wide.min().scalar(as: Int.self) < -2_000_000_000)
    #expect(wide.max().scalar(as: Int.self) > 2_000_000_000)
    #expect(key.integers([1], in: 0 ..< Int(Int32.max) + 2).error != nil)
  }

  @Test func `empty and scalar draws`() {
    #expect(key.normal([]).shape == [])
    #expect(key.uniform([0, 3]).shape == [0, 3])
    #expect(key.integers([2, 0], in: 0 ..< 5).shape == [2, 0])
  }

  @Test func `draws are functions of the key, constant under derivatives`() {
    let slope = gradient(at: Tensor([2.0, 3])) { x in
      (x * RandomKey(seed: 1).normal([2], elementType: .float64)).sum()
    }
    #expect(slope == RandomKey(seed: 1).normal([2], elementType: .float64))
  }
}
