import Foundation
import RanvierTensors
import TestSupport
import Testing

@Suite struct CumulativeTests {
  @Test func `along each axis, from both ends`() {
    let x = Tensor([[1, 2, 3], [4, 5, 6]])
    #expect(x.cumulativeSum() == Tensor([[1, 3, 6], [4, 9, 15]]))
    #expect(x.cumulativeSum(alongAxis: 0) == Tensor([[1, 2, 3], [5, 7, 9]]))
    #expect(x.cumulativeSum(alongAxis: -2, reversed: true) == Tensor([[5, 7, 9], [4, 5, 6]]))
    #expect(x.cumulativeProduct(reversed: true) == Tensor([[6, 6, 3], [120, 30, 6]]))
    #expect(Tensor([3, 1, 4, 1, 5]).cumulativeMaximum() == Tensor([3, 3, 4, 4, 5]))
    #expect(Tensor([3, 1, 4, 1, 5]).cumulativeMinimum(reversed: true) == Tensor([1, 1, 1, 1, 5]))
    #expect(Tensor([true, false, true]).cumulativeSum() == Tensor([1, 1, 2] as [Int32]))
    #expect(x.product() == Tensor(720))
    #expect(x.product(alongAxes: [0], keepingAxes: true) == Tensor([[4, 10, 18]]))
    #expect(Tensor.zeros([2, 0]).product(alongAxes: [1]) == Tensor([Float(1), 1]))
    let discounted = linearRecurrence(0.5, Tensor([8.0, 8, 8]), reversed: true)
    #expect(discounted == Tensor([14.0, 12, 8]))
  }

  @Test func `errors name the operation`() {
    let (x, flags) = (Tensor.zeros([2, 3]), Tensor([true]))
    let texts = [
      x.cumulativeSum(alongAxis: 2), Tensor(1.0).cumulativeProduct(), flags.cumulativeMaximum(),
      Tensor([1]).cumulativeLogSumExp(), linearRecurrence(Tensor.zeros([2]), x),
      linearRecurrence(x, x, alongAxis: 5), x.product(alongAxes: [2]),
    ].map { $0.error?.message ?? "no error" }
    #expect(
      texts == [
        "cumulativeSum(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]",
        "cumulativeProduct(alongAxis:) needs at least one axis, got [-1] for shape []",
        "cumulativeMaximum(alongAxis:) needs elements that are numbers, got bool[1]; convert with cast(to:)",
        "cumulativeLogSumExp(alongAxis:) needs floating-point elements, got i64[1]; convert with cast(to:)",
        "linearRecurrence(_:_:alongAxis:) needs coefficients and inputs that broadcast, got f32[2] and f32[2, 3]",
        "linearRecurrence(_:_:alongAxis:) needs an axis in -2 ..< 2, got [5] for shape [2, 3]",
        "product(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]",
      ])
  }

  @Test func `long sums keep their digits`() {
    let count = 200_000
    let tenth = Tensor(repeating: 0.1, shape: [count], elementType: .float64)
    let last = tenth.cumulativeSum()[-1].scalar(as: Double.self)
    #expect(abs(last - Double(count) * 0.1) < 1e-10 * 0.1, "\(last)")
    let single = tenth.cast(to: .float32)
    let element = Double(Float(0.1))
    let sums = single.cumulativeSum().scalars(as: Double.self)
    let worst = sums.enumerated().map { abs($1 / (Double($0 + 1) * element) - 1) }.max() ?? 1
    #expect(worst <= Double(Float.ulpOfOne) / 2, "\(worst)")
    // A large term that goes again takes nothing with it.
    let x = Tensor([1.0, 1e100, 1, -1e100])
    #expect(x.cumulativeSum()[3].scalar(as: Double.self) == 2)
  }

  @Test(.tags(.gradient), arguments: 0 ..< 4)
  func `products with zeros have derivatives to second order`(_ zeros: Int) {
    var generator = TestGenerator(salt: "zeros \(zeros)")
    var elements = (0 ..< 6).map { _ in Double.random(in: 0.5 ..< 2, using: &generator) }
    for position in (0 ..< 6).shuffled(using: &generator).prefix(zeros) { elements[position] = 0 }
    let x = Tensor(elements)
    expectGradientsMatch(at: [x], "product") { $0[0].product() }
    expectGradientsMatch(at: [x.reshaped(to: [2, 3])], "product of a matrix") { $0[0].product() }
    expectGradientsMatch(at: [x], "cumulative") { $0[0].cumulativeProduct() }
    expectGradientsMatch(at: [x], "reversed") { $0[0].cumulativeProduct(reversed: true) }
    expectGradientsMatch(at: [x], order: 3, step: 2e-4, relative: 1e-4, "third order") {
      $0[0].product()
    }
    // All other factors multiplied, element by element.
    let slopes = gradient(at: x) { $0.product() }.scalars(as: Double.self)
    for index in elements.indices {
      var others = elements
      others.remove(at: index)
      #expect(abs(slopes[index] - others.reduce(1, *)) < 1e-14)
    }
  }

  @Test func `products of no elements have derivatives`() {
    let x = Tensor.zeros([2, 0], elementType: .float64)
    #expect(gradient(at: x) { $0.product() }.shape == [2, 0])
    #expect(gradient(at: x) { $0.cumulativeProduct().sum() }.shape == [2, 0])
    #expect(gradient(at: x) { $0.cumulativeMaximum(alongAxis: 0).sum() }.shape == [2, 0])
    let y = Tensor.ones([2], elementType: .float64)
    #expect(gradient(at: y) { $0.product(alongAxes: []).sum() } == y)
  }

  @Test func `the first of equal extrema gets the derivative`() {
    let weights = Tensor([1.0, 2, 4, 8, 16])
    let x = Tensor([1.0, 3, 3, 2, 3])
    let slopes = gradient(at: x) { ($0.cumulativeMaximum() * weights).sum() }
    #expect(slopes == Tensor([1.0, 30, 0, 0, 0]))
    let reversed = gradient(at: x) { ($0.cumulativeMaximum(reversed: true) * weights).sum() }
    #expect(reversed == Tensor([0.0, 0, 0, 0, 31]))
    let least = gradient(at: -x) { ($0.cumulativeMinimum() * weights).sum() }
    #expect(least == Tensor([1.0, 30, 0, 0, 0]))
    // The first element leads even if nothing is less, and not-a-number leads from where it is.
    let low = gradient(at: Tensor([-Double.infinity, -.infinity])) { $0.cumulativeMaximum().sum() }
    #expect(low == Tensor([2.0, 0]))
    let undefined = gradient(at: Tensor([1.0, .nan, 5, .nan])) {
      ($0.cumulativeMaximum() * Tensor([1.0, 2, 4, 8])).sum()
    }
    #expect(undefined == Tensor([1.0, 14, 0, 0]))
  }

  @Test func `shares of sums of exponentials`() {
    let x = Tensor([-1000.0, 0, 1000, -.infinity])
    let result = x.cumulativeLogSumExp()
    #expect(result == Tensor([-1000.0, 0, 1000, 1000]))
    let slopes = gradient(at: x) { $0.cumulativeLogSumExp().sum() }
    #expect(slopes == Tensor([1.0, 1, 2, 0]))
    let nothing = Tensor([-Double.infinity, -.infinity, 2])
    #expect(gradient(at: nothing) { $0.cumulativeLogSumExp().sum() } == Tensor([0.0, 0, 1]))
    var generator = TestGenerator(salt: "last sum")
    let y = Tensor.random([4, 7], from: -9, to: 9, using: &generator)
    expectClose(y.cumulativeLogSumExp()[.all, -1], y.logSumExp(alongAxes: [1]), relative: 1e-14)
  }
}
