public import RanvierTensors

/// A number that depends on the step, such as a learning rate.
///
/// Number literals are constant schedules: `learningRate: 0.01`.
public struct Schedule: Sendable {
  /// The name of the formula.
  public let name: String
  /// The options as text, for printing.
  public let options: KeyValuePairs<String, String>
  private let formula: @Sendable (Tensor) -> Tensor

  /// Creates a schedule.
  ///
  /// - Parameters:
  ///   - name: The name of the formula.
  ///   - options: The options as text, for printing.
  ///   - formula: The value at a step: a function of an f32 scalar, counted from 0, that gives a
  ///     scalar and reads no elements.
  public init(
    _ name: String, options: KeyValuePairs<String, String> = [:],
    formula: @escaping @Sendable (_ step: Tensor) -> Tensor
  ) {
    self.name = name
    self.options = options
    self.formula = formula
  }

  /// The value at a step.
  ///
  /// Steps are exact up to 2^24, the whole numbers that f32 holds.
  ///
  /// - Parameter step: A scalar, counted from 0.
  /// - Returns: An f32 scalar; invalid if the step or the formula's result is not a scalar.
  public func callAsFunction(_ step: Tensor) -> Tensor {
    if step.error != nil { return step }
    guard step.rank == 0 else { return wrong("a step that is a scalar", step) }
    let value = formula(step.cast(to: .float32))
    if value.error != nil { return value }
    guard value.rank == 0 else { return wrong("a formula whose result is a scalar", value) }
    return value.cast(to: .float32)
  }

  /// The value at a step as a number, computed at once; not-a-number if the schedule is wrong.
  public func value(at step: Int) -> Double {
    let value = self(Tensor(step))
    return value.isConcrete ? value.scalar(as: Double.self) : .nan
  }

  private func wrong(_ rule: String, _ got: Tensor) -> Tensor {
    Tensor(invalid: OperationError(operation: "schedule \(self)", rule: rule, got: "\(got.type)"))
  }
}

extension Schedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension Schedule: CustomStringConvertible {
  /// Name and options, as in `cosineDecay(initial: 0.1, steps: 100, finalFraction: 0.0)`; of a
  /// constant just the number.
  public var description: String {
    if name == "constant", let value = options.first?.value { return value }
    let options = options.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(name)(\(options))"
  }
}
