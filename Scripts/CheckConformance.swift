// Checks the tables of functions that other libraries have: that no function is missing, that what
// is said to take its place is public, and that the tests named beside it exist and mention it.
//
// Arguments: the Markdown file with the tables, and the file with the names that they must have. Run
// from the package's root; prints what is wrong and exits with 1 if anything is.

import Foundation

var problems: [String] = []

@MainActor func text(of path: String) -> String {
  guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
    problems.append("\(path): cannot be read")
    return ""
  }
  return text
}

func swiftFiles(in folder: String) -> [String] {
  let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  return files.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
}

/// The first group of every match.
func matches(_ pattern: String, in text: String) -> [String] {
  guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
  let whole = NSRange(text.startIndex..., in: text)
  return expression.matches(in: text, range: whole).compactMap {
    Range($0.range(at: 1), in: text).map { String(text[$0]) }
  }
}

/// What is public: free functions by name, and members as `Type.member`.
@MainActor func publicNames() -> Set<String> {
  var names: Set<String> = []
  for file in swiftFiles(in: "Sources") {
    let text = text(of: file)
    names.formUnion(matches(#"(?m)^public func (\w+)"#, in: text))
    let types = Set(
      matches(
        #"(?m)^(?:(?:public|package|private|fileprivate) )?(?:final )?(?:struct|enum|class|extension|protocol) (\w+)"#,
        in: text))
    let members =
      matches(#"(?m)^  +public (?:static )?(?:func|let|var) (\w+)"#, in: text)
      + matches(#"(?m)^  case (\w+)"#, in: text)
    for type in types { names.formUnion(members.map { "\(type).\($0)" }) }
  }
  return names
}

/// A row of one of the tables.
struct Row {
  var function: String
  var spellings: [String]
  var tests: [String]
  /// The cells' texts.
  var cells: [String]
}

/// The rows of each section's table, by the section's heading.
@MainActor func tables(in text: String) -> [String: [Row]] {
  var tables: [String: [Row]] = [:]
  var heading = ""
  var line = 0
  for content in text.split(separator: "\n", omittingEmptySubsequences: false) {
    line += 1
    if content.hasPrefix("## ") { heading = String(content.dropFirst(3)) }
    guard content.hasPrefix("|"), !content.hasPrefix("|---"), !content.hasPrefix("| Function"),
      !content.hasPrefix("| Defect |")
    else { continue }
    let cells = content.split(separator: "|", omittingEmptySubsequences: false)
      .dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 3, cells.allSatisfy({ !$0.isEmpty }) else {
      problems.append("line \(line): three cells that are not empty are needed")
      continue
    }
    func code(_ cell: String) -> [String] { matches("`([^`]+)`", in: cell) }
    tables[heading, default: []].append(
      Row(function: cells[0], spellings: code(cells[1]), tests: code(cells[2]), cells: cells))
  }
  return tables
}

/// The names that each section needs: lines below `# section`.
func neededNames(in text: String) -> [(section: String, names: [String])] {
  var sections: [(section: String, names: [String])] = []
  for line in text.split(separator: "\n") {
    if line.hasPrefix("# ") {
      sections.append((String(line.dropFirst(2)), []))
    } else if !sections.isEmpty {
      sections[sections.count - 1].names.append(String(line))
    }
  }
  return sections
}

@MainActor func check(
  _ row: Row, in section: String, _ known: Set<String>, _ tests: [String: String]
) {
  let place = "\(section), \(row.function)"
  if section == "Defects" {
    guard row.tests.count == 2, let text = tests[row.tests[0]],
      text.contains("func `\(row.tests[1])`")
    else {
      problems.append("\(place): a test file and the name of one of its tests are needed")
      return
    }
    return
  }
  // A row that is left out says so, and why, instead of naming tests.
  if row.cells[1] == "–" {
    if row.cells[2].count < 20 { problems.append("\(place): left out without a reason") }
    return
  }
  if row.spellings.isEmpty { problems.append("\(place): no spelling in `...`") }
  if row.tests.isEmpty { problems.append("\(place): no test in `...`") }
  let names = row.spellings.map { String($0.prefix { $0 != "(" }) }
  for name in names where !known.contains(name) {
    problems.append("\(place): `\(name)` is not public")
  }
  let words = names.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
  for test in row.tests {
    guard let text = tests[test] else {
      problems.append("\(place): there is no Tests/.../\(test).swift")
      continue
    }
    // Table tests run over all of a catalog or of golden cases.
    if !text.contains(".catalog"), !text.contains("Golden"),
      !words.contains(where: { text.contains($0) })
    {
      problems.append("\(place): \(test) does not mention \(words.joined(separator: " or "))")
    }
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else { fatalError("usage: CheckConformance TABLES NAMES") }
let found = tables(in: text(of: arguments[1]))
let known = publicNames()
var tests: [String: String] = [:]
for file in swiftFiles(in: "Tests") {
  let name = String(file.split(separator: "/").last?.dropLast(6) ?? "")
  tests[name, default: ""] += text(of: file)
}
var count = 0
for (section, names) in neededNames(in: text(of: arguments[2])) {
  let rows = found[section] ?? []
  for name in names where !rows.contains(where: { $0.function == name }) {
    problems.append("\(section): no row for \(name)")
  }
  for row in rows where !names.contains(row.function) {
    problems.append("\(section): \(row.function) is not among the names")
  }
  for row in rows { check(row, in: section, known, tests) }
  count += rows.count
}
for problem in problems { print("\(arguments[1]): \(problem)") }
if !problems.isEmpty { exit(1) }
print("\(count) rows about other libraries have their places here, and tests")
