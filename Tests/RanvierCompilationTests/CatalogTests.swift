import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Every primitive of the catalog in a compiled function, on operands that are results themselves, so
/// that fusion and work in place take part, against the same computed at once.
@Suite struct CatalogTests {
  static let names = PrimitiveCatalog.all.map { "\($0)" }

  @Test(arguments: names)
  func `compiled primitives equal those computed at once`(_ name: String) throws {
    let type = try #require(PrimitiveCatalog.all.first { "\($0)" == name })
    for sample in type.samples.prefix(12) {
      var generator = TestGenerator(salt: "compiled \(sample)")
      let operands = sample.operands.map { Tensor($0, using: &generator) }
      let function = compile { (operands: [Tensor], nothing: Tensor) in
        let moved = operands.map { $0.elementType.isFloatingPoint ? $0 + nothing : $0 }
        let results = applyAll(sample.primitive, moved)
        return results
          + results.map { $0.elementType.isFloatingPoint ? $0 * (nothing + 2) : $0 }
      }
      let results = applyAll(sample.primitive, operands)
      let compiled = try function(operands, Tensor(0.0))
      let doubled = results.map { $0.elementType.isFloatingPoint ? $0 * 2 : $0 }
      for (index, (actual, expected)) in zip(compiled, results + doubled).enumerated() {
        #expect(actual.type.shape == expected.type.shape)
        expectClose(
          actual, expected, relative: 1e-6, absolute: 1e-9, "\(sample), result \(index)")
      }
    }
  }
}
