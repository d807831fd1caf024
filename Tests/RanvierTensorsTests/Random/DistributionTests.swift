import Foundation
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
    #expect(key.truncatedNormal([2], from: 1, to: 1).error != nil)
    #expect(key.truncatedNormal([2], from: .nan).error != nil)
  }

  @Test func `bernoulli is true with its probability`() {
    let share = key.bernoulli([DistributionTests.count], probability: 0.3).mean().scalar(
      as: Double.self)
    #expect(abs(share - 0.3) < 0.006)
    #expect(!key.bernoulli([1000], probability: 0).any().scalar(as: Bool.self))
    #expect(key.bernoulli([1000], probability: 1).all().scalar(as: Bool.self))
  }

  /// Expects a sample's distribution function to be a given one (Kolmogorov and Smirnov): a larger
  /// distance comes about by chance once in a thousand samples.
  private func expectDistribution(
    _ sample: Tensor, sourceLocation: SourceLocation = #_sourceLocation,
    _ function: (Double) -> Double
  ) {
    let x = sample.cast(to: .float64).sorted().scalars(as: Double.self)
    let count = Double(x.count)
    let distance = x.enumerated().map { index, value in
      max(Double(index + 1) / count - function(value), function(value) - Double(index) / count)
    }.max()
    #expect((distance ?? 1) < 1.95 / count.squareRoot(), sourceLocation: sourceLocation)
  }

  @Test(arguments: [ElementType.float32, .float64])
  func `continuous distributions are what they should be`(_ type: ElementType) {
    let shape: Shape = [20, 1000]
    func flat(_ x: Tensor) -> Tensor {
      #expect(x.elementType == type && x.shape == shape)
      return x.flattened()
    }
    func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
    expectDistribution(flat(key.uniform(shape, elementType: type))) { $0 }
    expectDistribution(flat(key.normal(shape, elementType: type)), normal)
    let (low, high) = (normal(-1), normal(2.5))
    expectDistribution(
      flat(key.truncatedNormal(shape, from: -1, to: 2.5, elementType: type))
    ) { (normal($0) - low) / (high - low) }
    expectDistribution(flat(key.exponential(shape, elementType: type))) { 1 - exp(-$0) }
    expectDistribution(flat(key.gumbel(shape, elementType: type))) { exp(-exp(-$0)) }
  }

  @Test func `exponential and gumbel numbers have their moments and stay finite`() {
    for type in [ElementType.float32, .float64, .float16] {
      let x = key.exponential([DistributionTests.count], elementType: type)
      #expect(x.elementType == type && x.min().scalar(as: Double.self) >= 0)
      let y = key.gumbel([DistributionTests.count], elementType: type)
      #expect(y.elementType == type)
      #expect(isFinite(x).all().scalar(as: Bool.self) && isFinite(y).all().scalar(as: Bool.self))
      let (exponential, gumbel) = (x.cast(to: .float64), y.cast(to: .float64))
      #expect(abs(exponential.mean().scalar(as: Double.self) - 1) < 0.012)
      #expect(abs(exponential.variance().scalar(as: Double.self) - 1) < 0.04)
      #expect(abs(gumbel.mean().scalar(as: Double.self) - 0.5772157) < 0.015)
      #expect(abs(gumbel.variance().scalar(as: Double.self) - .pi * .pi / 6) < 0.04)
    }
  }

  @Test func `bernoulli with a probability for each element`() {
    let probability = Tensor([0.0, 0.25, 1, .nan, -1, 2])
    let draws = key.bernoulli(probability: probability, shape: [20_000, 6])
    #expect(draws.elementType == .bool)
    let shares = draws.mean(alongAxes: [0]).scalars(as: Double.self)
    #expect([0, 2, 3, 4, 5].map { shares[$0] } == [0, 1, 0, 0, 1])
    #expect(abs(shares[1] - 0.25) < 0.016)
    #expect(key.bernoulli(probability: probability).shape == [6])
    #expect(key.bernoulli(probability: Tensor([1])).error != nil)
    #expect(key.bernoulli(probability: probability, shape: [5]).error != nil)
  }

  @Test func `categories are drawn with the probabilities of softmax`() {
    let logits = Tensor([[0.0, 1, -.infinity, 2], [3, 3, 3, 3]])
    let draws = key.categorical(logits: logits, sampleShape: [50, 1000])
    #expect(draws.elementType == .int32 && draws.shape == [50, 1000, 2])
    let weights = [0, 1, -.infinity, 2].map { (logit: Double) in Foundation.exp(logit) }
    let sum = weights.reduce(0, +)
    let expected = [weights.map { $0 / sum }, [0.25, 0.25, 0.25, 0.25]]
    for row in 0 ..< 2 {
      for category in 0 ..< 4 {
        let share = equal(draws[.ellipsis, row], category).mean().scalar(as: Double.self)
        #expect(abs(share - expected[row][category]) < 0.011, "\(row) \(category)")
      }
    }
    #expect(draws[.ellipsis, 0].max().scalar(as: Int.self) == 3)
    #expect(!equal(draws[.ellipsis, 0], 2).any().scalar(as: Bool.self))
    let columns = key.categorical(logits: Tensor([[0, 0, 0], [90, 90, 90]]), alongAxis: 0)
    #expect(columns == Tensor([Int32(1), 1, 1]))
    #expect(key.categorical(logits: logits, alongAxis: 2).error != nil)
    #expect(key.categorical(logits: Tensor.zeros([3, 0])).error != nil)
  }

  @Test func `permutations have every element once, each as often everywhere`() {
    for count in [0, 1, 2, 1000, 3000] {
      let order = key.permutation(count)
      #expect(order.elementType == .int32)
      #expect(order.scalars(as: Int.self).sorted() == Array(0 ..< count))
    }
    var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
    for number in 0 ..< 2000 {
      for (place, element) in key.derived(UInt32(number)).permutation(4).scalars(as: Int.self)
        .enumerated()
      { counts[place][element] += 1 }
    }
    #expect(counts.joined().allSatisfy { abs($0 - 500) < 90 }, "\(counts)")
    #expect(key.permutation(-1).error != nil)
  }

  @Test func `shuffling keeps rows whole`() {
    let x = Tensor.range(30).reshaped(to: [10, 3])
    let shuffled = key.shuffled(x)
    #expect(shuffled != x && shuffled.sorted(alongAxis: 0) == x)
    #expect(shuffled[.all, 1] - shuffled[.all, 0] == Tensor([Int32](repeating: 1, count: 10)))
    let columns = key.shuffled(x, alongAxis: -1)
    #expect(columns.sorted() == x)
    #expect(key.shuffled(x, alongAxis: 2).error != nil)
  }

  @Test func `choices are different, and likelier ones come first`() {
    for (count, population) in [(0, 0), (3, 3), (5, 1000), (900, 2000), (0, 9)] {
      let chosen = key.choice(count, outOf: population)
      #expect(chosen == key.permutation(population)[..<count])
      #expect(Set(chosen.scalars(as: Int.self)).count == count)
    }
    let weights = Tensor([1.0, 0, 3, 4])
    var first = [0, 0, 0, 0]
    for number in 0 ..< 4000 {
      let chosen = key.derived(UInt32(number)).choice(4, probabilities: weights)
        .scalars(as: Int.self)
      first[chosen[0]] += 1
      #expect(chosen[3] == 1, "what is impossible comes last")
    }
    for (count, share) in zip(first, [0.125, 0, 0.375, 0.5]) {
      #expect(abs(Double(count) / 4000 - share) < 0.04)
    }
    #expect(key.choice(4, outOf: 3).error != nil)
    #expect(key.choice(5, probabilities: weights).error != nil)
    #expect(key.choice(1, probabilities: Tensor([1, 2])).error != nil)
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
