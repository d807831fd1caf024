import RanvierTensors
import TestSupport
import Testing

/// A case of the golden file `primitives`.
struct GoldenPrimitiveRow: Sendable, CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }

  static let file = Result { try Golden("primitives") }
  static let all = (try? file.get())?.cases.map { GoldenPrimitiveRow(name: $0) } ?? []
}

/// Every primitive against values and gradients that JAX computed in double precision.
@Suite struct PrimitiveGoldenTests {
  @Test func `every primitive of the catalog has golden values`() throws {
    let golden = try GoldenPrimitiveRow.file.get()
    var covered: Set<String> = []
    for name in golden.cases {
      let primitive = try golden.options(name, as: GoldenPrimitive.self).primitive()
      covered.insert("\(type(of: primitive))")
    }
    #expect(Set(PrimitiveCatalog.all.map { "\($0)" }).subtracting(covered) == [])
    #expect(golden.cases.count > 200)
  }

  @Test(arguments: GoldenPrimitiveRow.all)
  func `values equal JAX's`(_ row: GoldenPrimitiveRow) throws {
    let golden = try GoldenPrimitiveRow.file.get()
    let primitive = try golden.options(row.name, as: GoldenPrimitive.self).primitive()
    let tensors = golden.tensors(row.name)
    let results = applyAll(primitive, tensors.numbered("operand"))
    let expected = tensors.numbered("result")
    #expect(results.count == expected.count)
    for (result, value) in zip(results, expected) {
      #expect(result.type == value.type)
      expectClose(result, value, relative: 2e-13, absolute: 1e-14, row.name)
    }
  }

  @Test(.tags(.gradient), arguments: GoldenPrimitiveRow.all)
  func `gradients equal JAX's`(_ row: GoldenPrimitiveRow) throws {
    let golden = try GoldenPrimitiveRow.file.get()
    let primitive = try golden.options(row.name, as: GoldenPrimitive.self).primitive()
    let tensors = golden.tensors(row.name)
    let operands = tensors.numbered("operand")
    let varied = operands.indices.filter { tensors.isThere("gradient\($0)") }
    guard !varied.isEmpty else { return }
    let gradients = gradient(at: varied.map { operands[$0] }) { point in
      var arguments = operands
      for (index, tensor) in zip(varied, point) { arguments[index] = tensor }
      let results = applyAll(primitive, arguments)
      return results.indices.filter { tensors.isThere("cotangent\($0)") }
        .reduce(Tensor(0.0)) { $0 + (results[$1] * tensors["cotangent\($1)"]).sum() }
    }
    for (index, result) in zip(varied, gradients) {
      let value = tensors["gradient\(index)"]
      #expect(result.type == value.type)
      expectClose(
        result, value, relative: 1e-12, absolute: 1e-13, "\(row.name), operand \(index)")
    }
  }
}

extension Parameters {
  /// Whether there is a tensor of a name.
  fileprivate func isThere(_ name: String) -> Bool { paths.contains(name) }

  /// The tensors whose names are a word and a number, in the order of the numbers.
  fileprivate func numbered(_ word: String) -> [Tensor] {
    (0 ..< count).map { "\(word)\($0)" }.filter { isThere($0) }.map { self[$0] }
  }
}
