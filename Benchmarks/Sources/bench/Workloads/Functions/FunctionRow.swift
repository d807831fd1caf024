import Ranvier

/// A function of the library beside PyTorch's: a row for its value, and one for its value with the
/// gradients of its operands.
struct FunctionRow: Sendable {
  /// A tensor that a function takes, by the name that the peer knows it by.
  struct Operand: Sendable {
    let name: String
    let value: @Sendable (RandomKey) -> Tensor
    let isConstant: Bool
  }

  /// The name of the row of values; the other one's ends in `_gradient`.
  let name: String
  let summary: String
  /// Whether sides draw other numbers, so that results are not compared.
  let isRandom: Bool
  let operands: [Operand]
  let function: @Sendable ([Tensor]) -> Tensor

  init(
    _ name: String, summary: String? = nil, isRandom: Bool = false, _ operands: [Operand],
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.summary = summary ?? name
    self.isRandom = isRandom
    self.operands = operands
    self.function = function
  }

  /// No function is to be slower than this multiple of PyTorch's.
  private static let goal = 1.2

  var workloads: [Workload] {
    let isDifferentiable = operands.contains { !$0.isConstant }
    return (isDifferentiable ? [false, true] : [false]).map { withGradients in
      Workload(
        name: withGradients ? "\(name)_gradient" : name,
        summary: withGradients ? "\(summary), with gradients" : summary,
        goals: [.float32: FunctionRow.goal]
      ) { _ in TensorsRun(self, withGradients: withGradients) }
    }
  }
}

extension FunctionRow.Operand {
  /// Normally distributed numbers.
  static func normal(
    _ name: String, _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1
  ) -> Self {
    .init(name: name, isConstant: false) {
      $0.normal(shape) * standardDeviation + mean
    }
  }

  /// Numbers between two others.
  static func uniform(
    _ name: String, _ shape: Shape, from low: Double = 0.05, to high: Double = 0.95
  ) -> Self {
    .init(name: name, isConstant: false) { $0.uniform(shape, from: low, to: high) }
  }

  /// Integers from 0 to below a number.
  static func integers(_ name: String, _ shape: Shape, below end: Int) -> Self {
    .init(name: name, isConstant: true) {
      floor($0.uniform(shape, from: 0, to: Double(end))).cast(to: .int32)
    }
  }

  /// Minus ones and ones.
  static func signs(_ name: String, _ shape: Shape) -> Self {
    .init(name: name, isConstant: true) { sign($0.uniform(shape, from: -1, to: 1)) }
  }

  /// The same operand, of which no gradient is asked.
  var constant: Self { .init(name: name, isConstant: true, value: value) }

  private init(
    name: String, isConstant: Bool, value: @escaping @Sendable (RandomKey) -> Tensor
  ) {
    self.init(name: name, value: value, isConstant: isConstant)
  }
}
