import Foundation
import RanvierTensors
import TestSupport
import Testing

/// A primitive of the catalog, named in failures.
struct PrimitiveRow: Sendable, CustomTestStringConvertible {
  let type: any Primitive.Type
  var testDescription: String { "\(type)" }

  static let all = PrimitiveCatalog.all.map { PrimitiveRow(type: $0) }
}

@Suite struct PrimitiveCatalogTests {
  @Test func `the catalog lists every primitive that has a file`() throws {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/RanvierTensors/Primitives")
    let files = try #require(FileManager.default.enumerator(atPath: folder.path))
    let listed = Set(PrimitiveCatalog.all.map { "\($0)" })
    var declared: Set<String> = []
    for case let path as String in files where path.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      let pattern =
        /package struct (\w+): (?:\w*Primitive)\b/
      declared.formUnion(text.matches(of: pattern).map { String($0.output.1) })
    }
    #expect(declared.count > 60)
    #expect(declared == listed)
  }

  @Test func `names are unique`() {
    let names = PrimitiveCatalog.all.flatMap { type in
      Set(type.samples.map { $0.primitive.name })
    }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: PrimitiveRow.all)
  func `has samples of itself`(_ row: PrimitiveRow) {
    #expect(!row.type.samples.isEmpty)
    for sample in row.type.samples { #expect(Swift.type(of: sample.primitive) == row.type) }
  }

  @Test(arguments: PrimitiveRow.all)
  func `kernels equal the reference in double precision`(_ row: PrimitiveRow) {
    for (index, sample) in row.type.samples.enumerated() {
      expectMatchesReference(sample, seed: testSeed &+ UInt64(index))
    }
  }

  @Test(arguments: PrimitiveRow.all)
  func `kernels equal the reference in every type they are defined for`(_ row: PrimitiveRow) {
    for type in ElementType.allCases where type != .float64 {
      for sample in row.type.samples
      where sample.operands.contains(where: { $0.type.elementType == .float64 }) {
        expectMatchesReference(sample, as: type)
      }
    }
  }

  @Test(.tags(.gradient), arguments: PrimitiveRow.all)
  func `derivatives agree with finite differences to second order`(_ row: PrimitiveRow) {
    for sample in row.type.samples where sample.isDifferentiable {
      var generator = TestGenerator(salt: "\(sample)")
      let operands = sample.operands.map { Tensor($0, using: &generator) }
      let varied = operands.indices.filter { operands[$0].elementType.isFloatingPoint }
      expectGradientsMatch(at: varied.map { operands[$0] }, "\(sample)") { point in
        var arguments = operands
        for (index, tensor) in zip(varied, point) { arguments[index] = tensor }
        let results = applyAll(sample.primitive, arguments).filter {
          $0.error != nil || $0.elementType.isFloatingPoint
        }
        return Tensor(concatenating: results.map { $0.flattened() })
      }
    }
  }

  @Test(arguments: PrimitiveRow.all)
  func `a batch gives what its examples give one by one`(_ row: PrimitiveRow) {
    for sample in row.type.samples where !sample.operands.isEmpty {
      expectVectorizedMatches(sample)
    }
  }

  @Test(arguments: PrimitiveRow.all)
  func `primitives equal themselves and print one line`(_ row: PrimitiveRow) {
    for sample in row.type.samples {
      #expect(sample.primitive.isEqual(to: sample.primitive))
      #expect(!sample.primitive.description.contains("\n"))
      #expect(sample.primitive.description.hasPrefix(sample.primitive.name))
    }
  }
}
