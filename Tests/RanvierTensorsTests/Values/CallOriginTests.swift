import Foundation
import RanvierTensors
import Testing

/// The lines of a table of wrong operations are tested in `WrongOperationTests`.
@Suite struct CallOriginTests {
  static let matrix = Tensor.zeros([2, 3])
  static let vector = Tensor.zeros([4])

  /// What a location in this file looks like.
  private static func here(_ line: Int) -> CodeLocation {
    CodeLocation(file: "Values/CallOriginTests.swift", line: line)
  }

  @Test func `finds the line on other threads`() async {
    let task = Task.detached { (CallOriginTests.matrix + CallOriginTests.vector, #line) }
    let (wrong, line) = await task.value
    #expect(wrong.error?.location == CallOriginTests.here(line))
    let (results, continuation) = AsyncStream.makeStream(of: (OperationError?, Int).self)
    Thread.detachNewThread {
      let (wrong, line) = (exp(Tensor([true])), #line)
      _ = wrong.error?.location
      continuation.yield((wrong.error, line))
      continuation.finish()
    }
    for await (error, line) in results {
      #expect(error?.location == CallOriginTests.here(line))
    }
  }

  @Test func `finds lines for many tasks at once`() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0 ..< 20 {
        group.addTask {
          let (wrong, line) = (CallOriginTests.vector.reshaped(to: [5]), #line)
          return wrong.error?.location == CallOriginTests.here(line)
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func `names the innermost line, however deep it lies`() {
    func nested(_ depth: Int) -> (Tensor, Int) {
      guard depth == 0 else { return [depth].map { nested($0 - 1) }[0] }
      return (CallOriginTests.matrix[7], #line)
    }
    let (wrong, line) = nested(200)
    #expect(wrong.error?.location == CallOriginTests.here(line))
  }

  @Test func `names a line of a function that the standard library calls`() {
    let (wrong, line) = ([1, 2].map { CallOriginTests.vector.reshaped(to: [$0]) }, #line)
    #expect(wrong.map { $0.error?.location?.line } == [line, line])
  }

  @Test func `errors that say the same are equal, wherever they were made`() {
    let (first, firstLine) = (exp(Tensor([true])).error, #line)
    let (second, secondLine) = (exp(Tensor([true])).error, #line)
    #expect(first == second && first?.hashValue == second?.hashValue)
    #expect(first?.location == CallOriginTests.here(firstLine))
    #expect(second?.location == CallOriginTests.here(secondLine))
    #expect(first?.description != second?.description)
  }

  @Test func `a copy whose text is changed keeps the line`() {
    let (wrong, line) = (exp(Tensor([true])), #line)
    var error = wrong.error
    error?.operation = "mine"
    #expect(error?.location == CallOriginTests.here(line))
    error?.location = nil
    #expect(error?.description == error?.message)
    error?.location = CodeLocation(file: "Module/File.swift", line: 3)
    #expect(error?.description.hasSuffix("(Module/File.swift:3)") == true)
  }

  /// In a process of its own, where no other test allocates.
  @Test func `errors that nobody looks at leave nothing behind`() async {
    await #expect(processExitsWith: .success) {
      let flags = Tensor([true])
      for _ in 0 ..< 1000 { try #require(exp(flags).error != nil) }
      let before = try residentBytes()
      for _ in 0 ..< 20_000 { try #require(exp(flags).error != nil) }
      let growth = try residentBytes() - before
      // The calls of 20,000 errors are about 10 MB, and debug information would be more.
      try #require(growth < 1 << 20, "\(growth) bytes more")
    }
  }

  @Test func `RANVIER_ERROR_LOCATIONS=0 turns the look-up off`() async {
    await #expect(processExitsWith: .success) {
      setenv("RANVIER_ERROR_LOCATIONS", "0", 1)
      let error = try #require(exp(Tensor([true])).error)
      try #require(error.location == nil && error.description == error.message)
    }
  }
}

/// The process's resident memory.
private func residentBytes() throws -> Int {
  let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return try #require(Int(pages[1])) * Int(getpagesize())
}
