import Foundation
import RanvierTensors
import TestSupport
import Testing

/// The guide to element types says what the code does: its tables are read and tried out.
@Suite struct ElementTypesGuideTests {
  /// The rows of a table of the guide, as cells without marks, found by a cell of its header.
  private func table(withHeader header: String) throws -> [[String]] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Docs/Guides/ElementTypes.md")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("|") && $0.contains(header) })
    return lines[start...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
    }
  }

  private let types = Dictionary(
    uniqueKeysWithValues: ElementType.allCases.map { ($0.abbreviation, $0) })

  @Test func `two tensors are combined in the type of the table`() throws {
    let rows = try table(withHeader: "| `bool` | `i8` |")
    let columns = try rows[0].dropFirst().map { try #require(types[$0]) }
    #expect(columns == ElementType.allCases)
    #expect(rows.count == 15)
    for row in rows.dropFirst(2) {
      let first = try #require(types[row[0]])
      #expect(row.count == 14)
      for (second, cell) in zip(columns, row.dropFirst()) {
        let expected = try #require(types[cell])
        #expect(ElementType.promoted(first, second) == expected, "\(first) and \(second)")
        let (a, b) = (Tensor(1, elementType: first), Tensor(1, elementType: second))
        if expected == .bool {
          #expect((a + b).error != nil)
          #expect(bitwiseAnd(a, b).elementType == expected)
        } else {
          #expect((a + b).elementType == expected, "\(first) + \(second)")
          #expect((a + b).scalar(as: Int.self) == 2, "\(first) + \(second)")
        }
        #expect(select(Tensor(true), a, b).elementType == expected, "\(first) and \(second)")
      }
    }
    #expect(Set(rows.dropFirst(2).map { $0[0] }).count == 13)
  }

  @Test func `numbers adapt to the tensor as in the table`() throws {
    let rows = try table(withHeader: "with `Int`").dropFirst(2)
    #expect(rows.map { types[$0[0]] } == ElementType.allCases)
    for row in rows {
      let x = Tensor(1, elementType: try #require(types[row[0]]))
      #expect((x + 2).elementType == types[row[1]], "\(row)")
      #expect((2 * x).elementType == types[row[1]], "\(row)")
      #expect((x + 2.5).elementType == types[row[2]], "\(row)")
      #expect((Float(2.5) * x).elementType == types[row[2]], "\(row)")
    }
  }

  @Test func `types are of the kind that the guide says`() throws {
    let rows = try table(withHeader: "| Kind |").dropFirst(2)
    let kinds = rows.map { row in
      row[1].components(separatedBy: ", ").map { $0.trimmingCharacters(in: ["`"]) }
    }
    #expect(kinds[0] == ["bool"])
    #expect(kinds[1] == ElementType.allCases.filter(\.isSignedInteger).map(\.abbreviation))
    #expect(
      kinds[2]
        == ElementType.allCases.filter { $0.isInteger && !$0.isSignedInteger }.map(\.abbreviation))
    #expect(kinds[3] == ElementType.allCases.filter(\.isFloatingPoint).map(\.abbreviation))
  }

  @Test func `integers and other results are as the guide says`() {
    let (whole, flags) = (Tensor([7, -7]), Tensor([true, true]))
    #expect(whole / 2 == Tensor([3, -3]))
    #expect(floorDivide(whole, 2) == Tensor([3, -4]))
    #expect(remainder(whole, 2) == Tensor([1, -1]))
    #expect(floorModulo(whole, 2) == Tensor([1, 1]))
    #expect(exp(whole).error?.hint == "convert with cast(to:)")
    #expect((Tensor([UInt8(1)]) + 256).scalars(as: Int.self) == [1])
    #expect(Tensor(2.5).elementType == .float64 && Tensor(3).elementType == .int64)
    let counts = [
      flags.sum(), flags.product(), flags.cumulativeSum(), flags.cumulativeProduct(),
      whole.argmax(), whole.argmin(),
    ]
    #expect(counts.allSatisfy { $0.elementType == .int32 })
    let truths = [equal(whole, 1), isFinite(whole), isNaN(whole), isInfinite(whole), flags.all()]
    #expect(truths.allSatisfy { $0.elementType == .bool })
    let averages = [whole.mean(), whole.variance(), whole.standardDeviation()]
    #expect(averages.allSatisfy { $0.elementType == .float32 })
  }
}
