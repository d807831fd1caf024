#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Times of single calls, in milliseconds.
struct Samples: Sendable {
  /// At most this many of a round are kept, so that one of a million calls weighs no more.
  static let kept = 1001
  /// Calls before the first that is timed.
  private static let warmUp = 5
  /// However slow they are, so many calls of a round are timed.
  private static let fewest = 3

  private(set) var milliseconds: [Double] = []
  /// How many calls were timed, including those that were not kept.
  private(set) var count = 0

  init() {}

  /// Times of one round.
  init(milliseconds: [Double], count: Int) {
    self.milliseconds = milliseconds
    self.count = count
  }

  /// Repeats a call for some seconds, after a few calls that are not timed.
  static func measured(seconds: Double, _ call: () throws -> Void) rethrows -> Samples {
    for _ in 0 ..< warmUp { try call() }
    var times: [Double] = []
    let end = now() + seconds
    var start = now()
    while start < end || times.count < fewest {
      try call()
      let stop = now()
      times.append((stop - start) * 1e3)
      start = now()
    }
    return Samples(milliseconds: thinned(times), count: times.count)
  }

  /// Evenly spaced order statistics: the median and the extremes of a long list remain.
  private static func thinned(_ times: [Double]) -> [Double] {
    let sorted = times.sorted()
    guard sorted.count > kept else { return sorted }
    return (0 ..< kept).map { sorted[$0 * (sorted.count - 1) / (kept - 1)] }
  }

  /// Adds another round.
  mutating func append(_ round: Samples) {
    milliseconds += round.milliseconds
    count += round.count
  }

  /// The time that half of the calls exceed.
  var median: Double {
    let sorted = milliseconds.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The time of the fastest call.
  var minimum: Double { milliseconds.min() ?? .nan }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
