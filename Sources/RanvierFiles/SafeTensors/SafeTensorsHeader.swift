/// The header of a safetensors file: an object of tensor descriptions, and optional metadata.
///
/// The header is read by hand rather than as any JSON: duplicate names, numbers that are not whole
/// and deep nesting are attacks or damage, and general readers let some of them pass.
struct SafeTensorsHeader {
  /// Where one tensor lies, as the header says; nothing of it has been checked against the file.
  struct Entry {
    var name: String
    var typeName: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  /// Why a header could not be read.
  struct Malformed: Error {
    var reason: String
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  init(_ bytes: [UInt8]) throws(Malformed) {
    var text = HeaderText(bytes)
    // The reference implementation begins with the brace; only the end may be padded.
    guard bytes.first == UInt8(ascii: "{") else { throw text.malformed("an object") }
    var hasMetadata = false
    var names: Set<String> = []
    try text.object { (name, text) throws(Malformed) in
      if name == "__metadata__" {
        guard !hasMetadata else { throw Malformed(reason: "two `__metadata__` entries") }
        hasMetadata = true
        try text.object { (key, text) throws(Malformed) in
          guard metadata.updateValue(try text.string(), forKey: key) == nil else {
            throw Malformed(reason: "two metadata entries `\(key)`")
          }
        }
      } else {
        guard names.insert(name).inserted else {
          throw Malformed(reason: "two tensors `\(name)`")
        }
        entries.append(try SafeTensorsHeader.entry(name, &text))
      }
    }
    try text.end()
  }

  private static func entry(_ name: String, _ text: inout HeaderText) throws(Malformed) -> Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    var fields: Set<String> = []
    try text.object { (field, text) throws(Malformed) in
      guard fields.insert(field).inserted else {
        throw Malformed(reason: "tensor `\(name)` with two fields `\(field)`")
      }
      switch field {
      case "dtype": typeName = try text.string()
      case "shape": shape = try text.numbers()
      case "data_offsets": offsets = try text.numbers()
      default: throw Malformed(reason: "tensor `\(name)` with the unknown field `\(field)`")
      }
    }
    guard let typeName, let shape, let offsets, offsets.count == 2 else {
      throw Malformed(reason: "tensor `\(name)` lacks dtype, shape or two data_offsets")
    }
    return Entry(name: name, typeName: typeName, shape: shape, begin: offsets[0], end: offsets[1])
  }
}

/// The header's text and how far it has been read.
private struct HeaderText {
  typealias Malformed = SafeTensorsHeader.Malformed

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func malformed(_ expected: String) -> Malformed {
    Malformed(reason: "the header has no \(expected) at byte \(position)")
  }

  /// The next byte that is not white space, without consuming it.
  private mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Malformed) {
    guard skip(character) else { throw malformed("`\(character)`") }
  }

  mutating func end() throws(Malformed) {
    guard peek() == nil else { throw malformed("end") }
  }

  /// Reads an object; the closure reads the value of each member.
  mutating func object(
    _ member: (String, inout HeaderText) throws(Malformed) -> Void
  ) throws(Malformed) {
    try expect("{")
    if skip("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(name, &self)
    } while skip(",")
    try expect("}")
  }

  /// Reads an array of whole numbers that are not negative.
  mutating func numbers() throws(Malformed) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if skip("]") { return numbers }
    repeat { numbers.append(try number()) } while skip(",")
    try expect("]")
    return numbers
  }

  private mutating func number() throws(Malformed) -> Int {
    _ = peek()
    let start = position
    var number = 0
    while position < bytes.count, let digit = HeaderText.digit(bytes[position], base: 10) {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw malformed("number of 63 bits") }
      number = sum
      position += 1
    }
    let hasLeadingZero = position - start > 1 && bytes[start] == UInt8(ascii: "0")
    guard position > start, !hasLeadingZero else {
      throw malformed("whole number that is not negative")
    }
    return number
  }

  private static func digit(_ byte: UInt8, base: Int) -> Int? {
    let character = Character(Unicode.Scalar(byte))
    guard byte < 0x80, let value = character.hexDigitValue, value < base else { return nil }
    return value
  }

  mutating func string() throws(Malformed) -> String {
    try expect("\"")
    var units: [UInt8] = []
    while position < bytes.count, bytes[position] >= 0x20 {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard let text = String(validating: units, as: UTF8.self) else {
          throw malformed("text in UTF-8 before the end of the string")
        }
        return text
      }
      if byte == UInt8(ascii: "\\") {
        units += Array(String(try escaped()).utf8)
      } else {
        units.append(byte)
      }
    }
    throw malformed("end of a string")
  }

  /// The character that an escape stands for; its backslash has been read.
  private mutating func escaped() throws(Malformed) -> Character {
    guard position < bytes.count else { throw malformed("escape") }
    position += 1
    switch Unicode.Scalar(bytes[position - 1]) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(first) { return Character(scalar) }
      // Characters beyond 16 bits are written as two surrogates.
      guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw malformed("second surrogate") }
      position += 2
      let second = try codeUnit()
      guard (0xDC00 ..< 0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw malformed("second surrogate") }
      return Character(scalar)
    default: throw malformed("known escape")
    }
  }

  private mutating func codeUnit() throws(Malformed) -> UInt32 {
    guard position + 4 <= bytes.count else { throw malformed("four digits") }
    var unit = 0
    for _ in 0 ..< 4 {
      guard let digit = HeaderText.digit(bytes[position], base: 16) else {
        throw malformed("hexadecimal digit")
      }
      unit = unit * 16 + digit
      position += 1
    }
    return UInt32(unit)
  }
}
