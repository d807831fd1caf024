import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// A function of one matrix that uses composed operations.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let function: @Sendable (Tensor) -> Tensor

  init(_ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    testDescription = name
    self.function = function
  }

  static let all = [
    OperationCase("identity") { $0 + Tensor.identity(3, columns: 4, elementType: .float64) },
    OperationCase("meshgrid") { x in
      let grid = meshgrid(x[0], x[.all, 1])
      return grid[0] * grid[1]
    },
    OperationCase("one-hot") { x in oneHot(x.argmax(), count: 5, elementType: .float64) },
    OperationCase("split") { x in
      let parts = x.split(sizes: [1, 3], alongAxis: 1)
      return parts[0] * parts[1] + x.split(into: 2, alongAxis: 1)[0][0, 1] * x.unstacked()[0][1...]
    },
    OperationCase("repeat") { x in x.tiled([2, 1, 3]) * x.repeatingElements(3, alongAxis: 1) },
    OperationCase("order of axes") { x in x.rolled(by: 1) * x.movedAxis(from: 0, to: 1)[0, 1] },
    OperationCase("norms") { x in
      x.norm(alongAxes: [1], keepingAxes: true) * x.normalized() * x.norm(order: 3)
        * x.norm(order: .infinity)
    },
    OperationCase("closeness") { x in nearlyEqual(x, x[0], absolute: 0.5).cast(to: .float64) },
    OperationCase("known mask") { x in x[Tensor([true, false, true])] },
    OperationCase("positions") { x in x[x.argmax(alongAxis: 0)] },
    OperationCase("assigning") { x in
      var y = x
      y[greater(x, 0)] = Tensor(2.0)
      y[x.argmin(alongAxis: 0)] = x[.all, .newAxis, 0].broadcast(to: [3, 4])[Tensor([0, 1, 2, 0])]
      return y.replacing(where: less(y, -0.5), with: x[0])
    },
    OperationCase("histogram") { x in
      let (counts, edges) = histogram(x, bins: 4, weights: x * x)
      return counts * edges[1...]
    },
    OperationCase("counts") { x in bincount(x.argmax(), bins: 5).cast(to: .float64) },
    OperationCase("search") { x in
      searchSorted(x[0].sorted(), x, side: .afterEqual).cast(to: .float64)
    },
    OperationCase("interpolation") { x in
      interpolate(at: x, points: x[1].sorted(), values: x[2])
    },
    OperationCase("differences") { x in
      x.differences(order: 2) * trapezoid(x, at: x[2]).sum() + trapezoid(x, spacing: 0.5).sum()
    },
    OperationCase("covariance") { x in x.covariance() + x.correlation() },
    OperationCase("weighted mean") { x in x.mean(weights: x * x, alongAxes: [0]) },
    OperationCase("quantiles") { x in x.quantile(0.3, alongAxes: [1]) * x.median() },
  ]
}

@Suite struct CompiledOperationsTests {
  private func point(_ shape: Shape, _ operation: OperationCase) -> Tensor {
    var generator = TestGenerator(salt: operation.testDescription)
    return .random(shape, using: &generator)
  }

  @Test(arguments: OperationCase.all)
  func `compiled functions give what runs at once`(_ operation: OperationCase) throws {
    let x = point([3, 4], operation)
    let compiled = try compile(operation.function)(x)
    let expected = operation.function(x)
    #expect(compiled.type == expected.type)
    expectClose(compiled, expected, relative: 1e-13, absolute: 1e-13)
    let slope = try compile { x in gradient(at: x) { (operation.function($0)).sum() } }(x)
    expectClose(
      slope, gradient(at: x) { operation.function($0).sum() }, relative: 1e-12, absolute: 1e-12)
  }

  @Test(arguments: OperationCase.all)
  func `functions of a batch give what each example does`(_ operation: OperationCase) {
    let batch = point([5, 3, 4], operation)
    let expected = Tensor(stacking: batch.unstacked().map(operation.function))
    expectClose(
      vectorized(operation.function)(batch), expected, relative: 1e-13, absolute: 1e-13)
  }
}
