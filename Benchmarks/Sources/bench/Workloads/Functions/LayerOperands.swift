import Ranvier

extension FunctionRow.Operand {
  /// Sixteen images.
  static func images(_ size: Int, _ channels: Int) -> Self {
    .normal("x", [16, size, size, channels])
  }

  /// Numbers that keep products about as large as what is multiplied.
  static func kernel(_ shape: Shape, name: String = "kernel") -> Self {
    .normal(name, shape, standardDeviation: 0.05)
  }

  static func bias(_ count: Int, name: String = "bias") -> Self { .normal(name, [count]) }

  static func scale(_ count: Int) -> Self {
    .normal("scale", [count], mean: 1, standardDeviation: 0.1)
  }

  static func offset(_ count: Int) -> Self { .normal("offset", [count]) }
}
