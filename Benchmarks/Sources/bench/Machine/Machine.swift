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
}
