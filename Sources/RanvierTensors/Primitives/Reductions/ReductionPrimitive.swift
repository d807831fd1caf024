internal import CKernels

/// A primitive that combines the elements along some axes; the axes disappear.
package protocol ReductionPrimitive: Primitive {
  /// The axes that are combined, in increasing order.
  var axes: [Int] { get }

  init(axes: [Int])

  /// The operation in the C kernels' numbering.
  var reductionCode: UInt32 { get }

  /// Whether operands must be of type bool (`any`, `all`) or must not.
  var reducesBool: Bool { get }

  /// Whether operands may be integers.
  var reducesIntegers: Bool { get }

  /// Whether the result for one element is that element.
  var keepsSingleElements: Bool { get }

  /// What the elements are combined with, in double precision: what there is so far, and an element.
  func combine(_ first: Double, _ second: Double) -> Double

  /// The result, given the combination of all elements.
  func result(_ combined: Double) -> Double

  /// The result for no elements.
  func identity(_ type: ElementType) -> Double
}

extension ReductionPrimitive {
  package var description: String { "\(name) \(axes)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let operand = operands[0]
    guard axes == Array(Set(axes)).sorted(),
      axes.allSatisfy({ (0 ..< operand.shape.rank).contains($0) })
    else {
      throw OperationError(
        operation: spelling, rule: "different axes of the tensor",
        got: "\(axes) for shape \(operand.shape)")
    }
    guard (operand.elementType == .bool) == reducesBool else {
      throw OperationError(
        operation: spelling,
        rule: reducesBool ? "elements of type bool" : "elements that are numbers",
        got: "\(operand)", hint: "convert with cast(to:)")
    }
    guard reducesIntegers || !operand.elementType.isInteger else {
      throw OperationError(
        operation: spelling, rule: "floating-point elements", got: "\(operand)",
        hint: "convert with cast(to:)")
    }
    let kept = (0 ..< operand.shape.rank).filter { !axes.contains($0) }
    return [TensorType(operand.elementType, Shape(kept.map { operand.shape[$0] }))]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Self(axes: axes.map { $0 + 1 }), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let operand = operands[0]
    var result = ReferenceArray(resultTypes[0]) { _ in identity(operand.type.elementType) }
    for index in operand.shape.indices {
      let target = index.indices.filter { !axes.contains($0) }.map { index[$0] }
      result[target] = combine(result[target], operand[index])
    }
    result.elements = result.elements.map(self.result)
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let passes = passes(over: operands[0].shape)
    let type = operands[0].elementType
    let code = ck_reduction(reductionCode)
    if passes.isEmpty {
      let byteCount = operands[0].byteCount
      return Kernel("copy", inPlacePairs: [.init(operand: 0, result: 0)]) { arguments in
        if arguments[0] != arguments[1] {
          arguments[1].copyMemory(from: arguments[0], byteCount: byteCount)
        }
      }
    }
    // Passes hand their results on through two halves of the scratch memory.
    let largest = passes.dropLast().map { $0.outer * $0.inner }.max() ?? 0
    let half = (largest * type.byteCount + 63) & ~63
    return Kernel("reduction", scratchBytes: 2 * half) { arguments in
      var source = arguments[0]
      for (index, pass) in passes.enumerated() {
        let target =
          index == passes.count - 1 ? arguments[1] : arguments[2] + (index % 2) * half
        ck_reduce(code, type.ckType, target, source, pass.outer, pass.reduced, pass.inner)
        source = target
      }
    }
  }
}

extension ReductionPrimitive {
  /// What makes the result, one after the other; nothing where it is the operand.
  private func passes(over shape: Shape) -> [ReductionPass] {
    let passes = ReductionPass.passes(over: shape, axes: axes)
    return passes.isEmpty && !keepsSingleElements
      ? [ReductionPass(outer: shape.count, reduced: 1, inner: 1)] : passes
  }
}

/// One reduction of the middle of [outer, reduced, inner].
package struct ReductionPass {
  package var outer: Int
  package var reduced: Int
  package var inner: Int

  package init(outer: Int, reduced: Int, inner: Int) {
    self.outer = outer
    self.reduced = reduced
    self.inner = inner
  }

  /// The passes that reduce some axes of a shape: one for each run of neighbouring axes, innermost
  /// first.
  package static func passes(over shape: Shape, axes: [Int]) -> [ReductionPass] {
    var sizes = shape.sizes
    var passes: [ReductionPass] = []
    var remaining = axes
    while let last = remaining.popLast() {
      var first = last
      // Axes of size 1 between reduced ones do not interrupt a run.
      while let next = remaining.last, sizes[(next + 1) ..< first].allSatisfy({ $0 == 1 }) {
        first = next
        remaining.removeLast()
      }
      let outer = sizes[..<first].reduce(1, *)
      let reduced = sizes[first ... last].reduce(1, *)
      let inner = sizes[(last + 1)...].reduce(1, *)
      if reduced != 1 {
        passes.append(ReductionPass(outer: outer, reduced: reduced, inner: inner))
      }
      for axis in first ... last { sizes[axis] = 1 }
    }
    return passes
  }
}

extension ReductionPrimitive {
  package var reducesBool: Bool { false }
  package var reducesIntegers: Bool { true }
  package var keepsSingleElements: Bool { true }
  package func result(_ combined: Double) -> Double { combined }

  /// Samples that every reduction shares: one axis, several, all, none; odd and empty sizes.
  package static func commonSamples(_ values: PrimitiveSample.Values) -> [PrimitiveSample] {
    [
      PrimitiveSample(Self(axes: [1]), [.init([3, 4], values)]),
      PrimitiveSample(Self(axes: [0]), [.init([5, 3], values)]),
      PrimitiveSample(Self(axes: [0, 2]), [.init([2, 3, 4], values)]),
      PrimitiveSample(Self(axes: [0, 1, 2]), [.init([2, 3, 2], values)]),
      PrimitiveSample(Self(axes: []), [.init([2, 3], values)]),
      PrimitiveSample(Self(axes: [1]), [.init([0, 3], values)]),
      PrimitiveSample(Self(axes: [0, 1]), [.init([1, 7], values)]),
    ]
  }

  /// A tensor of the result's shape with the reduced axes put back as size 1.
  func restoringAxes(_ x: Tensor, of shape: Shape) -> Tensor {
    var sizes = shape.sizes
    for axis in axes { sizes[axis] = 1 }
    return x.reshaped(to: Shape(sizes))
  }
}

extension Tensor {
  /// Applies a reduction along axes (all by default), keeping them as size 1 if asked.
  func reduced<Reduction: ReductionPrimitive>(
    by reduction: Reduction.Type, alongAxes axes: [Int]?, keepingAxes: Bool, spelling: String
  ) -> Tensor {
    do {
      let positions = try normalizedAxes(axes ?? Array(0 ..< rank), operation: spelling).sorted()
      let primitive = Reduction(axes: positions)
      let result: Tensor = apply(primitive, [self])
      return keepingAxes && result.error == nil
        ? primitive.restoringAxes(result, of: shape) : result
    } catch {
      return Tensor(invalid: error)
    }
  }
}

extension ElementType {
  /// The lowest value: minus infinity for floating-point types.
  package var lowestValue: Double {
    switch self {
    case .bool, .uint8, .uint16, .uint32, .uint64: 0
    case .int8: Double(Int8.min)
    case .int16: Double(Int16.min)
    case .int32: Double(Int32.min)
    case .int64: Double(Int64.min)
    case .float16, .bfloat16, .float32, .float64: -.infinity
    }
  }

  /// The highest value: infinity for floating-point types.
  package var highestValue: Double {
    switch self {
    case .bool: 1
    case .int8: Double(Int8.max)
    case .int16: Double(Int16.max)
    case .int32: Double(Int32.max)
    case .int64: Double(Int64.max)
    case .uint8: Double(UInt8.max)
    case .uint16: Double(UInt16.max)
    case .uint32: Double(UInt32.max)
    case .uint64: Double(UInt64.max)
    case .float16, .bfloat16, .float32, .float64: .infinity
    }
  }

  /// The smallest positive number; 1 for integers.
  package var leastPositiveValue: Double {
    switch self {
    case .float16: 0x1p-24
    case .bfloat16: 0x1p-133
    case .float32: 0x1p-149
    case .float64: .leastNonzeroMagnitude
    default: 1
    }
  }

  /// The smallest positive number that has all digits; 1 for integers.
  package var leastNormalValue: Double {
    switch self {
    case .float16: 0x1p-14
    case .bfloat16, .float32: 0x1p-126
    case .float64: .leastNormalMagnitude
    default: 1
    }
  }
}
