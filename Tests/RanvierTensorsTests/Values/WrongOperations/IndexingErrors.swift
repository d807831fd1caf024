import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Subscripts, masks and positions.
  static let subscriptErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix[2] },
      "x[...] needs a position in -2 ..< 2, got 2 on axis 0 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix[Int.min] },
      "x[...] needs a position in -2 ..< 2, got -9223372036854775808 on axis 0 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix[0, 1 ..< 5] },
      "x[...] needs a range within 0 ... 3 and a positive step, got 1 ..< 5 by 1 on axis 1 of shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix[.every(0)] },
      "x[...] needs a range within 0 ... 2 and a positive step, got 0 ..< 2 by 0 on axis 0 of shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix[0, 0, 0] },
      "x[...] needs at most one index per axis and one ellipsis, got 3 indices for shape [2, 3]"),
    WrongOperation(
      #line, { matrix[.ellipsis, .ellipsis] },
      "x[...] needs at most one index per axis and one ellipsis, got 2 indices for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[5] = $1 } },
      "x[...] needs a position in -2 ..< 2, got 5 on axis 0 of shape [2, 3]"),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[0] = $1 } },
      "x[...] = value needs axes of equal size, or of size 1, got [4] to [3]"),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[.every(2)] = $1 } },
      "x[...] = value needs axes of equal size, or of size 1, got [4] to [1, 3]"),
    WrongOperation(
      #line, { matrix[Tensor([0, 2])] },
      "x[positions] needs positions in -2 ..< 2, got 2 for shape [2, 3]"),
    WrongOperation(
      #line, { Tensor(1)[Tensor([0])] },
      "x[positions] needs at least one axis, got a scalar"),
    WrongOperation(
      #line, { matrix[Tensor([true])] },
      "x[mask] needs a mask (bool) with the sizes of the first axes, or positions (integers), got bool[1] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix[vector] },
      "x[mask] needs a mask (bool) with the sizes of the first axes, or positions (integers), got f32[4] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.replacing(where: flags, with: 0) },
      "replacing(where:with:) needs a mask and a value that broadcast to shape [2, 3], got [2] and []"
    ),
    WrongOperation(
      #line, { matrix.replacing(where: Tensor(true), with: vector) },
      "replacing(where:with:) needs a mask and a value that broadcast to shape [2, 3], got [] and [4]"
    ),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[flags] = $1 } },
      "x[mask] = value needs a value that broadcasts to shape [1, 3], got [4]; the mask picks 1 parts of shape [3]"
    ),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[Tensor([true])] = $1 } },
      "x[mask] needs a mask (bool) with the sizes of the first axes, or positions (integers), got bool[1] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.assigning(vector) { $0[Tensor([0])] = $1 } },
      "x[positions] = value needs a value that broadcasts to shape [1, 3], got [4]"),
    WrongOperation(
      #line, { matrix.assigning(0) { $0[Tensor([5])] = $1 } },
      "x[positions] needs positions in -2 ..< 2, got 5 for shape [2, 3]"),
    WrongOperation(
      #line, { recorded { $0.nonzeroPositions() } },
      "nonzeroPositions() needs elements that are known, got bool[] while a function is being compiled or vectorized; the result's shape depends on them; do this outside, or use select(_:_:_:)"
    ),
    WrongOperation(
      #line, { recorded { matrix[less(vector[..<2], $0)] } },
      "x[mask] needs elements that are known, got bool[2] while a function is being compiled or vectorized; the result's shape depends on them; do this outside, or use select(_:_:_:)"
    ),
    WrongOperation(
      #line, { recorded { ($0 + vector).unique().values } },
      "unique() needs elements that are known, got f32[4] while a function is being compiled or vectorized; the result's shape depends on them; do this outside, or use select(_:_:_:)"
    ),
  ]

  /// Gathering, scattering, and parts whose place is not known.
  static let gatheringErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix.gathered(at: Tensor([0]), alongAxis: 2) },
      "gathered(at:alongAxis:) needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.gathered(at: vector) },
      "gathered(at:alongAxis:) needs positions of an integer type, got f32[4]; convert with cast(to: .int32)"
    ),
    WrongOperation(
      #line, { Tensor.zeros([0, 2]).gathered(at: Tensor([0])) },
      "gathered(at:alongAxis:) needs an axis of the tensor that is not empty, and positions of type i64, got axis 0 of f32[0, 2], positions i64[1]"
    ),
    WrongOperation(
      #line, { matrix.gatheredElements(at: Tensor([0])) },
      "gatheredElements(at:alongAxis:) needs an axis that is not empty, and positions of the same shape but for the axis, got axis 1 of f32[2, 3], positions i64[1]; gathered(at:alongAxis:) takes whole rows"
    ),
    WrongOperation(
      #line, { matrix.gatheredElements(at: vector) },
      "gatheredElements(at:alongAxis:) needs positions of an integer type, got f32[4]; convert with cast(to: .int32)"
    ),
    WrongOperation(
      #line, { matrix.scatterAdding(vector, at: Tensor([0])) },
      "scatterAdding(_:at:alongAxis:) needs terms that broadcast to shape [1, 3], got f32[4]"),
    WrongOperation(
      #line, { matrix.scatterAdding(1, at: vector) },
      "scatterAdding(_:at:alongAxis:) needs positions of an integer type, got f32[4]; convert with cast(to: .int32)"
    ),
    WrongOperation(
      #line, { flags.scatterAdding(1, at: Tensor([0])) },
      "scatterAdding(_:at:alongAxis:) needs a tensor of numbers, got bool[2]"),
    WrongOperation(
      #line, { matrix.scatterAddingElements(1, at: Tensor([0])) },
      "scatterAddingElements(_:at:alongAxis:) needs positions of the tensor's shape but for the axis, got positions [1] along axis 1 of shape [2, 3]; scatterAdding(_:at:alongAxis:) adds whole rows"
    ),
    WrongOperation(
      #line, { matrix.scatterAddingElements(vector, at: Tensor([[0], [1]])) },
      "scatterAddingElements(_:at:alongAxis:) needs terms that broadcast to shape [2, 1], got f32[4]"
    ),
    WrongOperation(
      #line, { matrix.slice(at: [0], sizes: [1, 1]) },
      "slice(at:sizes:) needs one start per axis, got 1 starts for shape [2, 3]"),
    WrongOperation(
      #line, { matrix.slice(at: [0, 0], sizes: [1, 5]) },
      "slice(at:sizes:) needs one start (a scalar) per axis, and sizes no larger than the tensor's, got 2 starts and sizes [1, 5] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.slice(at: [0, 0], sizes: [1]) },
      "slice(at:sizes:) needs one start (a scalar) per axis, and sizes no larger than the tensor's, got 2 starts and sizes [1] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.slice(at: [0, vector], sizes: [1, 1]) },
      "slice(at:sizes:) needs positions of an integer type, got f32[4]; convert with cast(to: .int32)"
    ),
    WrongOperation(
      #line, { matrix.updated(with: vector, at: [0, 0]) },
      "updated(with:at:) needs one start (a scalar) per axis, and sizes no larger than the tensor's, got 2 starts and sizes [4] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.updated(with: regular, at: [0, 0]) },
      "updated(with:at:) needs one start (a scalar) per axis, and sizes no larger than the tensor's, got 2 starts and sizes [3, 3] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { matrix.updated(with: matrix, at: [0]) },
      "updated(with:at:) needs one start per axis, got 1 starts for shape [2, 3]"),
    WrongOperation(
      #line, { oneHot(vector, count: 3) },
      "oneHot(_:count:) needs positions that are integers, and a count that is not negative, got positions f32[4] and count 3"
    ),
    WrongOperation(
      #line, { oneHot(Tensor([1]), count: -1) },
      "oneHot(_:count:) needs positions that are integers, and a count that is not negative, got positions i64[1] and count -1"
    ),
  ]
}
