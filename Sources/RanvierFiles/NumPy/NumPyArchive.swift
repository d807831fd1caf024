package import Foundation
public import RanvierTensors

/// The contents of an npz file: named tensors.
///
///     let tensors = try NumPyArchive(contentsOf: "arrays.npz").tensors
///     try NumPyArchive(tensors: ["x": x, "y": y]).write(to: "arrays.npz")
///
/// Layout: a zip archive of npy files, called as the tensors with `.npy` behind.
public struct NumPyArchive: Sendable {
  /// The tensors under their names.
  public var tensors: Parameters

  /// Creates contents to be written.
  public init(tensors: Parameters) { self.tensors = tensors }

  /// What a tensor's name ends with in the archive.
  private static let suffix = ".npy"
}

// MARK: Writing

extension NumPyArchive {
  /// Writes the file; an earlier file of that name stays whole if anything fails.
  ///
  /// - Parameter compressed: Whether elements are compressed, as by `numpy.savez_compressed`, or
  ///   stored as they are, as by `numpy.savez`.
  /// - Throws: ``FileError``, also for elements of type bf16, which NumPy does not have; or the error
  ///   of an invalid tensor.
  public func write(to path: String, compressed: Bool = false) throws {
    try write(to: path, compressed: compressed, wideNumbersFrom: ZipWriter.narrowLimit)
  }

  /// Writes the file; tests lower the limit from which on sizes and positions have 64 bits.
  package func write(to path: String, compressed: Bool, wideNumbersFrom limit: UInt64) throws {
    let headers = try tensors.map { name, tensor in
      do {
        guard name.utf8.count <= 0xFFFF - NumPyArchive.suffix.utf8.count else {
          throw FileError(path: path, reason: "a name of \(name.utf8.count) bytes is too long")
        }
        return Data(try NumPyArray(tensor: tensor).headerBytes())
      } catch let error as FileError {
        throw FileError(path: path, reason: "tensor `\(name)`: \(error.reason)")
      }
    }
    try AtomicFile.write(to: path) { write in
      try withoutActuallyEscaping(write) { write in
        var writer = ZipWriter(limit: limit, write: write)
        for (header, (name, tensor)) in zip(headers, tensors) {
          try tensor.withUnsafeBytes { bytes in
            // Not copied: the bytes outlive the call.
            let elements = bytes.baseAddress.map {
              Data(
                bytesNoCopy: UnsafeMutableRawPointer(mutating: $0), count: bytes.count,
                deallocator: .none)
            }
            try writer.add(
              name + NumPyArchive.suffix, [header, elements ?? Data()], isDeflated: compressed)
          }
        }
        try writer.finish()
      }
    }
  }
}

// MARK: Reading

extension NumPyArchive {
  /// Reads a file; nothing in it is trusted, and nothing in it is run.
  ///
  /// Names are only names: none of them is used as a path. A compressed file may hold a thousand
  /// times its own size.
  ///
  /// - Parameter voidElements: What elements are that NumPy has no type for, see
  ///   ``NumPyArray/init(contentsOf:voidElements:)``.
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
    func wrong(_ reason: String) -> FileError {
      FileError(path: "", reason: "not an npz file that can be read: \(reason)")
    }
    tensors = Parameters()
    do {
      let archive = try ZipReader(data)
      for member in archive.members {
        // By bytes, because a name's last character may swallow the dot.
        let (bytes, suffix) = (member.name.utf8, NumPyArchive.suffix.utf8)
        guard bytes.suffix(suffix.count).elementsEqual(suffix) else {
          throw wrong("member `\(member.name)` is no npy file")
        }
        let name = String(decoding: bytes.dropLast(suffix.count), as: UTF8.self)
        do {
          let array = try NumPyArray(
            archive.contents(of: member), voidElements: voidElements)
          tensors[name] = array.tensor
        } catch let error as FileError {
          throw wrong("member `\(member.name)` is \(error.reason)")
        }
      }
    } catch let error as ZipReader.Malformed {
      throw wrong(error.reason)
    }
  }
}
