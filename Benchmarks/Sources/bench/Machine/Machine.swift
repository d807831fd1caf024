import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a report says about where it was made.
struct Machine: Codable, Sendable {
  var processor: String
  var cores: Int
  var threads: Int
  /// The ceiling in GFLOP/s: f32 operations of our fastest product of matrices of 1024 x 1024.
  var productCeiling: Double
  /// The same with matrices of bfloat16, if a row multiplies those.
  var bfloat16ProductCeiling: Double?
  /// Bytes read and written a second while much memory is copied on all threads, in GB/s, if a
  /// row's time is that of memory.
  var copyCeiling: Double?
  /// The versions of the peers by name.
  var versions: [String: String]

  /// The processor's name.
  static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      return line.split(separator: ":", maxSplits: 1).last.map {
        $0.trimmingCharacters(in: .whitespaces)
      } ?? ""
    }
    return "unknown"
  }

  /// Sets the number of threads of our side; peers are told theirs when they are started.
  static func limitThreads(_ count: Int) { setenv("RANVIER_THREADS", String(count), 1) }

  /// Keeps the memory of large tensors that are freed, instead of giving it back to the system.
  ///
  /// A new output of 64 MiB begins with page faults that take longer than computing it, on all
  /// sides alike. The C library reads what to do when a process starts, so this one starts again;
  /// peers inherit its environment.
  static func keepFreedMemory() throws {
    let settings = ["MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": String(Int32.max)]
    let environment = ProcessInfo.processInfo.environment
    guard settings.contains(where: { environment[$0.key] != $0.value }) else { return }
    for (name, value) in settings { setenv(name, value, 1) }
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    throw BenchError("could not start again: \(String(cString: strerror(errno)))")
  }
}
