import Foundation
import Ranvier
import Testing

/// The steps of the guide to a network from scratch, which are in the files of the folder of the
/// same name, and the comparison of their code with the guide's.
@Suite(.serialized) struct FullyConnectedFromScratchTests {
  @TaskLocal private static var lines: PrintedLines?

  /// Prints as Swift does, into what is compared with the guide.
  static func print(_ items: Any...) {
    lines?.append(items.map { "\($0)" }.joined(separator: " "))
  }

  /// Runs a step and expects it to print what the guide shows.
  static func step(_ number: Int, _ body: () throws -> Void) throws {
    let section = try #require(try GuidePage().sections.first { $0.number == number })
    let lines = PrintedLines()
    try $lines.withValue(lines) { try body() }
    lines.expectAgreement(with: section.printed, "\(number). \(section.title)")
  }

  @Test func `the guide has 32 steps in order`() throws {
    let sections = try GuidePage().sections
    #expect(sections.map(\.number) == Array(1 ... 32))
    #expect(sections.allSatisfy { !$0.code.isEmpty })
    #expect(sections.filter { $0.printed.isEmpty }.map(\.number) == [1])
  }

  @Test func `all code of the guide is in the steps, in the same order`() throws {
    var remaining = try GuidePage.steps()[...]
    for section in try GuidePage().sections {
      for block in section.code {
        let start = remaining.indices.first { remaining[$0...].starts(with: block) }
        let text = block.joined(separator: "\n")
        let found = try #require(start, "\(section.number). \(section.title): \(text)")
        remaining = remaining[(found + block.count)...]
      }
    }
  }

  @Test func `the steps need one import`() throws {
    let imports = try GuidePage.steps().filter { $0.contains("import ") }
    #expect(Set(imports) == ["import Ranvier", "import Testing"])
  }
}
