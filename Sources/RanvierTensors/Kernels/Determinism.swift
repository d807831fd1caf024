#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import Synchronization

/// Whether results depend on the number of threads.
///
/// The same program gives the same bits whenever it runs with as many threads. With another number,
/// only the matrix products and convolutions of oneDNN may differ, by rounding: it divides some
/// sums among the threads there are. Everything else adds in an order that the sizes decide.
public enum Determinism {
  /// 0 for none, -1 before the environment was read.
  private static let threads = Atomic(-1)

  /// On how many threads the kernels of oneDNN run, whatever the number of threads otherwise; `nil`,
  /// the default, stands for all there are.
  ///
  /// With a number, results are the same bits on any number of threads, and on all processors with
  /// the same instruction sets. One thread is always good; more are faster where there are as many
  /// processors, and much slower where there are fewer. The environment variable
  /// `RANVIER_DETERMINISTIC` sets the number as well. Functions that have been compiled keep the
  /// kernels they have, so that it should be set first.
  public static var kernelThreads: Int? {
    get {
      let known = threads.load(ordering: .relaxed)
      if known >= 0 { return known == 0 ? nil : known }
      let text = getenv("RANVIER_DETERMINISTIC").map { String(cString: $0) }
      let initial = text.flatMap { Int($0) }.map { min(4096, max(0, $0)) } ?? 0
      // Another thread may have set a number meanwhile; it wins.
      let result = threads.compareExchange(
        expected: -1, desired: initial, ordering: .relaxed)
      let current = result.exchanged ? initial : result.original
      return current == 0 ? nil : current
    }
    set {
      if let newValue, newValue < 1 {
        fatalError("Determinism.kernelThreads needs a positive number or nil, got \(newValue)")
      }
      threads.store(newValue.map { min(4096, $0) } ?? 0, ordering: .relaxed)
      KernelCache.shared.removeAll()
    }
  }
}
