internal import Foundation
internal import RanvierFiles
package import RanvierTensors

/// A file of golden values under Tests/Golden/data.
package struct Golden {
  private let file: SafeTensors

  /// Opens the file of a family, such as `dense`.
  package init(_ family: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/data")
    file = try SafeTensors(
      contentsOf: folder.appendingPathComponent("\(family).safetensors").path)
  }

  /// The names of the cases, sorted.
  package var cases: [String] { file.metadata.keys.sorted() }

  /// The tensors of a case.
  package func tensors(_ name: String) -> Parameters { file.tensors.scope(name) }

  /// The options of a case, decoded from JSON.
  package func options<Options: Decodable>(_ name: String, as type: Options.Type) throws -> Options
  {
    try JSONDecoder().decode(type, from: Data((file.metadata[name] ?? "").utf8))
  }
}
