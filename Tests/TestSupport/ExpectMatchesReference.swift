package import RanvierTensors
package import Testing

/// Draws a sample's operands and expects the kernel's results to equal the reference evaluation in
/// types, shapes and elements.
///
/// - Parameter elementType: Replaces `f64` operands' type if given; a primitive that is not defined
///   for it is skipped.
/// - Returns: Whether the primitive is defined for the type.
@discardableResult
package func expectMatchesReference(
  _ sample: PrimitiveSample, as elementType: ElementType? = nil, seed: UInt64 = testSeed,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Bool {
  var sample = sample
  if let elementType { sample = sample.retyped(as: elementType) }
  var generator = TestGenerator(seed: seed, salt: "\(sample)")
  let operands = sample.operands.map { Tensor($0, using: &generator) }
  let types: [TensorType]
  do {
    types = try sample.primitive.resultTypes(of: operands.map(\.type))
  } catch {
    if elementType == nil {
      Issue.record("\(sample): \(error)", sourceLocation: sourceLocation)
    }
    return false
  }
  let results = applyAll(sample.primitive, operands)
  let expected = sample.primitive.evaluate(operands.map { ReferenceArray($0) }, types)
  #expect(
    results.count == sample.primitive.resultCount, "\(sample)", sourceLocation: sourceLocation)
  for (index, (result, reference)) in zip(results, expected).enumerated() {
    let note = "\(sample) result \(index), \(seedNote(seed))"
    #expect(result.type == types[index], "\(note)", sourceLocation: sourceLocation)
    #expect(reference.elements.count == result.count, "\(note)", sourceLocation: sourceLocation)
    let tolerance = result.elementType.tolerance
    let wanted =
      result.elementType.isInteger
      ? reference.elements.map { result.elementType.wrapped($0) } : reference.elements
    expectClose(
      result, Tensor(wanted, shape: reference.shape), relative: tolerance, absolute: tolerance,
      note, sourceLocation: sourceLocation)
  }
  return true
}

extension PrimitiveSample {
  /// The same sample with `f64` operands of another type; whole numbers where that is an integer
  /// type.
  package func retyped(as elementType: ElementType) -> PrimitiveSample {
    var sample = self
    for index in operands.indices where operands[index].type.elementType == .float64 {
      sample.operands[index].type.elementType = elementType
      if elementType == .bool {
        sample.operands[index].values = .integers(0, 1)
      } else if elementType.isInteger {
        sample.operands[index].values = .integers(elementType.isSignedInteger ? -9 : 0, 9)
      }
    }
    return sample
  }
}

extension ElementType {
  /// How far a kernel may be from the reference, absolutely and relatively.
  fileprivate var tolerance: Double {
    switch self {
    case .float64: 1e-12
    case .float32: 2e-5
    case .float16: 5e-3
    case .bfloat16: 4e-2
    default: 0
    }
  }
}
