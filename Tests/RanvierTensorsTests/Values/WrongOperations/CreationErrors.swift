import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Creation.
  static let creationErrors: [WrongOperation] = [
    WrongOperation(
      #line, { Tensor([1, 2, 3], shape: [2, 2]) },
      "Tensor(_:shape:) needs as many elements as the shape has, got 3 elements for shape [2, 2]"),
    WrongOperation(
      #line, { Tensor([[1, 2], [3]]) },
      "Tensor(_:) needs nested arrays of equal lengths, got [2] beside [1]"),
    WrongOperation(
      #line, { Tensor([[[1]], [[2], [3]]]) },
      "Tensor(_:) needs nested arrays of equal lengths, got [1, 1] beside [2, 1]"),
    WrongOperation(
      #line, { Tensor.zeros([2, -1]) },
      "Tensor(repeating:shape:) needs a shape that is possible, got [2, -1] with the size -1"),
    WrongOperation(
      #line, { Tensor.ones([1 << 40, 1 << 40]) },
      "Tensor(repeating:shape:) needs a shape that is possible, got [1099511627776, 1099511627776] with too many elements"
    ),
    WrongOperation(
      #line, { Tensor.zeros([0, .max]) },
      "Tensor(repeating:shape:) needs a shape that is possible, got [0, 9223372036854775807] with too many elements"
    ),
    WrongOperation(
      #line, { Tensor.range(-1) },
      "range(_:) needs a count that is not negative, and a type of numbers, got -1 of type i32"),
    WrongOperation(
      #line, { Tensor.range(.max) },
      "range(_:) needs a result of a shape that is possible, got [9223372036854775807] with too many elements"
    ),
    WrongOperation(
      #line, { Tensor.range(2, elementType: .bool) },
      "range(_:) needs a count that is not negative, and a type of numbers, got 2 of type bool"),
    WrongOperation(
      #line, { Tensor.range(from: 0, to: 3, by: 0) },
      "range(from:to:by:) needs a step other than 0 and a finite number of steps, got 0 to 3 by 0"),
    WrongOperation(
      #line, { Tensor.range(from: 0.0, to: .infinity) },
      "range(from:to:by:) needs a step other than 0 and a finite number of steps, got 0.0 to inf by 1.0"
    ),
    WrongOperation(
      #line, { Tensor.identity(-1) },
      "identity(_:columns:) needs sizes that are possible, got [-1, -1]"),
    WrongOperation(
      #line, { Tensor.linearlySpaced(from: 0, through: 1, count: -2) },
      "linearlySpaced needs a count that is possible, got -2"),
    WrongOperation(
      #line, { Tensor.geometricallySpaced(from: -1, through: 1, count: 3) },
      "geometricallySpaced needs two finite numbers of one sign, and a count that is possible, got 3 numbers from -1.0 to 1.0"
    ),
    WrongOperation(
      #line, { Parameters()["w"] },
      "parameters[\"w\"] needs a path that is there, got an empty map"),
    WrongOperation(
      #line, { (["a/w": matrix, "a/b": vector] as Parameters)["w"] },
      "parameters[\"w\"] needs a path that is there, got a map of `a/w`, `a/b`"),
  ]

  /// Random numbers.
  static let randomErrors: [WrongOperation] = [
    WrongOperation(
      #line, { badKey.bits([2]) },
      "bits(_:) needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { badKey.derived(1).words },
      "derived(_:) needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { key.derived(vector).words },
      "derived(_:) needs one integer, got f32[4]"),
    WrongOperation(
      #line, { badKey.split()[0].words },
      "split(_:) needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { badKey.normal([2]) },
      "normal needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { key.uniform([-2]) },
      "uniform needs a result of a shape that is possible, got [-2] with the size -2"),
    WrongOperation(
      #line, { key.uniform([2], elementType: .int32) },
      "uniform needs a floating-point type, got i32[2]; use integers(_:in:) for whole numbers"),
    WrongOperation(
      #line, { key.uniform([2], from: 1, to: 0) },
      "uniform needs finite ends, the lower one first, got 1.0 to 0.0 for shape [2]"),
    WrongOperation(
      #line, { key.normal([2], elementType: .int32) },
      "normal needs a floating-point type, got i32[2]; use integers(_:in:) for whole numbers"),
    WrongOperation(
      #line, { key.normal([.max, .max]) },
      "normal needs a result of a shape that is possible, got [9223372036854775807, 9223372036854775807] with too many elements"
    ),
    WrongOperation(
      #line, { key.exponential([2], elementType: .bool) },
      "exponential needs a floating-point type, got bool[2]; use integers(_:in:) for whole numbers"),
    WrongOperation(
      #line, { key.gumbel([2], elementType: .int8) },
      "gumbel needs a floating-point type, got i8[2]; use integers(_:in:) for whole numbers"),
    WrongOperation(
      #line, { key.truncatedNormal([2], from: 1, to: 0) },
      "truncatedNormal(_:from:to:) needs a lower end below the upper one, got 1.0 to 0.0 for shape [2]"
    ),
    WrongOperation(
      #line, { key.truncatedNormal([2], elementType: .int32) },
      "truncatedNormal(_:from:to:) needs a floating-point type, got i32[2]; use integers(_:in:) for whole numbers"
    ),
    WrongOperation(
      #line, { key.bernoulli([-1], probability: 0.5) },
      "bernoulli(_:probability:) needs a result of a shape that is possible, got [-1] with the size -1"
    ),
    WrongOperation(
      #line, { key.bernoulli(probability: vector, shape: [3]) },
      "bernoulli(probability:shape:) needs probabilities of a floating-point type that broadcast to the shape, got f32[4] for shape [3]"
    ),
    WrongOperation(
      #line, { key.bernoulli(probability: whole) },
      "bernoulli(probability:shape:) needs probabilities of a floating-point type that broadcast to the shape, got i32[2, 3] for shape [2, 3]"
    ),
    WrongOperation(
      #line, { key.integers([2], in: 3 ..< 3) },
      "integers(_:in:) needs a range of 32-bit integers that is not empty, got 3..<3 for shape [2]"),
    WrongOperation(
      #line, { key.integers([2], in: 0 ..< 1 << 40) },
      "integers(_:in:) needs a range of 32-bit integers that is not empty, got 0..<1099511627776 for shape [2]"
    ),
    WrongOperation(
      #line, { key.integers([-2], in: 0 ..< 3) },
      "integers(_:in:) needs a result of a shape that is possible, got [-2] with the size -2"),
    WrongOperation(
      #line, { key.categorical(logits: vector, alongAxis: 1) },
      "categorical(logits:alongAxis:) needs an axis in -1 ..< 1, got [1] for shape [4]"),
    WrongOperation(
      #line, { key.categorical(logits: Tensor.zeros([0])) },
      "categorical(logits:alongAxis:) needs an axis of the tensor that is not empty, got axis 0 of f32[0]"
    ),
    WrongOperation(
      #line, { key.choice(5, outOf: 4) },
      "choice(_:outOf:) needs counts in 0 ..< 2^31, and no more numbers than there are, got 5 out of 4"
    ),
    WrongOperation(
      #line, { key.choice(5, probabilities: vector) },
      "choice(_:probabilities:) needs a vector of floating-point numbers, and at most as many draws as it has elements, got 5 draws of f32[4]"
    ),
    WrongOperation(
      #line, { key.permutation(-1) },
      "permutation(_:) needs counts in 0 ..< 2^31, and no more numbers than there are, got -1 out of -1"
    ),
    WrongOperation(
      #line, { badKey.permutation(3) },
      "permutation(_:) needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { key.shuffled(vector, alongAxis: 1) },
      "shuffled(_:alongAxis:) needs an axis in -1 ..< 1, got [1] for shape [4]"),
  ]
}
