import Foundation
import Testing

/// Everything that the guide says one writes here is written in the tests of this folder, which run
/// it and check its value.
@Suite struct FromNumPyAndPyTorchTests {
  /// Text without white space, since code in tests is broken into lines.
  private func dense(_ text: some StringProtocol) -> String {
    String(text.filter { !$0.isWhitespace })
  }

  /// The code of the tests in this folder, without comments.
  private func code() throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix("RowTests.swift") }
    #expect(files.count == 4)
    return try files.map { file in
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      return dense(
        text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined())
    }.joined(separator: "\n")
  }

  /// The cells of the last column of the guide's tables that hold Ranvier's code.
  private func cells() throws -> [String] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Docs/Guides/FromNumPyAndPyTorch.md")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let rows = lines.filter { $0.hasPrefix("|") && !$0.hasPrefix("|---") }
    let columns = rows.map { row in
      row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let headers = columns.filter { $0.last == "Ranvier" }
    #expect(headers.count == 13)
    #expect(columns.allSatisfy { $0.count == 3 || $0.count == 2 })
    return columns.compactMap(\.last).filter { $0 != "Ranvier" }
  }

  @Test func `every spelling of the guide is run by a test`() throws {
    let code = try code()
    let cells = try cells()
    #expect(cells.count > 150)
    for cell in cells {
      // Code stands between backticks, which separates it from what stands between pieces of code.
      let parts = cell.components(separatedBy: "`")
      #expect(parts.count % 2 == 1 && parts.count > 1, "\(cell)")
      for (position, part) in parts.enumerated() {
        if position % 2 == 0 {
          #expect(["", ", "].contains(part), "\(cell)")
        } else {
          #expect(code.contains(dense(part)), "\(part)")
        }
      }
    }
  }
}
