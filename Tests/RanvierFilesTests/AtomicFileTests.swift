import Foundation
import RanvierFiles
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.file("file.txt") }

  init() throws { folder = try TemporaryFolder() }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `writes and replaces`() throws {
    try AtomicFile.write("first", to: path)
    #expect(try text(path) == "first")
    try AtomicFile.write("", to: path)
    #expect(try text(path) == "")
    #expect(folder.names == ["file.txt"])
  }

  @Test func `an error while writing leaves the old file and nothing else`() throws {
    struct Stop: Error {}
    try AtomicFile.write("old", to: path)
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: path) { write in
        try Array("new".utf8).withUnsafeBytes { try write($0) }
        throw Stop()
      }
    }
    #expect(try text(path) == "old")
    #expect(folder.names == ["file.txt"])
  }

  @Test func `a missing folder is an error that names the path`() {
    let missing = folder.file("none/file.txt")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: missing) }
    #expect(error?.path == missing)
    #expect(error?.reason.contains("No such file or directory") == true)
  }

  @Test func `a folder in the way is an error and stays`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try AtomicFile.write("inside", to: path + "/kept.txt")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: path) }
    #expect(error?.reason.hasPrefix("renaming failed") == true)
    #expect(try text(path + "/kept.txt") == "inside")
    #expect(folder.names == ["file.txt"])
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
  func `a read-only folder is an error and keeps the old file`() throws {
    try AtomicFile.write("old", to: path)
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    let error = #expect(throws: FileError.self) { try AtomicFile.write("new", to: path) }
    #expect(error?.reason.contains("Permission denied") == true)
    #expect(try text(path) == "old")
  }

  @Test func `relative paths are taken from the working folder`() throws {
    let name = "ranvier-\(UUID().uuidString).txt"
    defer { try? FileManager.default.removeItem(atPath: name) }
    try AtomicFile.write("here", to: name)
    #expect(try text(FileManager.default.currentDirectoryPath + "/" + name) == "here")
  }
}
