import Foundation

/// The memory of this process that is in the machine's, in KB.
struct ProcessMemory: Codable, Sendable {
  /// What it holds now.
  let resident: Int
  /// The most that it has held since it began, or since ``forgetPeak()``.
  let peak: Int

  /// What Linux says now.
  static func now() throws -> ProcessMemory {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    func field(_ name: String) throws -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
      guard
        let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
          Int($0)
        })
      else { throw BenchError("/proc/self/status has no \(name)") }
      return number
    }
    return ProcessMemory(resident: try field("VmRSS"), peak: try field("VmHWM"))
  }

  /// Begins to look for the peak anew; `man proc_pid_clear_refs` describes the file.
  static func forgetPeak() throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "/proc/self/clear_refs"))
    try file.write(contentsOf: Data("5".utf8))
    try file.close()
  }
}
