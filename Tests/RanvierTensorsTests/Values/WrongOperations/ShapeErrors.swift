import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Shapes and axes.
  static let shapeErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix.reshaped(to: [4]) },
      "reshaped(to:) needs as many elements before as after, got [2, 3] (6) to [4] (4)"),
    WrongOperation(
      #line, { matrix.reshaped(to: [-1, 4]) },
      "reshaped(to:) needs sizes that divide the number of elements, one of them -1, got [2, 3] (6) to [-1, 4]"
    ),
    WrongOperation(
      #line, { matrix.reshaped(to: [-1, -1]) },
      "reshaped(to:) needs sizes that divide the number of elements, one of them -1, got [2, 3] (6) to [-1, -1]"
    ),
    WrongOperation(
      #line, { matrix.reshaped(to: [-2, -3]) },
      "reshaped(to:) needs a shape that is possible, got [2, 3] to [-2, -3] with the size -2"),
    WrongOperation(
      #line, { matrix.reshaped(to: [.max, .max]) },
      "reshaped(to:) needs a shape that is possible, got [2, 3] to [9223372036854775807, 9223372036854775807] with too many elements"
    ),
    WrongOperation(
      #line, { matrix.transposed(permutation: [0, 0]) },
      "transposed(permutation:) needs each axis of the tensor once, got [0, 0] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.transposed(permutation: [0]) },
      "transposed(permutation:) needs each axis of the tensor once, got [0] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.swappedAxes(0, 2) },
      "swappedAxes needs different axes in -2 ..< 2, got [0, 2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.movedAxis(from: 0, to: 2) },
      "movedAxis(from:to:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.broadcast(to: [3, 3]) },
      "broadcast(to:) needs axes of equal size, or of size 1, got [2, 3] to [3, 3]"),
    WrongOperation(
      #line, { matrix.broadcast(to: [3]) },
      "broadcast(to:) needs axes of equal size, or of size 1, got [2, 3] to [3]"),
    WrongOperation(
      #line, { vector.broadcast(to: [1 << 40, 1 << 40, 4]) },
      "broadcast(to:) needs a result of a shape that is possible, got [1099511627776, 1099511627776, 4] with too many elements"
    ),
    WrongOperation(
      #line, { matrix.expandedDimension(at: 4) },
      "expandedDimension(at:) needs a position in -3 ... 2, got 4 for shape [2, 3]"),
    WrongOperation(
      #line, { manyAxes.expandedDimension(at: 0) },
      "expandedDimension(at:) needs a shape that is possible, got [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] to [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] with 17 axes; the limit is 16"
    ),
    WrongOperation(
      #line, { matrix.squeezed(axes: [0]) },
      "squeezed(axes:) needs axes of size 1, got axis 0 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix.squeezed(axes: [2]) },
      "squeezed(axes:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.reversed(alongAxes: [3]) },
      "reversed(alongAxes:) needs an axis in -2 ..< 2, got [3] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.rolled(by: 1, alongAxis: 2) },
      "rolled(by:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.padded([(1, 1)]) },
      "padded(_:with:) needs a border (before, after) for each axis, and a result of a shape that is possible, got borders [(1, 1)] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { vector.padded([(-3, -2)]) },
      "padded(_:with:) needs a border (before, after) for each axis, and a result of a shape that is possible, got borders [(-3, -2)] for shape [4]"
    ),
    WrongOperation(
      #line, { vector.padded([(.min, .max)]) },
      "padded(_:with:) needs a border (before, after) for each axis, and a result of a shape that is possible, got borders [(-9223372036854775808, 9223372036854775807)] for shape [4]"
    ),
    WrongOperation(
      #line, { matrix.diagonal(axes: (0, 2)) },
      "diagonal(offset:axes:) needs different axes in -2 ..< 2, got [0, 2] for shape [2, 3]"),
    WrongOperation(
      #line, { vector.diagonal() },
      "diagonal(offset:axes:) needs different axes in -1 ..< 1, got [-2, -1] for shape [4]"),
    WrongOperation(
      #line, { Tensor(1).diagonalMatrix() },
      "diagonalMatrix(offset:) needs vectors along the last axis, and an offset of at most 2^31, got i64[], offset 0"
    ),
    WrongOperation(
      #line, { vector.diagonalMatrix(offset: .min) },
      "diagonalMatrix(offset:) needs vectors along the last axis, and an offset of at most 2^31, got f32[4], offset -9223372036854775808"
    ),
    WrongOperation(
      #line, { vector.diagonalMatrix(offset: 1 << 31) },
      "diagonalMatrix(offset:) needs a result of a shape that is possible, got [2147483652, 2147483652] with too many elements"
    ),
    WrongOperation(
      #line, { trace(vector) },
      "trace needs different axes in -1 ..< 1, got [-2, -1] for shape [4]"),
    WrongOperation(
      #line, { vector.lowerTriangle() },
      "lowerTriangle needs matrices in the last two axes, got shape [4]"),
    WrongOperation(
      #line, { vector.upperTriangle() },
      "upperTriangle needs matrices in the last two axes, got shape [4]"),
  ]

  /// Parts, and what is made of them.
  static let joiningErrors: [WrongOperation] = [
    WrongOperation(
      #line, { Tensor(concatenating: [matrix, vector]) },
      "Tensor(concatenating:) needs equal types, and equal sizes in all axes but 0, got f32[2, 3], f32[4]"
    ),
    WrongOperation(
      #line, { Tensor(concatenating: [matrix], alongAxis: 2) },
      "Tensor(concatenating:) needs an axis of the tensors, got axis 2 of f32[2, 3]"),
    WrongOperation(
      #line, { Tensor(concatenating: []) },
      "Tensor(concatenating:) needs at least one tensor, got none"),
    WrongOperation(
      #line, { Tensor(stacking: [matrix, vector]) },
      "Tensor(stacking:) needs tensors of equal shapes, got [2, 3] beside [4]"),
    WrongOperation(
      #line, { Tensor(stacking: [matrix], alongAxis: 4) },
      "Tensor(stacking:) needs a position in -3 ... 2, got 4 for shape [2, 3]"),
    WrongOperation(
      #line, { Tensor(stacking: []) },
      "Tensor(stacking:) needs at least one tensor, got none"),
    WrongOperation(
      #line, { Tensor(stacking: [manyAxes]) },
      "Tensor(stacking:) needs a shape that is possible, got [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] to [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] with 17 axes; the limit is 16"
    ),
    WrongOperation(
      #line, { matrix.tiled([2, -1]) },
      "tiled(_:) needs counts that are not negative, got [2, -1] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.tiled([.max, 1]) },
      "tiled(_:) needs a result of a shape that is possible, got [9223372036854775807, 3] with too many elements"
    ),
    WrongOperation(
      #line, { matrix.tiled([Int](repeating: 1, count: 17)) },
      "tiled(_:) needs a shape that is possible, got [2, 3] to [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3] with 17 axes; the limit is 16"
    ),
    WrongOperation(
      #line, { matrix.repeatingElements(-1) },
      "repeatingElements(_:alongAxis:) needs a count that is not negative, got -1 for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.repeatingElements(.max) },
      "repeatingElements(_:alongAxis:) needs a result of a shape that is possible, got [9223372036854775807, 3] with too many elements"
    ),
    WrongOperation(
      #line, { matrix.repeatingElements(2, alongAxis: 2) },
      "repeatingElements(_:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.split(sizes: [1, 3])[0] },
      "split(sizes:alongAxis:) needs sizes whose sum is 2, got [1, 3] for axis 0 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix.split(into: 2, alongAxis: 1)[0] },
      "split(into:alongAxis:) needs a number of parts that divides the size of the axis, got 2 parts of axis 1 of shape [2, 3]; split(sizes:alongAxis:) makes parts of different sizes"
    ),
    WrongOperation(
      #line, { matrix.split(into: 0)[0] },
      "split(into:alongAxis:) needs a number of parts that divides the size of the axis, got 0 parts of axis 0 of shape [2, 3]; split(sizes:alongAxis:) makes parts of different sizes"
    ),
    WrongOperation(
      #line, { matrix.unstacked(alongAxis: 2)[0] },
      "unstacked(alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { meshgrid(matrix)[0] },
      "meshgrid needs vectors, got a tensor of shape [2, 3]"),
    WrongOperation(
      #line, { meshgrid(long, long, long, long)[0] },
      "meshgrid needs a result of a shape that is possible, got [65536, 65536, 65536, 65536] with too many elements"
    ),
  ]
}
