import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Reductions.
  static let reductionErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix.sum(alongAxes: [2]) },
      "sum(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.mean(alongAxes: [2]) },
      "mean(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.variance(alongAxes: [2]) },
      "variance(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.standardDeviation(alongAxes: [2]) },
      "standardDeviation(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.max(alongAxes: [2]) },
      "max(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.min(alongAxes: [2]) },
      "min(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.product(alongAxes: [2]) },
      "product(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.all(alongAxes: [2]) },
      "all(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.any(alongAxes: [2]) },
      "any(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.logSumExp(alongAxes: [2]) },
      "logSumExp(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.norm(alongAxes: [2]) },
      "norm(order:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.median(alongAxes: [2]) },
      "median(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.nonzeroCount(alongAxes: [2]) },
      "nonzeroCount(alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.normalized(alongAxes: [2]) },
      "normalized(order:alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.product(alongAxes: [0, -2]) },
      "product(alongAxes:) needs different axes in -2 ..< 2, got [0, -2] for shape [2, 3]"),
    WrongOperation(
      #line, { flags.max() },
      "max(alongAxes:) needs elements that are numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { flags.min() },
      "min(alongAxes:) needs elements that are numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { whole.logSumExp() },
      "logSumExp(alongAxes:) needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { matrix.quantile(1.5) },
      "quantile(_:alongAxes:) needs a share from 0 to 1, got 1.5 for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.quantile(0.5, alongAxes: [2]) },
      "quantile(_:alongAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.argmax(alongAxis: 2) },
      "argmax(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { Tensor.zeros([0]).argmin() },
      "argmin(alongAxis:) needs an axis of the tensor that is not empty, got axis 0 of f32[0]"),
    WrongOperation(
      #line, { matrix.norm(order: -1) },
      "norm(order:) needs an order of 0 or more, got -1.0 for shape [2, 3]"),
    WrongOperation(
      #line, { Tensor(1).normalized() },
      "normalized(order:alongAxes:) needs at least one axis, got [-1] for shape []"),
    WrongOperation(
      #line, { matrix.mean(weights: vector) },
      "mean(weights:) needs weights that broadcast to shape [2, 3], got [4]"),
    WrongOperation(
      #line, { matrix.mean(weights: matrix, alongAxes: [2]) },
      "mean(weights:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { vector.covariance() },
      "covariance() needs axes of observations and variables, got shape [4]"),
    WrongOperation(
      #line, { vector.correlation() },
      "correlation() needs axes of observations and variables, got shape [4]"),
  ]

  /// Running sums, order and counts.
  static let orderErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix.cumulativeSum(alongAxis: 2) },
      "cumulativeSum(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.cumulativeProduct(alongAxis: 2) },
      "cumulativeProduct(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { flags.cumulativeMaximum() },
      "cumulativeMaximum(alongAxis:) needs elements that are numbers, got bool[2]; convert with cast(to:)"
    ),
    WrongOperation(
      #line, { flags.cumulativeMinimum() },
      "cumulativeMinimum(alongAxis:) needs elements that are numbers, got bool[2]; convert with cast(to:)"
    ),
    WrongOperation(
      #line, { whole.cumulativeLogSumExp() },
      "cumulativeLogSumExp(alongAxis:) needs floating-point elements, got i32[2, 3]; convert with cast(to:)"
    ),
    WrongOperation(
      #line, { linearRecurrence(matrix, vector) },
      "linearRecurrence(_:_:alongAxis:) needs coefficients and inputs that broadcast, got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { linearRecurrence(matrix, matrix, alongAxis: 2) },
      "linearRecurrence(_:_:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { linearRecurrence(flags, flags) },
      "linearRecurrence(_:_:alongAxis:) needs coefficients and inputs of one shape and one type of numbers, got bool[2] and bool[2]"
    ),
    WrongOperation(
      #line, { matrix.differences(order: -1) },
      "differences(order:alongAxis:) needs numbers, and an order that is not negative, got order -1 of f32[2, 3]"
    ),
    WrongOperation(
      #line, { matrix.differences(alongAxis: 2) },
      "differences(order:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { flags.differences() },
      "differences(order:alongAxis:) needs numbers, and an order that is not negative, got order 1 of bool[2]"
    ),
    WrongOperation(
      #line, { trapezoid(matrix, at: vector) },
      "trapezoid needs a point for each value along the axis, got points [4] for axis 1 of shape [2, 3]"
    ),
    WrongOperation(
      #line, { trapezoid(matrix, alongAxis: 2) },
      "trapezoid needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.sorted(alongAxis: 2) },
      "sorted(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.sortedPositions(alongAxis: 2) },
      "sortedPositions(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.top(4).values },
      "top(_:alongAxis:) needs a count in 0 ... 3, got 4 along axis 1 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix.top(1, alongAxis: 2).positions },
      "top(_:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { searchSorted(matrix, 1) },
      "searchSorted needs a sorted vector, got a tensor of shape [2, 3]"),
    WrongOperation(
      #line, { histogram(vector, edges: matrix) },
      "histogram needs a vector of edges, got f32[2, 3]"),
    WrongOperation(
      #line, { histogram(vector, bins: 0).counts },
      "histogram needs a possible number of bins from 1 on, and finite edges, got 0 bins for f32[4]"
    ),
    WrongOperation(
      #line, { histogram(vector, bins: .max).counts },
      "histogram needs a possible number of bins from 1 on, and finite edges, got 9223372036854775807 bins for f32[4]"
    ),
    WrongOperation(
      #line, { histogram(vector, edges: vector, weights: matrix) },
      "histogram needs weights of the numbers' shape, got f32[4] and weights f32[2, 3]"),
    WrongOperation(
      #line, { bincount(vector) },
      "bincount needs integers, and weights of their shape, got f32[4]"),
    WrongOperation(
      #line, { bincount(Tensor([-1])) },
      "bincount needs numbers from 0 on, of 31 bits, or a number of bins, got i64[1] from -1 to -1"),
    WrongOperation(
      #line, { bincount(whole, bins: -1) },
      "bincount needs a number of bins that is possible, got -1 (the size -1) for i32[2, 3]"),
    WrongOperation(
      #line, { bincount(whole, weights: vector) },
      "bincount needs integers, and weights of their shape, got i32[2, 3] and weights f32[4]"),
    WrongOperation(
      #line, { interpolate(at: vector, points: vector, values: matrix) },
      "interpolate(at:points:values:) needs as many values as points, at least one, got points [4] and values [2, 3]"
    ),
  ]
}
