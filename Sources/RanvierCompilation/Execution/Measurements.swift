#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// When the instructions of a plan started and ended, by a clock that only goes forward.
struct Measurements: Sendable {
  /// From when to when something ran, in seconds of the clock.
  struct Span: Sendable {
    var start = 0.0
    var end = 0.0
    var seconds: Double { end - start }
  }

  /// One run: the whole, from when its memory was bound on, and each instruction.
  struct Run: Sendable {
    var whole: Span
    var spans: [Span]
  }

  private(set) var runs = 0
  private(set) var wholeSeconds = 0.0
  /// Sums over runs.
  private(set) var seconds: [Double]
  private(set) var lastRun: Run?

  init(count: Int) { seconds = [Double](repeating: 0, count: count) }

  /// A run that starts now.
  func newRun() -> Run {
    let spans = [Span](repeating: Span(), count: seconds.count)
    return Run(whole: Span(start: Measurements.now()), spans: spans)
  }

  /// Adds a run that ends now.
  mutating func add(_ run: Run) {
    var run = run
    run.whole.end = Measurements.now()
    runs += 1
    wholeSeconds += run.whole.seconds
    for (index, span) in run.spans.enumerated() { seconds[index] += span.seconds }
    lastRun = run
  }

  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
