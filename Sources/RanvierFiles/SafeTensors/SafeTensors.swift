package import Foundation
public import RanvierTensors

/// The contents of a safetensors file: named tensors, and text about them.
///
/// Layout: the header's length as a little-endian `u64`, the header as JSON, then the tensors'
/// bytes one after the other. Source: the format description of the `safetensors` project.
public struct SafeTensors: Sendable {
  /// The tensors under their names.
  public var tensors: Parameters
  /// Free text under names.
  public var metadata: [String: String]

  /// Creates contents to be written.
  public init(tensors: Parameters, metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Headers longer than this are refused, as by the reference implementation.
  static let longestHeader = 100_000_000

  /// Names of element types in files.
  private static let typeNames: [(type: ElementType, name: String)] = [
    (.bool, "BOOL"), (.uint8, "U8"), (.int8, "I8"), (.int16, "I16"), (.uint16, "U16"),
    (.float16, "F16"), (.bfloat16, "BF16"), (.int32, "I32"), (.uint32, "U32"),
    (.float32, "F32"), (.float64, "F64"), (.int64, "I64"), (.uint64, "U64"),
  ]

  static func name(of type: ElementType) -> String {
    typeNames.first { $0.type == type }?.name ?? ""
  }

  static func type(named name: String) -> ElementType? {
    typeNames.first { $0.name == name }?.type
  }
}

// MARK: Writing

extension SafeTensors {
  /// Writes the file; an earlier file of that name stays whole if anything fails.
  ///
  /// - Throws: ``FileError``, or the error of an invalid tensor.
  public func write(to path: String) throws {
    for (name, tensor) in tensors {
      guard try tensor.validated().isConcrete, name != "__metadata__" else {
        throw FileError(
          path: path,
          reason: tensor.isConcrete
            ? "a tensor cannot be called `__metadata__`"
            : "the elements of `\(name)` are not known while a function is being compiled")
      }
    }
    // Wide types first, so that every tensor's bytes are aligned; equal files for equal contents.
    let order = tensors.paths.indices.sorted { first, second in
      let (a, b) = (tensors.paths[first], tensors.paths[second])
      let (sizeA, sizeB) = (tensors[a].elementType.byteCount, tensors[b].elementType.byteCount)
      return sizeA != sizeB ? sizeA > sizeB : a < b
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      entries.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    var offset = 0
    for index in order {
      let path = tensors.paths[index]
      let tensor = tensors[path]
      let end = offset + tensor.type.byteCount
      let shape = tensor.shape.sizes.map(String.init).joined(separator: ",")
      entries.append(
        """
        \(quoted(path)):{"dtype":"\(SafeTensors.name(of: tensor.elementType))",\
        "shape":[\(shape)],"data_offsets":[\(offset),\(end)]}
        """)
      offset = end
    }
    var header = Array(("{" + entries.joined(separator: ",") + "}").utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    try AtomicFile.write(to: path) { write in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try write($0) }
      try header.withUnsafeBytes { try write($0) }
      for index in order {
        try tensors[tensors.paths[index]].withUnsafeBytes { try write($0) }
      }
    }
  }

  /// Text as a JSON string.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20: result += String(format: "\\u%04x", scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

// MARK: Reading

extension SafeTensors {
  /// Reads a file; nothing in it is trusted.
  ///
  /// - Throws: ``FileError`` that says what is wrong with the file.
  public init(contentsOf path: String) throws {
    let data = try contents(ofFile: path)
    do {
      try self.init(data)
    } catch let error as FileError {
      throw FileError(path: path, reason: error.reason)
    }
  }

  /// Decodes the bytes of a file.
  package init(_ data: Data) throws {
    func wrong(_ reason: String) -> FileError {
      FileError(path: "", reason: "not a valid safetensors file: \(reason)")
    }
    guard data.count >= 8 else { throw wrong("\(data.count) bytes are too few") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= SafeTensors.longestHeader, Int(length) <= data.count - 8 else {
      throw wrong("a header of \(length) bytes in a file of \(data.count)")
    }
    let start = data.startIndex + 8
    let header: SafeTensorsHeader
    do {
      header = try SafeTensorsHeader(Array(data[start ..< start + Int(length)]))
    } catch {
      throw wrong(error.reason)
    }
    metadata = header.metadata
    tensors = Parameters()
    let body = data[(start + Int(length))...]
    var position = 0
    for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard let elementType = SafeTensors.type(named: entry.typeName) else {
        throw wrong("tensor `\(entry.name)` has the unknown type \(entry.typeName)")
      }
      let type = TensorType(elementType, Shape(entry.shape))
      if let defect = type.shape.defect {
        throw wrong("tensor `\(entry.name)` has the shape \(type.shape) with \(defect)")
      }
      guard entry.begin == position else {
        throw wrong("tensor `\(entry.name)` begins at \(entry.begin), not at \(position)")
      }
      guard entry.end - entry.begin == type.byteCount, entry.end <= body.count else {
        throw wrong(
          """
          tensor `\(entry.name)` of \(type.byteCount) bytes lies at \(entry.begin) ..< \(entry.end) in \
          \(body.count) bytes
          """)
      }
      position = entry.end
      let bytes = body[(body.startIndex + entry.begin) ..< (body.startIndex + entry.end)]
      tensors[entry.name] = Tensor(type, bytes: bytes)
    }
    guard position == body.count else {
      throw wrong("\(body.count - position) bytes after the last tensor")
    }
  }
}

extension Tensor {
  /// A tensor whose elements are copied from bytes of the right number.
  init(_ type: TensorType, bytes: Data) {
    let storage = Storage(byteCount: type.byteCount)
    bytes.withUnsafeBytes { source in
      if let address = source.baseAddress, !source.isEmpty {
        storage.address.copyMemory(from: address, byteCount: source.count)
      }
    }
    self.init(type, storage: storage)
  }
}
