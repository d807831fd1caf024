internal import Foundation
public import RanvierFiles

/// A table of numbers with named columns, read from comma-separated text.
///
/// The first line names the columns; every other line has one finite decimal number for each. There
/// are no quotes, no spaces around numbers, no empty fields and no empty lines, except that the
/// last line may end with a line break. Lines end with LF or CR LF.
public struct NumberTable: Sendable {
  /// The names of the columns.
  public let columns: [String]
  /// The numbers, row by row.
  public let values: [Double]

  /// The number of rows, without the line of names.
  public var rowCount: Int { values.count / columns.count }

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` if the file cannot be read, or with line and column of what is not as
  ///   it should be.
  public init(contentsOf path: String) throws(FileError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileError(path: path, reason: "reading failed: \(error.localizedDescription)")
    }
    try self.init(parsing: [UInt8](data), path: path)
  }

  /// Reads text.
  ///
  /// - Parameters:
  ///   - bytes: The text in UTF-8.
  ///   - path: The name of the text in errors.
  /// - Throws: ``FileError`` with line and column of what is not as it should be.
  public init(parsing bytes: [UInt8], path: String) throws(FileError) {
    var scanner = CSVScanner(bytes: bytes, path: path)
    columns = try scanner.names()
    values = try scanner.numbers(perLine: columns.count)
  }
}
