import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Functions of one tensor, of a type that they are not defined for.
  static let unaryErrors: [WrongOperation] = [
    WrongOperation(
      #line, { -flags },
      "- needs numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { abs(flags) },
      "abs needs numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { acos(flags) },
      "acos needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { asin(flags) },
      "asin needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { atan(flags) },
      "atan needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { ceil(flags) },
      "ceil needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { cos(flags) },
      "cos needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { cosh(flags) },
      "cosh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { erf(flags) },
      "erf needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { erfinv(flags) },
      "erfinv needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { exp(flags) },
      "exp needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { expm1(flags) },
      "expm1 needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { floor(flags) },
      "floor needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { log(flags) },
      "log needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { log1p(flags) },
      "log1p needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { sigmoid(flags) },
      "sigmoid needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { rsqrt(flags) },
      "rsqrt needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { relu(flags) },
      "relu needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { round(flags) },
      "round needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { sign(flags) },
      "sign needs numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { sin(flags) },
      "sin needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { sinh(flags) },
      "sinh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { sqrt(flags) },
      "sqrt needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { tan(flags) },
      "tan needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { tanh(flags) },
      "tanh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { exp(whole) },
      "exp needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { bitwiseNot(vector) },
      "bitwiseNot needs integers or truth values, got f32[4]; convert with cast(to:)"),
    WrongOperation(
      #line, { asinh(flags) },
      "asinh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { acosh(flags) },
      "acosh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { atanh(flags) },
      "atanh needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { log2(flags) },
      "log2 needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { log10(flags) },
      "log10 needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { exp2(flags) },
      "exp2 needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { cbrt(flags) },
      "cbrt needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { reciprocal(flags) },
      "reciprocal needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { square(flags) },
      "square needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { fractionalPart(flags) },
      "fractionalPart needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
  ]

  /// Functions and operators of two tensors that do not fit together.
  static let binaryErrors: [WrongOperation] = [
    WrongOperation(
      #line, { matrix + vector },
      "+ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { matrix - vector },
      "- needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { matrix * vector },
      "* needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { matrix / vector },
      "/ needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { maximum(matrix, vector) },
      "maximum needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { minimum(matrix, vector) },
      "minimum needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { pow(matrix, vector) },
      "pow needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { atan2(matrix, vector) },
      "atan2 needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { remainder(matrix, vector) },
      "remainder needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { bitwiseAnd(matrix, vector) },
      "bitwiseAnd needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { bitwiseOr(matrix, vector) },
      "bitwiseOr needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { bitwiseExclusiveOr(matrix, vector) },
      "bitwiseExclusiveOr needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { equal(matrix, vector) },
      "equal needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { notEqual(matrix, vector) },
      "notEqual needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { less(matrix, vector) },
      "less needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { lessOrEqual(matrix, vector) },
      "lessOrEqual needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { greater(matrix, vector) },
      "greater needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { greaterOrEqual(matrix, vector) },
      "greaterOrEqual needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { shiftLeft(whole, by: vector) },
      "shiftLeft needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { shiftRight(whole, by: vector) },
      "shiftRight needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { shiftLeft(matrix, by: 1) },
      "shiftLeft needs integers, got f32[2, 3] and f32[]; convert with cast(to:)"),
    WrongOperation(
      #line, { bitwiseAnd(vector, 1.0) },
      "bitwiseAnd needs integers or truth values, got f32[4] and f32[]; convert with cast(to:)"),
    WrongOperation(
      #line, { bitwiseAnd(vector, vector) },
      "bitwiseAnd needs integers or truth values, got f32[4] and f32[4]; convert with cast(to:)"),
    WrongOperation(
      #line, { flags + flags },
      "+ needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { flags / flags },
      "/ needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { remainder(flags, flags) },
      "remainder needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { pow(flags, flags) },
      "pow needs numbers, got bool[2] and bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { select(flags, matrix, 0) },
      "select needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2] and f32[2, 3] and f32[]"
    ),
    WrongOperation(
      #line, { select(vector, vector, 0) },
      "select needs a condition of type bool, got f32[4]; compare with notEqual(x, 0)"),
    WrongOperation(
      #line, { clamp(matrix, vector, 1) },
      "clamp needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { hypot(matrix, vector) },
      "hypot needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2, 3] and bool[4]"
    ),
    WrongOperation(
      #line, { hypot(whole, whole) },
      "hypot needs floating-point numbers, got i32[2, 3] and i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { logAddExp(matrix, vector) },
      "logAddExp needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { floorDivide(matrix, vector) },
      "floorDivide needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { floorModulo(matrix, vector) },
      "floorModulo needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
    WrongOperation(
      #line, { logicalAnd(matrix, vector) },
      "logicalAnd needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2, 3] and bool[4]"
    ),
    WrongOperation(
      #line, { logicalOr(matrix, vector) },
      "logicalOr needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2, 3] and bool[4]"
    ),
    WrongOperation(
      #line, { logicalXor(matrix, vector) },
      "logicalXor needs shapes that broadcast (equal sizes, or 1, from the last axis on), got bool[2, 3] and bool[4]"
    ),
    WrongOperation(
      #line, { nearlyEqual(matrix, vector) },
      "nearlyEqual needs shapes that broadcast (equal sizes, or 1, from the last axis on), got f32[2, 3] and f32[4]"
    ),
  ]
}
