import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Derivatives.
  static let derivativeErrors: [WrongOperation] = [
    WrongOperation(
      #line, { gradient(at: matrix) { $0 * 2 } },
      "gradient(at:of:) needs a function whose result is one floating-point number, got a result of type f32[2, 3]; reduce it with mean or sum"
    ),
    WrongOperation(
      #line, { gradient(at: matrix) { $0.argmax(alongAxis: 0).sum() } },
      "gradient(at:of:) needs a function whose result is one floating-point number, got a result of type i32[]; reduce it with mean or sum"
    ),
    WrongOperation(
      #line, { gradient(at: whole) { $0.sum() } },
      "gradient(at:of:) needs a function whose result is one floating-point number, got a result of type i32[]; reduce it with mean or sum"
    ),
    WrongOperation(
      #line, { gradient(at: matrix) { ($0 + vector).sum() } },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { pullback(at: matrix) { $0 * 2 }(vector) },
      "pullback needs a cotangent of the result's shape, got [4] for a result of shape [2, 3]"),
    WrongOperation(
      #line, { gradient(at: matrix) { wrongDerivative($0).sum() } },
      "withDerivative(of:pullback:) needs a pullback that returns a cotangent of each operand's shape, got [4] for an operand of shape [2, 3]"
    ),
    WrongOperation(
      #line, { checkpointed { $0 + vector }(matrix) },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { gradient(at: matrix) { x in checkpointed { $0 + vector }(x).sum() } },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
  ]

  /// Loops, branches and batches.
  static let loopErrors: [WrongOperation] = [
    WrongOperation(
      #line, { scan(over: matrix, from: vector) { carry, row in row } },
      "scan needs a step that returns a carry of the types it was given (f32[4]), got f32[3]"),
    WrongOperation(
      #line, { scan(over: Tensor(1), from: vector) { carry, row in carry } },
      "scan needs at least one tensor to walk over, all with equal first axes, got []"),
    WrongOperation(
      #line, { scan(over: [Tensor](), from: vector) { carry, rows in carry } },
      "scan needs at least one tensor to walk over, all with equal first axes, got none"),
    WrongOperation(
      #line, { scan(over: matrix, from: vector) { carry, row in carry + row } },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[4] and f32[3]"
    ),
    WrongOperation(
      #line, { scan(over: [matrix, vector], from: vector) { carry, row in carry } },
      "scan needs at least one tensor to walk over, all with equal first axes, got [2, 3], [4]"),
    WrongOperation(
      #line, { cond(matrix, then: { matrix }, else: { matrix }) },
      "cond needs a condition that is one bool, got f32[2, 3]"),
    WrongOperation(
      #line, { cond(flags, then: { matrix }, else: { matrix }) },
      "cond needs a condition that is one bool, got bool[2]; combine the elements with all() or any()"
    ),
    WrongOperation(
      #line, { recorded { cond(less($0, 1), then: { matrix }, else: { vector }) } },
      "cond needs an else branch with a result of the types the then branch has (f32[2, 3]), got f32[4]"
    ),
    WrongOperation(
      #line, { recorded { cond(less($0, 1), then: { matrix }, else: { matrix + vector }) } },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { whileLoop(from: vector, while: { $0 }) { $0 } },
      "whileLoop needs a condition that is one bool, got f32[4]"),
    WrongOperation(
      #line, { whileLoop(from: vector, while: { less($0, 1) }) { $0 } },
      "whileLoop needs a condition that is one bool, got bool[4]; combine the elements with all() or any()"
    ),
    WrongOperation(
      #line, { whileLoop(from: scalar, while: { less($0, 1) }) { _ in matrix } },
      "whileLoop needs a step that returns values of the types it was given (f32[]), got f32[2, 3]"),
    WrongOperation(
      #line, { recorded { whileLoop(from: $0, while: { less($0, 1) }) { $0 + matrix } } },
      "whileLoop needs a step that returns values of the types it was given (f32[]), got f32[2, 3]"),
    WrongOperation(
      #line, { vectorized { $0 + 1 }(scalar) },
      "vectorized needs at least one argument, all with equal first axes, got []"),
    WrongOperation(
      #line, { vectorized { $0 + $1 }(matrix, vector) },
      "vectorized needs at least one argument, all with equal first axes, got [2, 3], [4]"),
    WrongOperation(
      #line, { vectorized { $0 + vector }(matrix) },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[3] and f32[4]"
    ),
  ]

  /// Everything computed from an invalid tensor reports the first wrong operation.
  static let laterErrors: [WrongOperation] = [
    WrongOperation(
      #line, { exp((matrix + vector).reshaped(to: [9])) },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { (vector.reshaped(to: [5]) + 1).sum(alongAxes: [7]) },
      "reshaped(to:) needs as many elements before as after, got [4] (4) to [5] (5)"),
    WrongOperation(
      #line, { solve(inverse(matrix), vector) },
      "inverse needs square matrices in the last two axes, got shape [2, 3]; pseudoInverse takes matrices of any shape"
    ),
    WrongOperation(
      #line, { clamp(exp(flags), 0, 1) },
      "exp needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { trace(vector.reshaped(to: [3, 3])) },
      "reshaped(to:) needs as many elements before as after, got [4] (4) to [3, 3] (9)"),
  ]
}
