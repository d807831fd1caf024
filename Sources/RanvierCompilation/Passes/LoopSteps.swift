internal import RanvierTensors

/// The steps of an element loop while it is built.
///
/// Numbers of 16 bits are widened where a loop first reads them and rounded where it writes them; in
/// between it computes in `f32`. So conversions within a region cost nothing, and its results are
/// rounded once where operations one by one round at each step.
struct LoopSteps {
  /// An input or a member's result, in the forms in which the loop has it.
  struct Value {
    /// The type that the value has in the graph.
    let type: ElementType
    let isPerRow: Bool
    /// Where the value is in its type.
    fileprivate var exact: Int?
    /// Where a value of 16 bits is in `f32`.
    fileprivate var wide: Int?
    /// The number under which conversions of the value are remembered.
    fileprivate let number: Int
  }

  private(set) var steps: [ElementLoop.Step] = []
  private(set) var inputs: [Value] = []
  /// Conversions of values that were made for one of several readers.
  private var widened: [Int: Int] = [:]
  private var rounded: [Int: Int] = [:]
  private var repeated: [Int: Value] = [:]
  private var valueCount = 0

  init(inputs: [(type: ElementType, isPerRow: Bool)]) {
    for (index, input) in inputs.enumerated() {
      self.inputs.append(value(input.type, isPerRow: input.isPerRow, exact: index))
    }
  }

  private mutating func value(
    _ type: ElementType, isPerRow: Bool, exact: Int? = nil, wide: Int? = nil
  ) -> Value {
    defer { valueCount += 1 }
    return Value(type: type, isPerRow: isPerRow, exact: exact, wide: wide, number: valueCount)
  }

  private mutating func append(
    _ operation: ElementLoop.Operation, _ operands: [Int], _ type: ElementType, isPerRow: Bool
  ) -> Int {
    steps.append(
      .init(operation, operands: operands, resultType: type, isPerRow: isPerRow))
    return inputs.count + steps.count - 1
  }

  /// The type in which numbers of a type are computed with.
  private func computed(_ type: ElementType) -> ElementType {
    type.isNarrowFloat ? .float32 : type
  }

  /// Where a value is in the type in which it is computed with.
  private mutating func computed(_ value: Value) -> Int {
    guard value.type.isNarrowFloat else { return value.exact ?? 0 }
    if let place = value.wide ?? widened[value.number] { return place }
    let place = append(
      .cast(from: value.type, to: .float32), [value.exact ?? 0], .float32,
      isPerRow: value.isPerRow)
    widened[value.number] = place
    return place
  }

  /// Where a value is in its own type.
  private mutating func stored(_ value: Value) -> Int {
    if let place = value.exact ?? rounded[value.number] { return place }
    let place = append(
      .cast(from: .float32, to: value.type), [value.wide ?? 0], value.type,
      isPerRow: value.isPerRow)
    rounded[value.number] = place
    return place
  }

  /// A value in the form in which it was computed.
  private mutating func value(
    at place: Int, _ type: ElementType, isPerRow: Bool
  ) -> Value {
    type.isNarrowFloat
      ? value(type, isPerRow: isPerRow, wide: place)
      : value(type, isPerRow: isPerRow, exact: place)
  }

  /// A value for each row repeated along the row; others as they are.
  mutating func spread(_ value: Value) -> Value {
    guard value.isPerRow else { return value }
    if let known = repeated[value.number] { return known }
    let type = computed(value.type)
    let place = append(.spread(type), [computed(value)], type, isPerRow: false)
    let result = self.value(at: place, value.type, isPerRow: false)
    repeated[value.number] = result
    return result
  }

  /// Adds what a node does.
  mutating func append(
    _ primitive: any Primitive, _ operands: [Value], _ types: [TensorType], result: TensorType,
    isPerRow: Bool
  ) -> Value {
    let type = result.elementType
    if let cast = primitive as? Cast {
      return self.cast(operands[0], to: cast.elementType, isPerRow: isPerRow)
    }
    let computedTypes = types.map { TensorType(computed($0.elementType), $0.shape) }
    guard let operation = operation(primitive, computedTypes) else {
      // Only the shape is another.
      return operands[0]
    }
    let places = operands.map { computed($0) }
    let place = append(operation, places, computed(type), isPerRow: isPerRow)
    return value(at: place, type, isPerRow: isPerRow)
  }

  /// Adds sums over leading axes, in the type in which the operand is computed with.
  mutating func sumColumns(_ operand: Value, sums: Int) -> Value {
    let type = computed(operand.type)
    let place = append(
      .sumColumns(type, sums: sums), [computed(operand)], type, isPerRow: false)
    return value(type, isPerRow: false, exact: place)
  }

  private mutating func cast(_ operand: Value, to type: ElementType, isPerRow: Bool) -> Value {
    let from = computed(operand.type)
    // From f32 nothing is rounded before it is written; other types are rounded once, here.
    if computed(type) == .float32, from == .float32 {
      return value(at: computed(operand), type, isPerRow: isPerRow)
    }
    let place = append(
      .cast(from: from, to: type), [computed(operand)], type, isPerRow: isPerRow)
    return value(type, isPerRow: isPerRow, exact: place)
  }

  /// What a node does in a loop; nil for what only gives another shape.
  private func operation(
    _ primitive: any Primitive, _ operands: [TensorType]
  ) -> ElementLoop.Operation? {
    if primitive is RandomBits { return .randomBits }
    if let reduction = primitive as? any ReductionPrimitive {
      return .reduce(reduction.reductionCode, operands[0].elementType)
    }
    return (primitive as? any ElementwisePrimitive)?.loopOperation(operands)
  }

  /// The steps whose results are written, one for each value.
  mutating func outputs(_ values: [Value]) -> [Int] {
    var taken: Set<Int> = []
    return values.map { value in
      var place = stored(value)
      // What is an input, or is written already in another name, takes a copy.
      if place < inputs.count || taken.contains(place) {
        place = append(
          .cast(from: value.type, to: value.type), [place], value.type, isPerRow: value.isPerRow)
      }
      taken.insert(place)
      return place - inputs.count
    }
  }
}
