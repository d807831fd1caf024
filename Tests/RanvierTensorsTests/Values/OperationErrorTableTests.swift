import RanvierTensors
import TestSupport
import Testing

/// A wrong operation, the line where it stands, and the whole text of its error.
struct WrongLine: Sendable, CustomTestStringConvertible {
  let line: Int
  let error: OperationError?
  let text: String
  var testDescription: String { "line \(line)" }

  init(_ line: Int, _ result: Tensor, _ text: String) {
    self.line = line
    error = result.error
    self.text = text
  }

  private static let scalar = Tensor(Float(0))
  private static let vector = Tensor.zeros([4])
  private static let matrix = Tensor.zeros([2, 3])
  private static let square = Tensor.zeros([3, 3])
  private static let whole = Tensor.range(6).reshaped(to: [2, 3])
  private static let flags = Tensor([true, false])
  private static let signal = Tensor.zeros([1, 4, 2])
  private static let windows = WindowGeometry(
    size: [5], strides: [1], paddingLow: [0], paddingHigh: [0], dilation: [1])
  private static let moving = ConvolutionGeometry(
    strides: [1], paddingLow: [0], paddingHigh: [0], dilation: [1])
  /// Made before the lines of the table.
  private static let wrong = matrix + vector

  private static func assigned(_ x: Tensor, _ mask: Tensor, _ value: Tensor) -> Tensor {
    var result = x
    result[mask] = value
    return result
  }

  /// A function's result for a number that is not known.
  private static func recorded(_ function: (Tensor) -> Tensor) -> Tensor {
    let trace = Trace(computes: false)
    defer { _ = trace.close() }
    return Trace.$current.withValue(trace) { function(trace.input(TensorType(.float32, []))) }
  }

  private static let wrongPullback: @Sendable (Tensor, Tensor, Tensor) -> Tensor = { _, _, _ in
    vector
  }

  /// Functions of one tensor, of a type that they are not defined for.
  private static let unary: [WrongLine] = [
    WrongLine(
      #line, -flags,
      ""),
    WrongLine(
      #line, abs(flags),
      ""),
    WrongLine(
      #line, acos(flags),
      ""),
    WrongLine(
      #line, asin(flags),
      ""),
    WrongLine(
      #line, atan(flags),
      ""),
    WrongLine(
      #line, ceil(flags),
      ""),
    WrongLine(
      #line, cos(flags),
      ""),
    WrongLine(
      #line, cosh(flags),
      ""),
    WrongLine(
      #line, erf(flags),
      ""),
    WrongLine(
      #line, erfinv(flags),
      ""),
    WrongLine(
      #line, exp(flags),
      ""),
    WrongLine(
      #line, expm1(flags),
      ""),
    WrongLine(
      #line, floor(flags),
      ""),
    WrongLine(
      #line, log(flags),
      ""),
    WrongLine(
      #line, log1p(flags),
      ""),
    WrongLine(
      #line, sigmoid(flags),
      ""),
    WrongLine(
      #line, rsqrt(flags),
      ""),
    WrongLine(
      #line, relu(flags),
      ""),
    WrongLine(
      #line, round(flags),
      ""),
    WrongLine(
      #line, sign(flags),
      ""),
    WrongLine(
      #line, sin(flags),
      ""),
    WrongLine(
      #line, sinh(flags),
      ""),
    WrongLine(
      #line, sqrt(flags),
      ""),
    WrongLine(
      #line, tan(flags),
      ""),
    WrongLine(
      #line, tanh(flags),
      ""),
    WrongLine(
      #line, bitwiseNot(vector),
      ""),
    WrongLine(
      #line, log2(flags),
      ""),
    WrongLine(
      #line, cbrt(flags),
      ""),
    WrongLine(
      #line, asinh(flags),
      ""),
  ]

  /// Functions and operators of two tensors that do not fit together.
  private static let binary: [WrongLine] = [
    WrongLine(
      #line, matrix + vector,
      ""),
    WrongLine(
      #line, matrix - vector,
      ""),
    WrongLine(
      #line, matrix * vector,
      ""),
    WrongLine(
      #line, matrix / vector,
      ""),
    WrongLine(
      #line, maximum(matrix, vector),
      ""),
    WrongLine(
      #line, minimum(matrix, vector),
      ""),
    WrongLine(
      #line, pow(matrix, vector),
      ""),
    WrongLine(
      #line, atan2(matrix, vector),
      ""),
    WrongLine(
      #line, remainder(matrix, vector),
      ""),
    WrongLine(
      #line, bitwiseAnd(matrix, vector),
      ""),
    WrongLine(
      #line, bitwiseOr(matrix, vector),
      ""),
    WrongLine(
      #line, bitwiseExclusiveOr(matrix, vector),
      ""),
    WrongLine(
      #line, equal(matrix, vector),
      ""),
    WrongLine(
      #line, notEqual(matrix, vector),
      ""),
    WrongLine(
      #line, less(matrix, vector),
      ""),
    WrongLine(
      #line, lessOrEqual(matrix, vector),
      ""),
    WrongLine(
      #line, greater(matrix, vector),
      ""),
    WrongLine(
      #line, greaterOrEqual(matrix, vector),
      ""),
    WrongLine(
      #line, shiftLeft(whole, by: vector),
      ""),
    WrongLine(
      #line, shiftRight(whole, by: vector),
      ""),
    WrongLine(
      #line, shiftLeft(matrix, by: 1),
      ""),
    WrongLine(
      #line, bitwiseAnd(vector, 1.0),
      ""),
    WrongLine(
      #line, flags + flags,
      ""),
    WrongLine(
      #line, select(flags, matrix, 0),
      ""),
    WrongLine(
      #line, select(vector, vector, 0),
      ""),
    WrongLine(
      #line, clamp(matrix, vector, 1),
      ""),
    WrongLine(
      #line, hypot(matrix, vector),
      ""),
    WrongLine(
      #line, floorDivide(matrix, vector),
      ""),
    WrongLine(
      #line, floorModulo(matrix, vector),
      ""),
    WrongLine(
      #line, logAddExp(matrix, vector),
      ""),
    WrongLine(
      #line, logicalAnd(matrix, vector),
      ""),
  ]

  /// Shapes and axes.
  private static let structure: [WrongLine] = [
    WrongLine(
      #line, matrix.reshaped(to: [4]),
      ""),
    WrongLine(
      #line, matrix.reshaped(to: [-1, 4]),
      ""),
    WrongLine(
      #line, matrix.transposed(permutation: [0, 0]),
      ""),
    WrongLine(
      #line, matrix.swappedAxes(0, 2),
      ""),
    WrongLine(
      #line, matrix.broadcast(to: [3, 3]),
      ""),
    WrongLine(
      #line, vector.broadcast(to: [1 << 40, 1 << 40, 4]),
      ""),
    WrongLine(
      #line, matrix.expandedDimension(at: 4),
      ""),
    WrongLine(
      #line, matrix.squeezed(axes: [0]),
      ""),
    WrongLine(
      #line, matrix.reversed(alongAxes: [3]),
      ""),
    WrongLine(
      #line, matrix.padded([(1, 1)]),
      ""),
    WrongLine(
      #line, vector.padded([(-3, -2)]),
      ""),
    WrongLine(
      #line, Tensor(concatenating: [matrix, vector]),
      ""),
    WrongLine(
      #line, Tensor(concatenating: [matrix], alongAxis: 2),
      ""),
    WrongLine(
      #line, Tensor(stacking: [matrix, vector]),
      ""),
    WrongLine(
      #line, matrix.movedAxis(from: 0, to: 2),
      ""),
    WrongLine(
      #line, matrix.rolled(by: 1, alongAxis: 2),
      ""),
    WrongLine(
      #line, matrix.tiled([2, -1]),
      ""),
    WrongLine(
      #line, matrix.repeatingElements(-1),
      ""),
    WrongLine(
      #line, matrix.split(sizes: [1, 3])[0],
      ""),
    WrongLine(
      #line, matrix.split(into: 2, alongAxis: 1)[0],
      ""),
    WrongLine(
      #line, matrix.unstacked(alongAxis: 2)[0],
      ""),
    WrongLine(
      #line, vector.diagonal(),
      ""),
    WrongLine(
      #line, Tensor(1).diagonalMatrix(),
      ""),
    WrongLine(
      #line, trace(vector),
      ""),
    WrongLine(
      #line, vector.lowerTriangle(),
      ""),
    WrongLine(
      #line, vector.upperTriangle(),
      ""),
  ]

  /// Subscripts, positions and masks.
  private static let indexing: [WrongLine] = [
    WrongLine(
      #line, matrix[2],
      ""),
    WrongLine(
      #line, matrix[0, 1 ..< 5],
      ""),
    WrongLine(
      #line, matrix[.every(0)],
      ""),
    WrongLine(
      #line, matrix[0, 0, 0],
      ""),
    WrongLine(
      #line, matrix[.ellipsis, .ellipsis],
      ""),
    WrongLine(
      #line, matrix[Tensor([0, 2])],
      ""),
    WrongLine(
      #line, Tensor(1)[Tensor([0])],
      ""),
    WrongLine(
      #line, matrix[flags[0 ..< 1]],
      ""),
    WrongLine(
      #line, matrix.replacing(where: flags, with: 0),
      ""),
    WrongLine(
      #line, assigned(matrix, Tensor([true, false]), vector),
      ""),
    WrongLine(
      #line, matrix.gathered(at: Tensor([0]), alongAxis: 2),
      ""),
    WrongLine(
      #line, matrix.gathered(at: vector),
      ""),
    WrongLine(
      #line, Tensor.zeros([0, 2]).gathered(at: Tensor([0])),
      ""),
    WrongLine(
      #line, matrix.gatheredElements(at: Tensor([0])),
      ""),
    WrongLine(
      #line, matrix.gatheredElements(at: vector),
      ""),
    WrongLine(
      #line, matrix.scatterAdding(vector, at: Tensor([0])),
      ""),
    WrongLine(
      #line, flags.scatterAdding(1, at: Tensor([0])),
      ""),
    WrongLine(
      #line, matrix.scatterAddingElements(1, at: Tensor([0])),
      ""),
    WrongLine(
      #line, matrix.slice(at: [0], sizes: [1, 1]),
      ""),
    WrongLine(
      #line, matrix.slice(at: [0, 0], sizes: [1, 5]),
      ""),
    WrongLine(
      #line, matrix.slice(at: [0, vector], sizes: [1, 1]),
      ""),
    WrongLine(
      #line, matrix.updated(with: vector, at: [0, 0]),
      ""),
    WrongLine(
      #line, matrix.updated(with: Tensor.zeros([3, 3]), at: [0, 0]),
      ""),
    WrongLine(
      #line, oneHot(vector, count: 3),
      ""),
  ]

  /// Reductions, running sums and order.
  private static let reductions: [WrongLine] = [
    WrongLine(
      #line, matrix.sum(alongAxes: [2]),
      ""),
    WrongLine(
      #line, matrix.mean(alongAxes: [2]),
      ""),
    WrongLine(
      #line, matrix.variance(alongAxes: [2]),
      ""),
    WrongLine(
      #line, flags.max(),
      ""),
    WrongLine(
      #line, flags.min(),
      ""),
    WrongLine(
      #line, matrix.product(alongAxes: [0, -2]),
      ""),
    WrongLine(
      #line, matrix.all(),
      ""),
    WrongLine(
      #line, matrix.any(),
      ""),
    WrongLine(
      #line, matrix.all(alongAxes: [2]),
      ""),
    WrongLine(
      #line, matrix.argmax(alongAxis: 2),
      ""),
    WrongLine(
      #line, Tensor.zeros([0]).argmin(),
      ""),
    WrongLine(
      #line, matrix.logSumExp(alongAxes: [2]),
      ""),
    WrongLine(
      #line, matrix.norm(order: -1),
      ""),
    WrongLine(
      #line, matrix.mean(weights: vector),
      ""),
    WrongLine(
      #line, vector.covariance(),
      ""),
    WrongLine(
      #line, matrix.cumulativeSum(alongAxis: 2),
      ""),
    WrongLine(
      #line, matrix.cumulativeProduct(alongAxis: 2),
      ""),
    WrongLine(
      #line, flags.cumulativeMaximum(),
      ""),
    WrongLine(
      #line, flags.cumulativeMinimum(),
      ""),
    WrongLine(
      #line, whole.cumulativeLogSumExp(),
      ""),
    WrongLine(
      #line, linearRecurrence(matrix, vector),
      ""),
    WrongLine(
      #line, matrix.differences(order: -1),
      ""),
    WrongLine(
      #line, trapezoid(matrix, at: vector),
      ""),
    WrongLine(
      #line, matrix.sorted(alongAxis: 2),
      ""),
    WrongLine(
      #line, matrix.sortedPositions(alongAxis: 2),
      ""),
    WrongLine(
      #line, matrix.top(4).values,
      ""),
    WrongLine(
      #line, searchSorted(matrix, 1),
      ""),
    WrongLine(
      #line, histogram(vector, edges: matrix),
      ""),
    WrongLine(
      #line, histogram(vector, bins: 0).counts,
      ""),
    WrongLine(
      #line, bincount(vector),
      ""),
    WrongLine(
      #line, bincount(Tensor([-1])),
      ""),
    WrongLine(
      #line, interpolate(at: vector, points: vector, values: matrix),
      ""),
  ]

  /// Products and linear algebra.
  private static let products: [WrongLine] = [
    WrongLine(
      #line, matmul(matrix, matrix),
      ""),
    WrongLine(
      #line, matmul(matrix, Tensor(1)),
      ""),
    WrongLine(
      #line, matmul(Tensor.zeros([2, 1, 1]), Tensor.zeros([3, 1, 1])),
      ""),
    WrongLine(
      #line, matmul(flags.reshaped(to: [1, 2]), flags.reshaped(to: [2, 1])),
      ""),
    WrongLine(
      #line, einsum("ij,jk->ik", matrix, matrix),
      ""),
    WrongLine(
      #line, einsum("ij->k", matrix),
      ""),
    WrongLine(
      #line, contract(matrix, matrix, axes: ([1], [0])),
      ""),
    WrongLine(
      #line, contract(matrix, matrix, axes: ([2], [0])),
      ""),
    WrongLine(
      #line, dot(matrix, vector),
      ""),
    WrongLine(
      #line, outer(flags, flags),
      ""),
    WrongLine(
      #line, kronecker(flags, flags),
      ""),
    WrongLine(
      #line, cholesky(matrix),
      ""),
    WrongLine(
      #line, cholesky(whole),
      ""),
    WrongLine(
      #line, choleskySolve(square, vector),
      ""),
    WrongLine(
      #line, determinant(matrix),
      ""),
    WrongLine(
      #line, logDeterminant(matrix).sign,
      ""),
    WrongLine(
      #line, solve(square, vector),
      ""),
    WrongLine(
      #line, solve(vector, vector),
      ""),
    WrongLine(
      #line, inverse(matrix),
      ""),
    WrongLine(
      #line, triangularSolve(square, vector),
      ""),
    WrongLine(
      #line, qr(vector).q,
      ""),
    WrongLine(
      #line, svd(vector).s,
      ""),
    WrongLine(
      #line, singularValues(vector),
      ""),
    WrongLine(
      #line, symmetricEigen(matrix).values,
      ""),
    WrongLine(
      #line, pseudoInverse(vector),
      ""),
    WrongLine(
      #line, pseudoInverse(matrix, tolerance: -1),
      ""),
    WrongLine(
      #line, leastSquares(matrix, vector),
      ""),
    WrongLine(
      #line, matrixRank(vector),
      ""),
    WrongLine(
      #line, conditionNumber(Tensor.zeros([0, 3])),
      ""),
    WrongLine(
      #line, matrixPower(matrix, 2),
      ""),
    WrongLine(
      #line, matrixExponential(matrix),
      ""),
    WrongLine(
      #line, gradient(at: Tensor.zeros([3, 2])) { qr($0, complete: true).r.sum() },
      ""),
  ]

  /// Convolutions and windows, as primitives; their functions are tested where they are.
  private static let movingKernels: [WrongLine] = [
    WrongLine(
      #line, apply(Convolution(moving), [signal, Tensor.zeros([3, 1, 2])]),
      ""),
    WrongLine(
      #line, apply(Convolution(moving), [signal, Tensor.zeros([9, 2, 2])]),
      ""),
    WrongLine(
      #line, apply(Convolution(moving), [matrix, signal]),
      ""),
    WrongLine(
      #line, apply(WindowMaximum(windows), [signal]),
      ""),
    WrongLine(
      #line, apply(WindowSum(windows), [matrix]),
      ""),
  ]

  /// Creation and random numbers.
  private static let creation: [WrongLine] = [
    WrongLine(
      #line, Tensor([1, 2, 3], shape: [2, 2]),
      ""),
    WrongLine(
      #line, Tensor([[1, 2], [3]]),
      ""),
    WrongLine(
      #line, Tensor.zeros([2, -1]),
      ""),
    WrongLine(
      #line, Tensor.range(-1),
      ""),
    WrongLine(
      #line, Tensor.range(from: 0, to: 3, by: 0),
      ""),
    WrongLine(
      #line, Tensor.identity(-1),
      ""),
    WrongLine(
      #line, Tensor.linearlySpaced(from: 0, through: 1, count: -2),
      ""),
    WrongLine(
      #line, Tensor.geometricallySpaced(from: -1, through: 1, count: 3),
      ""),
    WrongLine(
      #line, meshgrid(matrix)[0],
      ""),
    WrongLine(
      #line, Parameters()["w"],
      ""),
    WrongLine(
      #line, RandomKey(words: vector).bits([2]),
      ""),
    WrongLine(
      #line, RandomKey(words: vector).derived(1).words,
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).uniform([-2]),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).normal([2], elementType: .int32),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).uniform([2], elementType: .int32),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).truncatedNormal([2], from: 1, to: 0),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).bernoulli(probability: vector, shape: [3]),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).integers([2], in: 3 ..< 3),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).categorical(logits: vector, alongAxis: 1),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).choice(5, outOf: 4),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).choice(5, probabilities: vector),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).permutation(-1),
      ""),
    WrongLine(
      #line, RandomKey(seed: 1).shuffled(vector, alongAxis: 1),
      ""),
  ]

  /// Derivatives, loops and branches.
  private static let derivatives: [WrongLine] = [
    WrongLine(
      #line, gradient(at: matrix) { $0 * 2 },
      ""),
    WrongLine(
      #line, gradient(at: matrix) { $0.argmax(alongAxis: 0).sum() },
      ""),
    WrongLine(
      #line, gradient(at: matrix) { ($0 + vector).sum() },
      ""),
    WrongLine(
      #line, pullback(at: matrix) { $0 * 2 }(vector),
      ""),
    WrongLine(
      #line, gradient(at: matrix) { withDerivative(of: { $0 * 2 }, pullback: wrongPullback)($0).sum() },
      ""),
    WrongLine(
      #line, scan(over: matrix, from: vector) { carry, row in row },
      ""),
    WrongLine(
      #line, scan(over: Tensor(1), from: vector) { carry, row in carry },
      ""),
    WrongLine(
      #line, scan(over: matrix, from: vector) { carry, row in carry + row },
      ""),
    WrongLine(
      #line, scan(over: [matrix, vector], from: vector) { carry, row in carry },
      ""),
    WrongLine(
      #line, cond(matrix, then: { matrix }, else: { matrix }),
      ""),
    WrongLine(
      #line, gradient(at: scalar) { x in cond(less(x, 1), then: { x }, else: { matrix }) },
      ""),
    WrongLine(
      #line, cond(flags, then: { matrix }, else: { matrix }),
      ""),
    WrongLine(
      #line, recorded { cond(less($0, 1), then: { matrix }, else: { vector }) },
      ""),
    WrongLine(
      #line, recorded { cond(less($0, 1), then: { matrix }, else: { matrix + vector }) },
      ""),
    WrongLine(
      #line, whileLoop(from: vector, while: { $0 }) { $0 },
      ""),
    WrongLine(
      #line, whileLoop(from: vector, while: { less($0, 1) }) { $0 },
      ""),
    WrongLine(
      #line, whileLoop(from: scalar, while: { less($0, 1) }) { _ in matrix },
      ""),
    WrongLine(
      #line, recorded { whileLoop(from: $0, while: { less($0, 1) }) { $0 + matrix } },
      ""),
    WrongLine(
      #line, vectorized { $0 + 1 }(scalar),
      ""),
    WrongLine(
      #line, vectorized { $0 + $1 }(matrix, vector),
      ""),
    WrongLine(
      #line, vectorized { $0 + vector }(matrix),
      ""),
    WrongLine(
      #line, checkpointed { $0 + vector }(matrix),
      ""),
    WrongLine(
      #line, gradient(at: matrix) { checkpointed { $0 + vector }($0).sum() },
      ""),
    WrongLine(
      #line, recorded { $0.nonzeroPositions() },
      ""),
  ]

  /// Everything computed from an invalid tensor reports the error of the first.
  private static let followers: [WrongLine] = [
    WrongLine(
      #line, exp(wrong + 1).sum(),
      ""),
    WrongLine(
      #line, matmul(matrix, wrong),
      ""),
    WrongLine(
      #line, vector.reshaped(to: [5]) + wrong,
      ""),
  ]

  static let all: [WrongLine] = [
    unary, binary, structure, indexing, reductions, products, movingKernels, creation, derivatives, followers,
  ].flatMap(\.self)
}

@Suite struct OperationErrorTableTests {
  @Test func printAll() { for (i, row) in WrongLine.all.enumerated() { print("ROW\t\(i)\t\(row.line)\t\(row.error?.location?.description ?? "NONE")\t\(row.error?.message ?? "NO ERROR")") } }
}
