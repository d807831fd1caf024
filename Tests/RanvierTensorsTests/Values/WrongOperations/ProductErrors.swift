import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Products.
  static let productErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matmul(matrix, matrix) },
      "matmul needs equal inner sizes, got [2, 3] · [2, 3] (3 ≠ 2); was a transposition or `flatten` forgotten?"
    ),
    WrongOperation(
      #line, { matmul(matrix, vector) },
      "matmul needs equal inner sizes, got [2, 3] · [4] (3 ≠ 4); was a transposition or `flatten` forgotten?"
    ),
    WrongOperation(
      #line, { matmul(matrix, Tensor(1)) },
      "matmul needs tensors of rank 1 or more, got [2, 3] · []; multiply by a scalar with *"),
    WrongOperation(
      #line, { matmul(Tensor.zeros([2, 1, 1]), Tensor.zeros([3, 1, 1])) },
      "matmul needs batch axes that broadcast, got [2, 1, 1] · [3, 1, 1]"),
    WrongOperation(
      #line, { matmul(flags, flags) },
      "matmul needs operands of one type of numbers, got bool[2] and bool[2]"),
    WrongOperation(
      #line, { matmul(Tensor.zeros([2, 5, 3]), matrix) },
      "matmul needs equal inner sizes, got [2, 5, 3] · [2, 3] (3 ≠ 2); was a transposition or `flatten` forgotten?"
    ),
    WrongOperation(
      #line, { einsum("ij,jk->ik", matrix, matrix) },
      "einsum needs equal sizes for an index, got size 3 in operand 0 and 2 in operand 1 for index j in \"ij,jk->ik\" of [2, 3], [2, 3]"
    ),
    WrongOperation(
      #line, { einsum("ij->k", matrix) },
      "einsum needs indices of the result that an operand has, got index k in \"ij->k\" of [2, 3]"),
    WrongOperation(
      #line, { einsum("i,i->", flags, flags) },
      "einsum needs operands of numbers, got truth values in \"i,i->\" of [2], [2]"),
    WrongOperation(
      #line, { contract(matrix, matrix, axes: ([1], [0])) },
      "contract(_:_:axes:batchAxes:) needs pairs of axes of equal sizes, got f32[2, 3] and f32[2, 3], axes [1] and [0], batch axes [] and []"
    ),
    WrongOperation(
      #line, { contract(matrix, matrix, axes: ([2], [0])) },
      "contract(_:_:axes:batchAxes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { contract(flags, flags, axes: ([0], [0])) },
      "contract(_:_:axes:batchAxes:) needs numbers, got bool[2] and bool[2]; convert with cast(to:)"
    ),
    WrongOperation(
      #line, { dot(matrix, vector) },
      "dot needs equal inner sizes, got [2, 3] · [4] (3 ≠ 4)"),
    WrongOperation(
      #line, { dot(flags, flags) },
      "dot needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { outer(flags, flags) },
      "outer needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { kronecker(flags, flags) },
      "kronecker needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
  ]

  /// Linear algebra.
  static let matrixErrors: [WrongOperation] = [
    WrongOperation(
      #line, { cholesky(matrix) },
      "cholesky needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { cholesky(whole) },
      "cholesky needs elements of type f32 or f64, got i32[2, 3]; convert with cast(to: .float32)"),
    WrongOperation(
      #line, { choleskySolve(regular, vector) },
      "choleskySolve needs a right-hand side with as many rows as the matrix, got [3, 3] and [4] (3 ≠ 4)"
    ),
    WrongOperation(
      #line, { determinant(matrix) },
      "determinant needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { logDeterminant(matrix).sign },
      "logDeterminant needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { solve(regular, vector) },
      "solve needs a right-hand side with as many rows as the matrix, got [3, 3] and [4] (3 ≠ 4)"),
    WrongOperation(
      #line, { solve(regular, matrix) },
      "solve needs a right-hand side with as many rows as the matrix, got [3, 3] and [2, 3] (3 ≠ 2)"
    ),
    WrongOperation(
      #line, { solve(vector, vector) },
      "solve needs matrices, and a right-hand side of rank 1 or more, got [4] and [4]"),
    WrongOperation(
      #line, { solve(Tensor.zeros([2, 3, 3]), Tensor.zeros([4, 3, 1])) },
      "solve needs batch axes that broadcast, got [2, 3, 3] and [4, 3, 1]"),
    WrongOperation(
      #line, { inverse(matrix) },
      "inverse needs square matrices in the last two axes, got shape [2, 3]; pseudoInverse takes matrices of any shape"
    ),
    WrongOperation(
      #line, { inverse(whole) },
      "inverse needs square matrices in the last two axes, got shape [2, 3]; pseudoInverse takes matrices of any shape"
    ),
    WrongOperation(
      #line, { triangularSolve(regular, vector) },
      "triangularSolve needs a right-hand side with as many rows as the matrix, got [3, 3] and [4] (3 ≠ 4)"
    ),
    WrongOperation(
      #line, { triangularSolve(matrix, vector) },
      "triangularSolve needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { qr(vector).q },
      "qr needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { svd(vector).s },
      "svd needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { singularValues(vector) },
      "singularValues needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { symmetricEigen(matrix).values },
      "symmetricEigen needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { symmetricEigenvalues(matrix) },
      "symmetricEigen needs square matrices in the last two axes, got shape [2, 3]"),
    WrongOperation(
      #line, { pseudoInverse(vector) },
      "pseudoInverse needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { pseudoInverse(matrix, tolerance: -1) },
      "pseudoInverse needs a tolerance that is not negative, got -1.0 for shape [2, 3]"),
    WrongOperation(
      #line, { leastSquares(matrix, vector) },
      "leastSquares needs a right-hand side with as many rows as the matrix, got [2, 3] and [4]"),
    WrongOperation(
      #line, { leastSquares(whole, whole) },
      "leastSquares needs elements of type f32 or f64, got i32[2, 3]; convert with cast(to: .float32)"
    ),
    WrongOperation(
      #line, { matrixRank(vector) },
      "matrixRank needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { conditionNumber(vector) },
      "conditionNumber needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { conditionNumber(Tensor.zeros([0, 3])) },
      "conditionNumber needs matrices that are not empty, got shape [0, 3]"),
    WrongOperation(
      #line, { matrixPower(matrix, 2) },
      "matrixPower needs square matrices of numbers in the last two axes, got f32[2, 3]"),
    WrongOperation(
      #line, { matrixPower(whole[.ellipsis, ..<2], -1) },
      "matrixPower needs elements of type f32 or f64, got i32[2, 2]; convert with cast(to: .float32)"
    ),
    WrongOperation(
      #line, { matrixExponential(matrix) },
      "matrixExponential needs square matrices of type f32 or f64, got f32[2, 3]"),
    WrongOperation(
      #line, { gradient(at: tall) { qr($0, complete: true).r.sum() } },
      "the derivative of qr needs the reduced form, or no more rows than columns, got the complete form of shape [3, 2]; the columns that complete Q are not functions of the matrix"
    ),
    WrongOperation(
      #line, { gradient(at: tall) { svd($0, full: true).u.sum() } },
      "the derivative of svd needs the reduced form, or square matrices, got the full form of shape [3, 2]; the columns that complete U and V are not functions of the matrix"
    ),
  ]

  /// The primitives behind convolutions and pools, whose functions come on top.
  static let windowErrors: [WrongOperation] = [
    WrongOperation(
      #line, { apply(WeightedSums([.identity(4)]), [signal.cast(to: .int32)]) },
      "weighted_sums needs elements of type f32 or f64 and spatial sizes [4], got i32[1, 4, 2]"),
    WrongOperation(
      #line, { apply(Convolution(moving()), [signal, Tensor.zeros([3, 1, 2])]) },
      "convolution needs as many input channels as groups times the kernel's, and outputs that groups divide, got input f32[1, 4, 2], kernel f32[3, 1, 2], strides [1] padding [0] [0] dilation [1] groups 1; channels are the last axis"
    ),
    WrongOperation(
      #line, { apply(Convolution(moving()), [signal, Tensor.zeros([9, 2, 2])]) },
      "convolution needs an input (with padding) at least as large as the kernel, got input f32[1, 4, 2], kernel f32[9, 2, 2], strides [1] padding [0] [0] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { apply(Convolution(moving()), [matrix, signal]) },
      "convolution needs input [batch, 1 spatial axes, channels] and kernel [1 sizes, channels / groups, outputs], got input f32[2, 3], kernel f32[1, 4, 2], strides [1] padding [0] [0] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { apply(Convolution(moving(by: 0)), [signal, signal]) },
      "convolution needs 1 to 3 spatial axes with positive strides, dilations and groups, got input f32[1, 4, 2], kernel f32[1, 4, 2], strides [0] padding [0] [0] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { apply(Convolution(moving(groups: .max)), [signal, Tensor.zeros([3, 2, 2])]) },
      "convolution needs as many input channels as groups times the kernel's, and outputs that groups divide, got input f32[1, 4, 2], kernel f32[3, 2, 2], strides [1] padding [0] [0] dilation [1] groups 9223372036854775807; channels are the last axis"
    ),
    WrongOperation(
      #line, { apply(WindowMaximum(windows), [signal]) },
      "maxPool needs an input (with padding) at least as large as the window, got f32[1, 4, 2], size [5] strides [1] padding [0] [0] dilation [1]"
    ),
    WrongOperation(
      #line, { apply(WindowSum(windows), [matrix]) },
      "averagePool needs numbers [batch, 1 spatial axes, channels] and positive sizes, strides and dilations, 1 to 3 each, got f32[2, 3], size [5] strides [1] padding [0] [0] dilation [1]"
    ),
  ]
}
