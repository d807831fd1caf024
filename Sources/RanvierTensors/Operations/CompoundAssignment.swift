extension Tensor {
  /// Adds to the tensor, broadcasting; its shape may grow.
  public static func += (x: inout Tensor, y: Tensor) { x = x + y }

  /// Adds a number to every element.
  public static func += (x: inout Tensor, y: some ScalarOperand) { x = x + y }

  /// Subtracts from the tensor, broadcasting; its shape may grow.
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }

  /// Subtracts a number from every element.
  public static func -= (x: inout Tensor, y: some ScalarOperand) { x = x - y }

  /// Multiplies the tensor's elements, broadcasting; its shape may grow.
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }

  /// Multiplies every element by a number.
  public static func *= (x: inout Tensor, y: some ScalarOperand) { x = x * y }

  /// Divides the tensor's elements, broadcasting; its shape may grow.
  public static func /= (x: inout Tensor, y: Tensor) { x = x / y }

  /// Divides every element by a number.
  public static func /= (x: inout Tensor, y: some ScalarOperand) { x = x / y }
}
