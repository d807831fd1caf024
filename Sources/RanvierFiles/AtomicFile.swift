internal import Foundation
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Writes a file so that it is either the old one or the complete new one, whatever happens
/// meanwhile.
///
/// The bytes go to a temporary name in the same folder, are forced to the disk, and take the place
/// of the old file by renaming; then the folder is forced to the disk too. A failure leaves the old
/// file as it was.
package enum AtomicFile {
  package static func write(
    to path: String, _ body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let temporary = folder + "/.\(url.lastPathComponent).\(UUID().uuidString).partial"
    func failure(_ action: String) -> FileError {
      FileError(path: path, reason: "\(action) failed: \(String(cString: strerror(errno)))")
    }
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("creating a temporary file in \(folder)") }
    var isOpen = true
    do {
      try body { bytes in
        var rest = bytes
        while !rest.isEmpty {
          let count = writeSome(rest, to: file)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { throw failure("writing") }
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
      }
      guard fsync(file) == 0 else { throw failure("forcing to the disk") }
      isOpen = false
      guard close(file) == 0 else { throw failure("closing") }
      guard rename(temporary, path) == 0 else { throw failure("renaming") }
    } catch {
      if isOpen { close(file) }
      unlink(temporary)
      throw error
    }
    let directory = open(folder, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Writes text.
  package static func write(_ text: String, to path: String) throws {
    try write(to: path) { write in
      try Array(text.utf8).withUnsafeBytes { try write($0) }
    }
  }
}

/// Writes as many bytes as the system takes at once.
private func writeSome(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
