package import RanvierTensors
package import Testing

/// Expects a primitive's rule for batches to give what it gives for each example, for every choice
/// of operands that carry the examples.
package func expectVectorizedMatches(
  _ sample: PrimitiveSample, size: Int = 3, seed: UInt64 = testSeed,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  var generator = TestGenerator(seed: seed, salt: "\(sample) vectorized")
  let count = sample.operands.count
  for choice in 1 ..< 1 << count {
    let isBatched = (0 ..< count).map { choice & 1 << $0 != 0 }
    let operands = sample.operands.indices.map { index in
      var operand = sample.operands[index]
      if isBatched[index] { operand.type.shape.sizes.insert(size, at: 0) }
      return Tensor(operand, using: &generator)
    }
    let batch = BatchedApplication(operands: operands, isBatched: isBatched, size: size)
    let note = "\(sample), batched \(isBatched), \(seedNote(seed))"
    let results = sample.primitive.vectorized(batch)
    let expected = batch.oneByOne(sample.primitive)
    #expect(results.count == expected.count, "\(note)", sourceLocation: sourceLocation)
    for (result, reference) in zip(results, expected) {
      if let error = result.error ?? reference.error {
        Issue.record("\(note): \(error)", sourceLocation: sourceLocation)
        continue
      }
      #expect(result.type == reference.type, "\(note)", sourceLocation: sourceLocation)
      expectClose(
        result, reference, relative: 1e-10, absolute: 1e-10, note, sourceLocation: sourceLocation)
    }
  }
}

extension BatchedApplication {
  /// The results for each example computed one after the other.
  package func oneByOne(_ primitive: some Primitive) -> [Tensor] {
    let results = (0 ..< size).map { example in
      applyAll(
        primitive, operands.indices.map { isBatched[$0] ? operands[$0][example] : operands[$0] })
    }
    return (0 ..< primitive.resultCount).map { index in
      Tensor(stacking: results.map { $0[index] })
    }
  }
}
