import Foundation
import Synchronization
import Testing

/// The guide's text, taken apart: what one writes, and what is printed.
struct GuidePage {
  /// A numbered section.
  struct Section {
    var number: Int
    var title: String
    /// Blocks of Swift code, as trimmed lines without empty ones.
    var code: [[String]] = []
    /// The lines of the blocks that show what is printed.
    var printed: [String] = []
  }

  private(set) var sections: [Section] = []

  /// The folder of the tests that read guides.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// Reads the guide next to the package's sources.
  init() throws {
    var file = GuidePage.folder
    for _ in 0 ..< 4 { file.deleteLastPathComponent() }
    file.append(path: "Docs/Guides/FullyConnectedFromScratch.md")
    var fence: String?
    for line in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        fence = fence == nil ? String(line.dropFirst(3)) : nil
        if fence == "swift" { sections[sections.count - 1].code.append([]) }
      } else if let fence {
        let text = GuidePage.trimmed(line)
        guard !text.isEmpty else { continue }
        let last = sections.count - 1
        if fence == "swift" {
          sections[last].code[sections[last].code.count - 1].append(text)
        } else {
          sections[last].printed.append(text)
        }
      } else if let heading = line.wholeMatch(of: /## (\d+)\. (.+)/) {
        let number = try #require(Int(heading.1))
        sections.append(Section(number: number, title: String(heading.2)))
      }
    }
    #expect(fence == nil, "the last block of the guide does not end")
  }

  /// The steps in the tests' files, as trimmed lines without empty ones.
  static func steps() throws -> [String] {
    try ["ForwardSteps", "BackwardSteps", "ChainSteps", "LibrarySteps", "ModuleSteps"].flatMap {
      let text = try String(contentsOf: folder.appending(path: $0 + ".swift"), encoding: .utf8)
      return text.components(separatedBy: "\n").map(trimmed).filter { !$0.isEmpty }
    }
  }

  /// A line of code without white space around it and without `static`, which members of the suite
  /// need and the guide's functions do not.
  private static func trimmed(_ line: String) -> String {
    line.trimmingCharacters(in: .whitespaces).replacing(/^static\s/, with: "")
  }
}

/// What a step prints.
final class PrintedLines: Sendable {
  private let lines = Mutex<[String]>([])

  func append(_ text: String) {
    lines.withLock { $0 += text.components(separatedBy: "\n") }
  }

  /// Expects the lines that the guide shows: the same words, and numbers that agree up to rounding.
  ///
  /// In lines that end in `ms`, times, only the words must agree.
  func expectAgreement(with expected: [String], _ section: String) {
    let actual = lines.withLock { $0 }
    #expect(actual.count == expected.count, "\(section): \(actual)")
    for (line, shown) in zip(actual, expected) {
      #expect(agrees(line, shown), "\(section) prints \(line), the guide says \(shown)")
    }
  }

  private func agrees(_ line: String, _ shown: String) -> Bool {
    let isTime = shown.hasSuffix("ms")
    let (words, shownWords) = (PrintedLines.words(line), PrintedLines.words(shown))
    guard words.count == shownWords.count else { return false }
    return zip(words, shownWords).allSatisfy { word, shown in
      guard let number = Double(word), let expected = Double(shown) else { return word == shown }
      return isTime || word == shown || abs(number - expected) <= 1e-3 * abs(expected) + 1e-5
    }
  }

  /// Numbers and what stands between them, without white space and brackets.
  private static func words(_ line: String) -> [String] {
    line.components(separatedBy: CharacterSet(charactersIn: " [](),")).filter { !$0.isEmpty }
  }
}
