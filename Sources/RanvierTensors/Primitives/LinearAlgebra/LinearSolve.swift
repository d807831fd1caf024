internal import COpenBLAS

/// Solutions of systems of equations with square matrices.
package struct LinearSolve: SystemPrimitive {
  package let isTransposed: Bool

  package init(isTransposed: Bool = false) { self.isTransposed = isTransposed }

  package var name: String { "solve" }
  package var description: String { name + (isTransposed ? " transposed" : "") }

  package func pullback(_ application: Application) -> [Tensor?] {
    let solution = application.result
    let right: Tensor = apply(
      LinearSolve(isTransposed: !isTransposed), [application.operands[0], application.cotangent])
    return [
      application.ifNeeded(0) {
        isTransposed
          ? -product(solution, right, transposingRight: true)
          : -product(right, solution, transposingRight: true)
      },
      right,
    ]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = isTransposed ? matrices[0].transposed : matrices[0]
    guard a.isFinite, let solution = a.eliminated(matrices[1]).solution else { return nil }
    return [solution.elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_SOLVE, "getrf, getrs", operands: operands, results: results) {
      $0.transposed = isTransposed
    }
  }

  package static var samples: [PrimitiveSample] {
    var samples = [true, false].flatMap { isTransposed in
      [
        PrimitiveSample(
          LinearSolve(isTransposed: isTransposed),
          [.init([3, 3], .dominantDiagonal), .init([3, 1])]),
        PrimitiveSample(
          LinearSolve(isTransposed: isTransposed),
          [.init([2, 2, 2], .dominantDiagonal), .init([2, 2, 3])]),
      ]
    }
    for (left, right) in [([1, 1], [1, 2]), ([0, 0], [0, 2]), ([2, 2], [2, 0])] as [(Shape, Shape)]
    {
      samples.append(
        PrimitiveSample(LinearSolve(), [.init(left, .dominantDiagonal), .init(right)]))
    }
    return samples
  }
}

/// The solution x of `a x = b` for square matrices a, by elimination with row exchanges.
///
/// A matrix that is singular, or not finite, gives a solution of not-a-number; one that is nearly
/// singular gives large numbers without many correct digits. Batch axes broadcast. NumPy:
/// `linalg.solve`, which raises an error for singular matrices.
///
/// The derivative solves the transposed system, which factorizes the matrix again.
///
/// - Shapes: `[..., n, n]` and `[..., n, k]` give `[..., n, k]`; a vector `[n]` gives vectors
///   `[..., n]`. `f32` or `f64`.
public func solve(_ a: Tensor, _ b: Tensor) -> Tensor { LinearSolve().solved(a, b) }

/// The inverse of square matrices; not-a-number for a singular one.
///
/// ``solve(_:_:)`` is faster and more accurate where the inverse would be multiplied by something.
/// NumPy: `linalg.inv`.
///
/// - Shapes: `[..., n, n]` gives `[..., n, n]`; `f32` or `f64`.
public func inverse(_ a: Tensor) -> Tensor {
  if a.error != nil { return a }
  guard a.rank >= 2, a.shape[-1] == a.shape[-2] else {
    return Tensor(
      invalid: OperationError(
        operation: "inverse", rule: "square matrices in the last two axes", got: "shape \(a.shape)",
        hint: "pseudoInverse takes matrices of any shape"))
  }
  let identity = Tensor.identityMatrix(a.shape[-1], elementType: a.elementType)
  return apply(LinearSolve(), [a, identity.broadcast(to: a.shape)])
}
