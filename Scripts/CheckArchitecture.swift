// Compares a package's manifest with the table that documents its targets, and with its imports.
//
// Arguments: the output of `swift package dump-package`, and the Markdown file with the table. Run
// from the package's root; prints what is wrong and exits with 1 if anything is.

import Foundation

/// The parts of the manifest that matter here.
struct Manifest: Decodable {
  struct Target: Decodable {
    var name: String
    var type: String
    var path: String?
    var dependencies: [Dependency]

    /// Where the sources are.
    var folder: String { path ?? (type == "test" ? "Tests/\(name)" : "Sources/\(name)") }

    /// Whether the target belongs to the tests, which the table leaves out.
    var isForTests: Bool { type == "test" || folder.hasPrefix("Tests/") }
  }

  /// A dependency: one key that says its kind, and an array that begins with its name.
  struct Dependency: Decodable {
    var name: String

    private struct Name: Decodable {
      var value: String

      init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        value = try parts.decode(String.self)
      }
    }

    init(from decoder: any Decoder) throws {
      let kinds = try decoder.singleValueContainer().decode([String: Name].self)
      name = kinds.values.first?.value ?? ""
    }
  }

  var targets: [Target]
}

/// A row of the table: target, purpose, dependencies.
struct Row {
  var purpose: String
  var dependencies: Set<String>
}

/// The rows of the first table of a Markdown text, by target.
func rows(ofTableIn text: String) -> [String: Row] {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    .drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
  var rows: [String: Row] = [:]
  for line in lines.dropFirst(2) {
    let cells = line.split(separator: "|").map {
      $0.replacingOccurrences(of: "`", with: "").trimmingCharacters(in: .whitespaces)
    }
    guard cells.count == 3 else {
      rows[String(line)] = Row(purpose: "", dependencies: [])
      continue
    }
    // A remark may follow a name in parentheses; a dash stands for nothing.
    let names = cells[2].replacing(/\([^)]*\)/, with: "").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    rows[cells[0]] = Row(
      purpose: cells[1], dependencies: Set(names.filter { !$0.isEmpty && $0 != "–" }))
  }
  return rows
}

/// Each `import` in a folder's Swift files: the file and the module.
func imports(in folder: String) throws -> [(file: String, module: String)] {
  let statement =
    /(?m)^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
  let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  return try files.filter { $0.hasSuffix(".swift") }.sorted().flatMap { file in
    let path = "\(folder)/\(file)"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.matches(of: statement).map { (path, String($0.output.1)) }
  }
}

func list(_ names: Set<String>) -> String {
  names.isEmpty ? "nothing" : names.sorted().joined(separator: ", ")
}

let arguments = CommandLine.arguments
let table = arguments[2]
let manifest = try JSONDecoder().decode(
  Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
let documented = rows(ofTableIn: try String(contentsOfFile: table, encoding: .utf8))
let names = Set(manifest.targets.map(\.name))
var problems: [String] = []

let ownTargets = manifest.targets.filter { !$0.isForTests }
for target in ownTargets {
  guard let row = documented[target.name] else {
    problems.append("\(table): no row for target \(target.name)")
    continue
  }
  let declared = Set(target.dependencies.map(\.name))
  if row.dependencies != declared {
    problems.append(
      "\(table): \(target.name) depends on \(list(row.dependencies)); Package.swift says \(list(declared))"
    )
  }
  let words = row.purpose.split(separator: " ").count
  if words == 0 || words > 10 {
    problems.append("\(table): the purpose of \(target.name) has \(words) words, not 1 to 10")
  }
}
for name in documented.keys.sorted() where !ownTargets.contains(where: { $0.name == name }) {
  problems.append("\(table): Package.swift has no target for the row \(name)")
}

for target in manifest.targets {
  let allowed = Set(target.dependencies.map(\.name))
  for (file, module) in try imports(in: target.folder)
  where names.contains(module) && !allowed.contains(module) {
    problems.append("\(file): imports \(module), which \(target.name) does not declare")
  }
}

guard problems.isEmpty else {
  for problem in problems { print(problem) }
  exit(1)
}
print("\(ownTargets.count) targets are as \(table) says")
