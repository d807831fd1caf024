/// The header of an npy file: a Python dictionary of element type, order of the axes, and shape.
///
/// Only what NumPy writes is understood: the dictionary is read by hand, and nothing in it is
/// evaluated.
struct NumPyHeader: Equatable {
  /// The element type as NumPy spells it, such as `<f4`.
  var typeName: String
  /// Whether the first axis varies fastest.
  var isColumnMajor: Bool
  /// The sizes of the axes; nothing of them has been checked against the file.
  var shape: [Int]

  /// Why a header could not be read.
  struct Malformed: Error {
    var reason: String
  }

  /// The first bytes of every npy file.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Headers longer than this are refused: NumPy's have some hundred bytes.
  static let longest = 1 << 20

  /// Data begins at a multiple of this.
  private static let alignment = 64
}

// MARK: Writing

extension NumPyHeader {
  /// The beginning of a file, up to its data.
  var bytes: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text =
      "{'descr': '\(typeName)', 'fortran_order': \(isColumnMajor ? "True" : "False"), "
      + "'shape': (\(sizes)), }"
    // Magic, version, and a length of two bytes: a shape of 16 axes fits by far.
    let prefix = NumPyHeader.magic.count + 4
    let unpadded = prefix + text.utf8.count + 1
    let total =
      (unpadded + NumPyHeader.alignment - 1) / NumPyHeader.alignment * NumPyHeader.alignment
    let length = total - prefix
    var bytes = NumPyHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes += Array(text.utf8)
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: total - unpadded)
    return bytes + [UInt8(ascii: "\n")]
  }
}

// MARK: Reading

extension NumPyHeader {
  /// Reads the beginning of a file.
  ///
  /// - Returns: The header, and where the data begins.
  static func read(_ file: some RandomAccessCollection<UInt8>) throws(Malformed) -> (
    header: NumPyHeader, end: Int
  ) {
    guard file.starts(with: magic) else {
      throw Malformed(reason: "it does not begin with the six bytes of npy files")
    }
    let start = Array(file.prefix(12))
    guard start.count > 8 else { throw Malformed(reason: "\(start.count) bytes are too few") }
    let version = start[6]
    guard (1 ... 3).contains(version) else {
      throw Malformed(reason: "the format's version is \(version).\(start[7]), not 1 to 3")
    }
    // Version 1 has a length of two bytes, later ones of four.
    let width = version == 1 ? 2 : 4
    guard start.count >= 8 + width else {
      throw Malformed(reason: "\(start.count) bytes are too few")
    }
    let length = (0 ..< width).reduce(0) { $0 | Int(start[8 + $1]) << (8 * $1) }
    let end = 8 + width + length
    guard length <= longest, end <= file.count else {
      throw Malformed(reason: "a header of \(length) bytes in a file of \(file.count)")
    }
    var text = PythonLiteral(Array(file.dropFirst(8 + width).prefix(length)))
    return (try header(&text), end)
  }

  private static func header(_ text: inout PythonLiteral) throws(Malformed) -> NumPyHeader {
    var typeName: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    var keys: Set<String> = []
    try text.expect("{")
    while !text.skip("}") {
      let key = try text.string()
      guard keys.insert(key).inserted else {
        throw Malformed(reason: "the header has two entries `\(key)`")
      }
      try text.expect(":")
      switch key {
      case "descr":
        if text.peek() == UInt8(ascii: "[") {
          throw Malformed(reason: "its elements are records of several fields")
        }
        typeName = try text.string()
      case "fortran_order": isColumnMajor = try text.boolean()
      case "shape": shape = try text.sizes()
      default: throw Malformed(reason: "the header has the unknown entry `\(key)`")
      }
      if !text.skip(",") {
        try text.expect("}")
        break
      }
    }
    try text.end()
    guard let typeName, let isColumnMajor, let shape else {
      throw Malformed(reason: "the header lacks descr, fortran_order or shape")
    }
    return NumPyHeader(typeName: typeName, isColumnMajor: isColumnMajor, shape: shape)
  }
}

/// A Python literal and how far it has been read.
private struct PythonLiteral {
  typealias Malformed = NumPyHeader.Malformed

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func malformed(_ expected: String) -> Malformed {
    Malformed(reason: "the header has no \(expected) at byte \(position)")
  }

  /// The next byte that is not white space, without consuming it.
  mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
    guard skip(character) else { throw malformed("`\(character)`") }
  }

  mutating func end() throws(Malformed) {
    guard peek() == nil else { throw malformed("end") }
  }

  /// Reads text without escapes, between quotes of either kind.
  mutating func string() throws(Malformed) -> String {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw malformed("text")
    }
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: quote), !rest[..<end].contains(UInt8(ascii: "\\")),
      let text = String(validating: rest[..<end], as: UTF8.self)
    else { throw malformed("text without escapes") }
    position = end + 1
    return text
  }

  mutating func boolean() throws(Malformed) -> Bool {
    _ = peek()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw malformed("`True` or `False`")
  }

  /// Reads a tuple of whole numbers that are not negative.
  mutating func sizes() throws(Malformed) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !skip(")") {
      sizes.append(try number())
      // One number in parentheses is a tuple only with a comma behind it.
      if skip(",") { continue }
      guard sizes.count > 1 else { throw malformed("`,`") }
      try expect(")")
      break
    }
    return sizes
  }

  private mutating func number() throws(Malformed) -> Int {
    _ = peek()
    let digits = bytes[position...].prefix { (0x30 ... 0x39).contains($0) }
    guard !digits.isEmpty else { throw malformed("whole number that is not negative") }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw malformed("number of 63 bits")
    }
    position = digits.endIndex
    // Python 2 marks long integers.
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return number
  }
}
