import RanvierTensors
import TestSupport
import Testing

@Suite struct CovarianceTests {
  let x = Tensor([[1.0, 2, 0], [3, 1, 1], [5, 6, 2], [7, 3, 3]])

  @Test func `weighted means`() {
    #expect(Tensor([1.0, 2, 6]).mean(weights: Tensor([1.0, 1, 2])) == Tensor(3.75))
    #expect(
      x.mean(weights: Tensor([[1], [0], [0], [1]]), alongAxes: [0], keepingAxes: true)
        == Tensor([[4.0, 2.5, 1.5]]))
    #expect(Tensor([1, 2]).mean(weights: Tensor([3, 1])) == Tensor(Float(1.25)))
    #expect(Tensor([1, 2]).mean(weights: Tensor([0, 0])).scalar().isNaN)
    #expect(
      Tensor([60000.0, 60000]).cast(to: .float16).mean(weights: Tensor([1, 1]))
        == Tensor(60000.0).cast(to: .float16))
    let equal = x.mean(weights: Tensor(2.0), alongAxes: [1])
    expectClose(equal, x.mean(alongAxes: [1]), relative: 1e-15)
    #expect(x.mean(weights: Tensor([1.0, 2])).error?.operation == "mean(weights:)")
  }

  @Test func `covariances are means of products of distances`() {
    let covariance = x.covariance()
    let distances = x.rows(as: Double.self).map { row in
      zip(row, [4.0, 3, 1.5]).map { $0 - $1 }
    }
    let expected = (0 ..< 3).map { i in
      (0 ..< 3).map { j in distances.reduce(0) { $0 + $1[i] * $1[j] } / 3 }
    }
    expectClose(covariance, Tensor(expected), relative: 1e-14)
    expectClose(x.covariance(correction: 0), Tensor(expected) * 0.75, relative: 1e-14)
    expectClose(
      Tensor(stacking: [x, x * 2]).covariance()[1], Tensor(expected) * 4, relative: 1e-14)
    #expect(Tensor([1.0]).covariance().error?.operation == "covariance()")
    #expect(Tensor([[1, 2], [3, 4]]).covariance() == Tensor([[Float(2), 2], [2, 2]]))
  }

  @Test func `correlations have no unit`() {
    let correlation = (x * Tensor([10.0, -0.1, 5]) + 3).correlation()
    let covariance = x.covariance().rows(as: Double.self)
    let expected = (0 ..< 3).map { i in
      (0 ..< 3).map { j in
        (i == 1) != (j == 1) ? -1.0 : 1.0
      }.enumerated().map { j, sign in
        sign * covariance[i][j] / (covariance[i][i] * covariance[j][j]).squareRoot()
      }
    }
    expectClose(correlation, Tensor(expected), relative: 1e-13)
    #expect(correlation.max().scalar(as: Double.self) <= 1)
    #expect(Tensor([[1.0, 1], [1, 2]]).correlation()[0, 1].scalar().isNaN)
    #expect(Tensor(1.0).correlation().error?.operation == "correlation()")
  }

  @Test(.tags(.gradient)) func `all have derivatives`() {
    var generator = TestGenerator(salt: "covariance")
    let point: [Tensor] = [
      .random([4, 3], using: &generator), .random([4, 1], from: 0.5, to: 1, using: &generator),
    ]
    expectGradientsMatch(at: point, "weighted mean") { p in
      p[0].mean(weights: p[1], alongAxes: [0])
    }
    expectGradientsMatch(at: [point[0]], "covariance") { $0[0].covariance() }
    expectGradientsMatch(at: [point[0]], absolute: 1e-6, "correlation") { p in
      let correlation = p[0].correlation()
      return correlation[0, 1] * correlation[1...]
    }
  }
}
