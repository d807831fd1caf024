extension RandomKey {
  /// Uniformly distributed 32-bit words.
  public func bits(_ shape: Shape) -> Tensor { apply(RandomBits(shape: shape), [words]) }

  /// Uniformly distributed numbers of `low ..< high`.
  ///
  /// Numbers are multiples of 2^-23 of the interval, as in JAX.
  public func uniform(
    _ shape: Shape, from low: Double = 0, to high: Double = 1, elementType: ElementType = .float32
  ) -> Tensor {
    if let invalid = RandomKey.wrongType("uniform", elementType, shape) { return invalid }
    guard low <= high, low.isFinite, high.isFinite else {
      return Tensor(
        invalid: OperationError(
          operation: "uniform", rule: "finite ends, the lower one first",
          got: "\(low) to \(high) for shape \(shape)"))
    }
    // The upper 23 bits, scaled by a power of two: exact in every type but the 16-bit ones, which
    // round.
    let fraction = (bits(shape) / (1 << 9)).cast(to: .float32) * 0x1p-23
    let unit = elementType == .float64 ? uniform53(shape) : fraction.cast(to: elementType)
    let spread = high - low
    let numbers = low == 0 && spread == 1 ? unit : maximum(unit * spread + low, low)
    return numbers.spelled("uniform", words)
  }

  /// The error for random numbers of a type that has no fractions.
  static func wrongType(_ spelling: String, _ type: ElementType, _ shape: Shape) -> Tensor? {
    guard !type.isFloatingPoint else { return nil }
    return Tensor(
      invalid: OperationError(
        operation: spelling, rule: "a floating-point type", got: "\(TensorType(type, shape))",
        hint: "use integers(_:in:) for whole numbers"))
  }

  /// 53 random bits as a fraction, from two words.
  private func uniform53(_ shape: Shape) -> Tensor {
    let keys = split(2)
    let upper = (keys[0].bits(shape) / (1 << 5)).cast(to: .float64)
    let lower = (keys[1].bits(shape) / (1 << 6)).cast(to: .float64)
    return (upper * 0x1p26 + lower) * 0x1p-53
  }

  /// Normally distributed numbers.
  public func normal(
    _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1,
    elementType: ElementType = .float32
  ) -> Tensor {
    if let invalid = RandomKey.wrongType("normal", elementType, shape) { return invalid }
    // The lower end is the number above -1, so that the inverse error function stays finite.
    let type = elementType == .float64 ? elementType : .float32
    let low = type == .float64 ? (-1.0).nextUp : Double(Float(-1).nextUp)
    let standard = erfinv(uniform(shape, from: low, to: 1, elementType: type)) * 2.0.squareRoot()
    let scaled = standardDeviation == 1 ? standard : standard * standardDeviation
    return (mean == 0 ? scaled : scaled + mean).cast(to: elementType).spelled("normal", words)
  }

  /// Normally distributed numbers within an interval, in units of the standard deviation around 0.
  ///
  /// An interval far from 0 has few different numbers in `f32`, where the distribution function is
  /// close to 1: beyond 4, take `f64`.
  public func truncatedNormal(
    _ shape: Shape, from low: Double = -2, to high: Double = 2, elementType: ElementType = .float32
  ) -> Tensor {
    let spelling = "truncatedNormal(_:from:to:)"
    if let invalid = RandomKey.wrongType(spelling, elementType, shape) { return invalid }
    guard low < high else {
      return Tensor(
        invalid: OperationError(
          operation: spelling, rule: "a lower end below the upper one",
          got: "\(low) to \(high) for shape \(shape)"))
    }
    let type = elementType == .float64 ? elementType : .float32
    let root = 2.0.squareRoot()
    let ends = erf(Tensor([low / root, high / root])).scalars(as: Double.self)
    let sample = erfinv(uniform(shape, from: ends[0], to: ends[1], elementType: type)) * root
    // Rounding must not leave the open interval.
    let inside =
      type == .float64
      ? (low.nextUp, high.nextDown)
      : (Double(Float(low).nextUp), Double(Float(high).nextDown))
    return clamp(sample, inside.0, inside.1).cast(to: elementType).spelled(spelling, words)
  }

  /// `true` with a probability.
  public func bernoulli(_ shape: Shape, probability: Double) -> Tensor {
    less(uniform(shape), probability).spelled("bernoulli(_:probability:)", words)
  }

  /// `true` with a probability of its own for each element.
  ///
  /// As in JAX, an element is true where a uniform number is less than its probability: never for 0
  /// or less and for not-a-number, always for 1 or more.
  ///
  /// - Parameters:
  ///   - probability: The probabilities.
  ///   - shape: The result's shape, to which the probabilities broadcast; by default theirs.
  public func bernoulli(probability: Tensor, shape: Shape? = nil) -> Tensor {
    if probability.error != nil { return probability }
    let shape = shape ?? probability.shape
    guard probability.elementType.isFloatingPoint,
      Shape.broadcast(probability.shape, shape) == shape
    else {
      return Tensor(
        invalid: OperationError(
          operation: "bernoulli(probability:shape:)",
          rule: "probabilities of a floating-point type that broadcast to the shape",
          got: "\(probability.type) for shape \(shape)"))
    }
    let type = probability.elementType == .float64 ? ElementType.float64 : .float32
    return less(uniform(shape, elementType: type), probability.cast(to: type))
      .spelled("bernoulli(probability:shape:)", words)
  }

  /// Exponentially distributed numbers of rate 1, whose mean is 1: `-log(1 - u)` of uniform u.
  ///
  /// In `f32`, numbers are at most 16, since u is a multiple of 2^-23.
  public func exponential(_ shape: Shape, elementType: ElementType = .float32) -> Tensor {
    if let invalid = RandomKey.wrongType("exponential", elementType, shape) { return invalid }
    let type = elementType == .float64 ? elementType : .float32
    return (-log1p(-uniform(shape, elementType: type)).cast(to: elementType))
      .spelled("exponential", words)
  }

  /// Whole numbers of a range (i32), all equally likely up to 2^-32 of the range's size.
  public func integers(_ shape: Shape, in range: Range<Int>) -> Tensor {
    let representable = Int(Int32.min) ... Int(Int32.max)
    guard let last = range.last, representable.contains(range.lowerBound),
      representable.contains(last)
    else {
      return Tensor(
        invalid: OperationError(
          operation: "integers(_:in:)", rule: "a range of 32-bit integers that is not empty",
          got: "\(range) for shape \(shape)"))
    }
    let fraction = bits(shape).cast(to: .float64) * 0x1p-32
    return (floor(fraction * Double(range.count)) + Double(range.lowerBound)).cast(to: .int32)
      .spelled("integers(_:in:)", words)
  }
}
