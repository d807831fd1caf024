internal import Foundation

/// The bytes of a file, mapped into memory where that is safe.
///
/// - Throws: ``FileError`` that says why it cannot be read.
func contents(ofFile path: String) throws(FileError) -> Data {
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
  } catch {
    throw FileError(path: path, reason: "cannot be read: \(error.localizedDescription)")
  }
}
