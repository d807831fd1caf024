internal import RanvierFiles

/// Walks through comma-separated text, field by field.
struct CSVScanner {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  /// Counted from 1, as editors do.
  private var line = 1
  /// The number of the field within its line, from 1.
  private var column = 1

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// The names in the first line.
  mutating func names() throws(FileError) -> [String] {
    guard !bytes.isEmpty else { throw FileError(path: path, reason: "the file is empty") }
    var names: [String] = []
    var isLast = false
    while !isLast {
      let field = try nextField(&isLast)
      guard let name = String(validating: bytes[field], as: UTF8.self), !name.isEmpty else {
        throw failure("a column needs a name", field)
      }
      guard !names.contains(name) else {
        throw failure("two columns have the name `\(name)`", field)
      }
      names.append(name)
      column += 1
    }
    endLine()
    return names
  }

  /// The numbers in all lines that follow.
  mutating func numbers(perLine width: Int) throws(FileError) -> [Double] {
    var numbers: [Double] = []
    while position < bytes.count {
      var isLast = false
      while !isLast {
        let field = try nextField(&isLast)
        guard column <= width else {
          throw failure("the line has more numbers than columns (\(width))", field)
        }
        numbers.append(try number(field))
        column += 1
      }
      guard column == width + 1 else {
        throw FileError(
          path: path,
          reason: "line \(line) has fewer numbers (\(column - 1)) than columns (\(width))")
      }
      endLine()
    }
    return numbers
  }

  private mutating func endLine() {
    line += 1
    column = 1
  }

  /// The bytes of the next field; afterwards the position is behind its comma or line break.
  private mutating func nextField(_ isLast: inout Bool) throws(FileError) -> Range<Int> {
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: ",") {
        position += 1
        return start ..< position - 1
      }
      if byte == UInt8(ascii: "\n") {
        isLast = true
        position += 1
        let hasReturn = position - 2 >= start && bytes[position - 2] == UInt8(ascii: "\r")
        return start ..< position - (hasReturn ? 2 : 1)
      }
      if byte == UInt8(ascii: "\"") {
        throw failure("quotes are not supported", start ..< position + 1)
      }
      position += 1
    }
    isLast = true
    return start ..< position
  }

  private func number(_ field: Range<Int>) throws(FileError) -> Double {
    if field.isEmpty { throw failure("a number is missing", field) }
    if let digits = wholeNumber(field) { return digits }
    let text = String(decoding: bytes[field], as: UTF8.self)
    // Swift also reads hexadecimal numbers, "nan" and "inf"; a table has none of these.
    let isDecimal = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    guard isDecimal, let value = Double(text), value.isFinite else {
      throw failure("a finite decimal number is needed", field)
    }
    return value
  }

  /// The value of a field of at most 15 digits, which f64 holds exactly: the most frequent case by
  /// far.
  private func wholeNumber(_ field: Range<Int>) -> Double? {
    guard field.count <= 15 else { return nil }
    var value = 0
    for position in field {
      let digit = Int(bytes[position]) - 48
      guard (0 ... 9).contains(digit) else { return nil }
      value = value * 10 + digit
    }
    return Double(value)
  }

  private func failure(_ reason: String, _ field: Range<Int>) -> FileError {
    let text = String(decoding: bytes[field].prefix(40), as: UTF8.self)
    return FileError(path: path, reason: "line \(line), column \(column): \(reason), got `\(text)`")
  }
}
