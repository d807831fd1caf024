package import Foundation
public import RanvierTensors

/// The contents of an npy file: one tensor.
///
///     let x = try NumPyArray(contentsOf: "x.npy").tensor
///     try NumPyArray(tensor: x).write(to: "y.npy")
///
/// Layout: magic bytes and a version, the header's length, the header as a Python dictionary, then
/// the elements. Source: the description of `numpy.lib.format`.
public struct NumPyArray: Sendable {
  /// The array.
  public var tensor: Tensor

  /// Creates contents to be written.
  public init(tensor: Tensor) { self.tensor = tensor }

  /// Names of element types in files, without the byte order.
  private static let typeNames: [(type: ElementType, name: String)] = [
    (.bool, "b1"), (.int8, "i1"), (.int16, "i2"), (.int32, "i4"), (.int64, "i8"), (.uint8, "u1"),
    (.uint16, "u2"), (.uint32, "u4"), (.uint64, "u8"), (.float16, "f2"), (.float32, "f4"),
    (.float64, "f8"),
  ]

  /// What is wrong with a file, before its path is known.
  static func wrong(_ reason: String) -> FileError {
    FileError(path: "", reason: "not an npy file that can be read: \(reason)")
  }
}

// MARK: Writing

extension NumPyArray {
  /// Writes the file; an earlier file of that name stays whole if anything fails.
  ///
  /// - Throws: ``FileError``, also for elements of type bf16, which NumPy does not have; or the error
  ///   of an invalid tensor.
  public func write(to path: String) throws {
    let header: [UInt8]
    do {
      header = try headerBytes()
    } catch let error as FileError {
      throw FileError(path: path, reason: error.reason)
    }
    try AtomicFile.write(to: path) { write in
      try header.withUnsafeBytes { try write($0) }
      try tensor.withUnsafeBytes { try write($0) }
    }
  }

  /// The file up to its elements.
  func headerBytes() throws -> [UInt8] {
    let type = try tensor.validated().type
    guard tensor.isConcrete else {
      throw FileError(
        path: "", reason: "the elements are not known while a function is being compiled")
    }
    guard let name = NumPyArray.typeNames.first(where: { $0.type == type.elementType })?.name else {
      throw FileError(
        path: "",
        reason: "NumPy has no type for \(type.elementType); cast to .float32, which is exact")
    }
    let order = type.elementType.byteCount == 1 ? "|" : "<"
    return NumPyHeader(typeName: order + name, isColumnMajor: false, shape: type.shape.sizes).bytes
  }
}

// MARK: Reading

extension NumPyArray {
  /// Reads a file; nothing in it is trusted, and nothing in it is run.
  ///
  /// - Parameter voidElements: What elements are that NumPy has no type for, and calls void of their
  ///   size: `.bfloat16` for what JAX and PyTorch users save as `V2`.
  /// - Throws: ``FileError`` that says what is wrong with the file.
  public init(contentsOf path: String, voidElements: ElementType? = nil) throws {
    let data = try contents(ofFile: path)
    do {
      try self.init(data, voidElements: voidElements)
    } catch let error as FileError {
      throw FileError(path: path, reason: error.reason)
    }
  }

  /// Decodes the bytes of a file.
  package init(_ data: Data, voidElements: ElementType? = nil) throws {
    let header: NumPyHeader
    let end: Int
    do {
      (header, end) = try NumPyHeader.read(data)
    } catch {
      throw NumPyArray.wrong(error.reason)
    }
    let (elementType, isBigEndian) = try NumPyArray.elementType(header.typeName, voidElements)
    let type = TensorType(
      elementType, Shape(header.isColumnMajor ? header.shape.reversed() : header.shape))
    if let defect = type.shape.defect {
      throw NumPyArray.wrong("a shape \(Shape(header.shape)) with \(defect)")
    }
    let body = data.dropFirst(end)
    guard body.count == type.byteCount else {
      throw NumPyArray.wrong(
        "\(body.count) bytes of elements, where \(TensorType(elementType, Shape(header.shape))) has \(type.byteCount)"
      )
    }
    let read = isBigEndian ? Tensor(type, bigEndian: body) : Tensor(type, littleEndian: body)
    tensor = header.isColumnMajor ? read.transposed() : read
  }

  /// The element type that a name stands for, and whether elements must be turned round.
  private static func elementType(
    _ name: String, _ voidElements: ElementType?
  ) throws -> (ElementType, isBigEndian: Bool) {
    let order = name.first ?? " "
    let type = String(name.dropFirst())
    guard "<>|=".contains(order) else { throw wrong("the unknown element type `\(name)`") }
    if let known = typeNames.first(where: { $0.name == type })?.type {
      return (known, order == ">" && known.byteCount > 1)
    }
    switch type.first {
    case "V":
      if let voidElements, type == "V\(voidElements.byteCount)" { return (voidElements, false) }
      throw wrong(
        "elements of the unknown type `\(name)`; if they are bf16, read with voidElements: .bfloat16"
      )
    case "O": throw wrong("Python objects, which only running a program could restore")
    case "c": throw wrong("complex numbers (`\(name)`)")
    case "U", "S": throw wrong("text (`\(name)`)")
    case "M", "m": throw wrong("dates or durations (`\(name)`)")
    default: throw wrong("the unknown element type `\(name)`")
    }
  }
}

extension Tensor {
  /// A tensor whose elements are copied from bytes of the right number.
  init(_ type: TensorType, littleEndian bytes: Data) {
    // Truth values of files may be any byte; in memory they are 0 or 1.
    if type.elementType == .bool {
      self = Tensor(TensorType(.uint8, type.shape), bytes: bytes).cast(to: .bool)
    } else {
      self.init(type, bytes: bytes)
    }
  }

  /// A tensor of elements that are stored with their highest byte first.
  init(_ type: TensorType, bigEndian bytes: Data) {
    let size = type.elementType.byteCount
    let turned = Tensor(TensorType(.uint8, [type.shape.count, size]), bytes: bytes)
      .reversed(alongAxes: [1])
    self = turned.withUnsafeBytes { Tensor(type, bytes: Data($0)) }
  }
}
