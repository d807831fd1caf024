import RanvierTensors
import TestSupport
import Testing

/// A wrong operation and the whole text of its error.
struct WrongOperation: Sendable, CustomTestStringConvertible {
  let result: Tensor
  let text: String
  var testDescription: String { text }

  init(_ result: Tensor, _ text: String) {
    self.result = result
    self.text = text
  }

  private static let matrix = Tensor.zeros([2, 3])
  private static let vector = Tensor.zeros([4])
  private static let whole = Tensor.range(6).reshaped(to: [2, 3])
  private static let flags = Tensor([true, false])

  static let all = [
    WrongOperation(
      matrix + vector,
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      maximum(matrix, vector),
      "maximum needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      select(flags, matrix, 0),
      "select needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2] and f32[2, 3] and f32[]"
    ),
    WrongOperation(
      select(vector, vector, 0),
      "select needs a condition of type bool, got f32; compare with notEqual(x, 0)"),
    WrongOperation(
      exp(whole), "exp needs a type it is defined for, got i32; convert with cast(to:)"),
    WrongOperation(
      flags + flags, "+ needs a type it is defined for, got bool and bool; convert with cast(to:)"),
    WrongOperation(-flags, "- needs a type it is defined for, got bool; convert with cast(to:)"),
    WrongOperation(
      bitwiseAnd(vector, vector),
      "bitwiseAnd needs a type it is defined for, got f32 and f32; convert with cast(to:)"),
    WrongOperation(
      matmul(matrix, matrix),
      "matmul needs equal inner sizes, got [2, 3] · [2, 3] (3 ≠ 2); was a transposition or `flatten` forgotten?"
    ),
    WrongOperation(
      matmul(matrix, vector),
      "matmul needs equal inner sizes, got [2, 3] · [4, 1] (3 ≠ 4); was a transposition or `flatten` forgotten?"
    ),
    WrongOperation(
      matmul(matrix, Tensor(1)),
      "matmul needs tensors of rank 1 or more, got [2, 3] · []; multiply by a scalar with *"),
    WrongOperation(
      matmul(Tensor.zeros([2, 1, 1]), Tensor.zeros([3, 1, 1])),
      "matmul needs batch axes that broadcast, got [2, 1, 1] · [3, 1, 1]"),
    WrongOperation(
      matmul(flags.reshaped(to: [1, 2]), flags.reshaped(to: [2, 1])),
      "matmul needs operands of one type of numbers, got bool[1, 2] and bool[2, 1]"),
    WrongOperation(
      matrix.reshaped(to: [4]),
      "reshaped(to:) needs as many elements before as after, got [2, 3] (6) to [4] (4)"),
    WrongOperation(
      matrix.reshaped(to: [-1, 4]),
      "reshaped(to:) needs sizes that divide the number of elements, one of them -1, got [2, 3] (6) to [-1, 4]"
    ),
    WrongOperation(
      matrix.reshaped(to: [-1, -1]),
      "reshaped(to:) needs sizes that divide the number of elements, one of them -1, got [2, 3] (6) to [-1, -1]"
    ),
    WrongOperation(
      matrix.reshaped(to: [-2, -3]),
      "reshaped(to:) needs as many elements before as after, got [2, 3] (6) to [-2, -3] (the size -2)"
    ),
    WrongOperation(
      matrix.transposed(permutation: [0, 0]),
      "transposed(permutation:) needs each axis of the tensor once, got [0, 0] for shape [2, 3]"),
    WrongOperation(
      matrix.swappedAxes(0, 2),
      "swappedAxes needs different axes in -2 ..< 2, got [0, 2] for shape [2, 3]"),
    WrongOperation(
      matrix.broadcast(to: [3, 3]),
      "broadcast(to:) needs axes of equal size, or of size 1, got [2, 3] to [3, 3]"),
    WrongOperation(
      matrix.sum(alongAxes: [2]),
      "sum(alongAxes:) needs different axes in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      matrix.max(alongAxes: [0, -2]),
      "max(alongAxes:) needs different axes in -2 ..< 2, got [0, -2] for shape [2, 3]"),
    WrongOperation(
      flags.max(),
      "max(alongAxes:) needs elements that are numbers, got bool; convert with cast(to:)"),
    WrongOperation(
      matrix.argmax(alongAxis: 2),
      "argmax(alongAxis:) needs an axis of the tensor that is not empty, got axis 2 of f32[2, 3]"),
    WrongOperation(
      Tensor.zeros([0]).argmin(),
      "argmin(alongAxis:) needs an axis of the tensor that is not empty, got axis 0 of f32[0]"),
    WrongOperation(
      matrix.expandedDimension(at: 4),
      "expandedDimension(at:) needs a position in -3 ... 2, got 4 for shape [2, 3]"),
    WrongOperation(
      matrix.squeezed(axes: [0]), "squeezed(axes:) needs axes of size 1, got axis 0 of shape [2, 3]"
    ),
    WrongOperation(
      matrix.reversed(alongAxes: [3]),
      "reversed(alongAxes:) needs different axes in -2 ..< 2, got [3] for shape [2, 3]"),
    WrongOperation(
      matrix.padded([(1, 1)]),
      "padded needs one border per axis that leaves no negative size, and a scalar of the same type, got low [1], high [1], interior [0] for f32[2, 3], value f32[]"
    ),
    WrongOperation(
      vector.padded([(-3, -2)]),
      "padded needs one border per axis that leaves no negative size, and a scalar of the same type, got low [-3], high [-2], interior [0] for f32[4], value f32[]"
    ),
    WrongOperation(
      matrix.gathered(at: Tensor([0]), alongAxis: 2),
      "gathered(at:alongAxis:) needs different axes in -2 ..< 2, got [2] for shape [2, 3]"
    ),
    WrongOperation(
      matrix[2], "x[...] needs a position in -2 ..< 2, got 2 on axis 0 of shape [2, 3]"),
    WrongOperation(
      matrix[0, 1 ..< 5],
      "x[...] needs a range within 0 ... 3 and a positive step, got 1 ..< 5 by 1 on axis 1 of shape [2, 3]"
    ),
    WrongOperation(
      matrix[.every(0)],
      "x[...] needs a range within 0 ... 2 and a positive step, got 0 ..< 2 by 0 on axis 0 of shape [2, 3]"
    ),
    WrongOperation(
      matrix[0, 0, 0],
      "x[...] needs at most one index per axis and one ellipsis, got 3 indices for shape [2, 3]"),
    WrongOperation(
      matrix[.ellipsis, .ellipsis],
      "x[...] needs at most one index per axis and one ellipsis, got 2 indices for shape [2, 3]"),
    WrongOperation(
      Tensor([1, 2, 3], shape: [2, 2]),
      "Tensor(_:shape:) needs as many elements as the shape has, got 3 elements for shape [2, 2]"),
    WrongOperation(
      Tensor([[1, 2], [3]]), "Tensor(_:) needs nested arrays of equal lengths, got [2] beside [1]"),
    WrongOperation(
      Tensor([[[1]], [[2], [3]]]),
      "Tensor(_:) needs nested arrays of equal lengths, got [1, 1] beside [2, 1]"),
    WrongOperation(
      Tensor.zeros([2, -1]),
      "Tensor(repeating:shape:) needs a shape that is possible, got [2, -1] with the size -1"),
    WrongOperation(
      Tensor.zeros([1 << 40, 1 << 40]),
      "Tensor(repeating:shape:) needs a shape that is possible, got [1099511627776, 1099511627776] with too many elements"
    ),
    WrongOperation(
      Tensor.zeros([1]).broadcast(to: [1 << 40, 1 << 40]),
      "broadcast(to:) needs a result of a shape that is possible, got [1099511627776, 1099511627776] with too many elements"
    ),
    WrongOperation(
      Tensor.range(-1),
      "range needs a type of numbers, sizes that are not negative and an axis of the shape, got i32[-1] along axis 0"
    ),
    WrongOperation(
      Tensor.linearlySpaced(from: 0, through: 1, count: -2),
      "linearlySpaced needs a count that is not negative, got -2"),
    WrongOperation(
      Tensor(concatenating: [matrix, vector]),
      "Tensor(concatenating:) needs equal types, and equal sizes in all axes but 0, got f32[2, 3], f32[4]"
    ),
    WrongOperation(
      Tensor(concatenating: [matrix], alongAxis: 2),
      "Tensor(concatenating:) needs an axis of the tensors, got axis 2 of f32[2, 3]"),
    WrongOperation(
      Tensor(concatenating: []), "Tensor(concatenating:) needs at least one tensor, got none"),
    WrongOperation(Tensor(stacking: []), "Tensor(stacking:) needs at least one tensor, got none"),
    WrongOperation(
      Tensor(stacking: [matrix, vector]),
      "Tensor(stacking:) needs tensors of equal shapes, got [2, 3] beside [4]"),
    WrongOperation(
      RandomKey(words: vector).bits([2]),
      "bits(_:) needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      RandomKey(seed: 1).uniform([-2]),
      "bits(_:) needs a result of a shape that is possible, got [-2] with the size -2"),
    WrongOperation(
      RandomKey(seed: 1).uniform([2], elementType: .int32),
      "uniform needs a floating-point type, got i32; use integers(_:in:) for whole numbers"),
    WrongOperation(
      RandomKey(seed: 1).integers([2], in: 3 ..< 3),
      "integers(_:in:) needs a range of 32-bit integers that is not empty, got 3..<3"),
    WrongOperation(
      Parameters()["w"], "parameters[\"w\"] needs a path that is there, got an empty map"),
    WrongOperation(
      (["a/w": matrix, "a/b": vector] as Parameters)["w"],
      "parameters[\"w\"] needs a path that is there, got a map of `a/w`, `a/b`"),
    WrongOperation(
      gradient(at: matrix) { $0 * 2 },
      "gradient(at:of:) needs a function whose result is one floating-point number, got a result of type f32[2, 3]; reduce it with mean or sum"
    ),
    WrongOperation(
      gradient(at: matrix) { $0.argmax(alongAxis: 0).sum() },
      "gradient(at:of:) needs a function whose result is one floating-point number, got a result of type i32[]; reduce it with mean or sum"
    ),
    WrongOperation(
      pullback(at: matrix) { $0 * 2 }(vector),
      "pullback needs a cotangent of the result's shape, got [4] for a result of shape [2, 3]"),
  ]
}

@Suite struct OperationErrorTests {
  @Test(arguments: WrongOperation.all)
  func `says operation, rule and what it got`(_ row: WrongOperation) {
    #expect(row.result.error?.message == row.text)
    #expect(throws: OperationError.self) { try row.result.validated() }
  }

  static let followers: [@Sendable (Tensor) -> Tensor] = [
    { $0 + 1 }, { 1 - $0 }, { exp($0) }, { $0.sum() }, { $0.mean(alongAxes: [5]) },
    { $0.variance(alongAxes: [1]) }, { $0.transposed(permutation: [1, 0]) }, { $0.transposed() },
    { $0.reshaped(to: [7, 7]) }, { $0.reshaped(to: [-1, 3]) }, { $0.flattened() }, { $0[3] },
    { $0.expandedDimension(at: 5) }, { $0.squeezed(axes: [4]) }, { $0.broadcast(to: [2]) },
    { matmul($0, Tensor([1.0])) }, { matmul(Tensor([1.0]), $0) }, { $0.cast(to: .int8) },
    { $0.padded([(1, 1), (2, 2)]) }, { $0.argmax() },
    { $0.gathered(at: Tensor([0]), alongAxis: 3) },
    { Tensor([1.0]).gathered(at: $0) }, { Tensor(concatenating: [Tensor([1.0]), $0]) },
    { Tensor(stacking: [Tensor([1.0]), $0]) },
    { Tensor(stacking: [$0, Tensor([1.0])], alongAxis: 4) },
    { $0.reversed(alongAxes: [2]) }, { $0.swappedAxes(0, 4) }, { $0.any() }, { select($0, 1, 2) },
    { select(Tensor([true]), $0, 2) }, { stopGradient($0) }, { clamp($0, 0, 1) },
    { x in gradient(at: Tensor(1.0)) { $0 * x } }, { x in gradient(at: x) { $0.sum() } },
    { x in gradient(at: [Tensor(1.0), x]) { $0[0] * $0[0] + $0[1] }[0] },
    { x in
      var y = Tensor([1.0, 2]); y[0] = x; return y
    },
    { x in pullback(at: Tensor([1.0])) { $0 * 2 }(x) },
    { RandomKey(words: $0).normal([3]) }, { $0.max(alongAxes: [3], keepingAxes: true) },
  ]

  @Test(arguments: followers.indices)
  func `everything computed from an invalid tensor carries the first error`(_ index: Int) {
    let first = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    let result = OperationErrorTests.followers[index](first)
    #expect(result.error == first.error)
  }

  @Test func `the first of two errors wins`() {
    let first = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    let second = Tensor([1.0]).reshaped(to: [5])
    #expect((first * second).error == first.error)
    #expect((second * first).error == second.error)
  }

  @Test func `validated throws the error and passes valid tensors on`() throws {
    #expect(try Tensor([1.0]).validated() == Tensor([1.0]))
    let error = #expect(throws: OperationError.self) {
      try Tensor([1.0]).reshaped(to: [2]).validated()
    }
    #expect(error?.operation == "reshaped(to:)")
  }

  @Test func `locations are appended`() {
    let error = OperationError(
      operation: "a", rule: "b", got: "c", hint: "d",
      location: CodeLocation(file: "Module/File.swift", line: 3))
    #expect("\(error)" == "a needs b, got c; d (Module/File.swift:3)")
  }
}
