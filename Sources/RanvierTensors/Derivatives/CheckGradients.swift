/// What a comparison of derivatives with finite differences found.
public struct GradientCheck: Sendable, CustomStringConvertible {
  /// One element of the point, and its derivative computed in two ways.
  public struct Element: Sendable, CustomStringConvertible {
    /// The order of the derivative: 1 for the gradient.
    public var order: Int
    /// Which tensor of the point, in the order in which the tree visits them.
    public var tensor: Int
    /// The index of each axis.
    public var index: [Int]
    /// What the derivative rules give.
    public var derivative: Double
    /// What finite differences give.
    public var finiteDifference: Double

    public var description: String {
      "order \(order), tensor \(tensor) at \(index): derivative \(derivative), finite differences \(finiteDifference)"
    }
  }

  /// The number of elements that were compared, over all orders.
  public internal(set) var count = 0
  /// The elements that differ by more than the tolerances, the worst first.
  public internal(set) var failures: [Element] = []
  /// The largest difference, relative to 1 plus the size of the finite difference.
  public internal(set) var largestDifference = 0.0

  /// Whether all derivatives agree.
  public var passes: Bool { failures.isEmpty }

  public var description: String {
    let summary =
      "\(count - failures.count) of \(count) derivatives agree with finite differences, largest difference \(largestDifference)"
    return ([summary] + failures.prefix(10).map { "  \($0)" }).joined(separator: "\n")
  }
}

/// Compares the derivatives of a function with central finite differences, in `f64`.
///
/// The floating-point tensors of the point are varied element by element; a result that is not a
/// scalar is multiplied by fixed random numbers and summed. Works for any function of tensors, and
/// so for layers, losses and derivative rules of your own:
///
///     let check = try checkGradients(at: x, order: 2) { softplus($0) }
///     precondition(check.passes, "\(check)")
///
/// Choose points away from kinks, where a derivative and a finite difference are not the same, and
/// functions whose numbers are near 1.
///
/// - Parameters:
///   - point: Where to differentiate; floating-point tensors are converted to `f64`.
///   - order: The highest order of derivatives; 2 also checks the derivatives of the gradient, along
///     a random direction.
///   - limit: How many elements of each tensor are compared; if there are more, they are drawn at
///     random.
///   - step: Half the distance of the two points of a finite difference.
///   - relative: The tolerance relative to the finite difference.
///   - absolute: The tolerance that is added to it.
///   - key: Where random numbers come from.
/// - Throws: The ``OperationError`` of an invalid result.
public func checkGradients<Tree: TensorTree>(
  at point: Tree, order: Int = 1, limit: Int = 64, step: Double = 1e-5, relative: Double = 1e-5,
  absolute: Double = 1e-7, key: RandomKey = RandomKey(seed: 0), of function: (Tree) -> Tensor
) throws(OperationError) -> GradientCheck {
  let point = point.mapTensors {
    $0.elementType.isFloatingPoint ? $0.cast(to: .float64) : $0
  }
  let result = try function(point).validated()
  guard result.elementType.isFloatingPoint else {
    throw OperationError(
      operation: "checkGradients", rule: "a function whose result is floating-point",
      got: "a result of type \(result.type)")
  }
  let keys = key.split(3)
  let weights = keys[0].uniform(result.shape, from: 0.5, to: 1.5, elementType: .float64)
  var check = GradientCheck()
  let comparison = GradientComparison(
    limit: limit, step: step, relative: relative, absolute: absolute)
  try comparison.run(
    at: point, order: 1, of: order, key: keys[1], into: &check
  ) { (function($0).cast(to: .float64) * weights).sum() }
  check.failures.sort { $0.difference > $1.difference }
  return check
}

extension GradientCheck.Element {
  /// The difference relative to 1 plus the size of the finite difference; infinite if one of both
  /// is not a number.
  fileprivate var difference: Double {
    let difference = Swift.abs(derivative - finiteDifference) / (1 + Swift.abs(finiteDifference))
    return difference.isNaN ? .infinity : difference
  }
}

private struct GradientComparison {
  var limit: Int
  var step: Double
  var relative: Double
  var absolute: Double

  /// Compares the derivatives of a scalar function, and those of its slope along a direction.
  func run<Tree: TensorTree>(
    at point: Tree, order: Int, of orders: Int, key: RandomKey, into check: inout GradientCheck,
    _ function: (Tree) -> Tensor
  ) throws(OperationError) {
    let gradients = gradient(at: point, of: function).tensors
    let tensors = point.tensors
    let keys = key.split(tensors.count + 2)
    for (number, tensor) in tensors.enumerated() where tensor.elementType.isFloatingPoint {
      let derivatives = try gradients[number].validated().scalars(as: Double.self)
      for position in positions(tensor.count, keys[number]) {
        func value(_ distance: Double) throws(OperationError) -> Double {
          var elements = tensor.scalars(as: Double.self)
          elements[position] += distance
          var varied = tensors
          varied[number] = Tensor(elements, shape: tensor.shape)
          return try function(point.replacingTensors(with: varied)).validated()
            .scalar(as: Double.self)
        }
        let element = GradientCheck.Element(
          order: order, tensor: number, index: tensor.shape.index(of: position),
          derivative: derivatives[position],
          finiteDifference: (try value(step) - value(-step)) / (2 * step))
        check.count += 1
        check.largestDifference = Swift.max(check.largestDifference, element.difference)
        let difference = Swift.abs(element.derivative - element.finiteDifference)
        if !(difference <= absolute + relative * Swift.abs(element.finiteDifference)) {
          check.failures.append(element)
        }
      }
    }
    guard order < orders else { return }
    let directionKeys = keys[tensors.count].split(tensors.count)
    let directions = tensors.indices.map { index in
      directionKeys[index].uniform(
        tensors[index].shape, from: -1, to: 1, elementType: .float64)
    }
    try run(
      at: point, order: order + 1, of: orders, key: keys[tensors.count + 1], into: &check
    ) { point in
      let slopes = zip(gradient(at: point, of: function).tensors, directions)
      return slopes.reduce(Tensor(0.0)) { sum, pair in
        pair.0.elementType.isFloatingPoint ? sum + (pair.0 * pair.1).sum() : sum
      }
    }
  }

  /// All positions, or as many different ones as are compared.
  private func positions(_ count: Int, _ key: RandomKey) -> [Int] {
    guard count > limit else { return Array(0 ..< count) }
    let drawn = key.integers([limit], in: 0 ..< count).scalars(as: Int32.self).map { Int($0) }
    return Set(drawn).sorted()
  }
}

extension Shape {
  /// The index of each axis of an element, from its position in row-major order.
  fileprivate func index(of position: Int) -> [Int] {
    var rest = position
    var index = [Int](repeating: 0, count: rank)
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      index[axis] = rest % sizes[axis]
      rest /= sizes[axis]
    }
    return index
  }
}
