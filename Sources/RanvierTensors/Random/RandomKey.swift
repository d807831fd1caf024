internal import CKernels

/// The seed of random numbers, passed explicitly.
///
/// A key never changes: the same key gives the same numbers, on any number of threads, eagerly or
/// compiled. Independent numbers come from keys that are split off or derived by a number or name.
/// Keys and bits equal those of JAX's default generator (partitionable threefry).
public struct RandomKey: TensorTree {
  /// The two 32-bit words of the key, `u32[2]`.
  public let words: Tensor

  /// Creates a key from a seed.
  public init(seed: UInt64) {
    words = Tensor([UInt32(truncatingIfNeeded: seed >> 32), UInt32(truncatingIfNeeded: seed)])
  }

  /// Creates a key from its words, `u32[2]`.
  public init(words: Tensor) { self.words = words }

  /// Several independent keys.
  public func split(_ count: Int = 2) -> [RandomKey] {
    guard count >= 0 else {
      fatalError("split(_:) needs a count that is not negative, got \(count)")
    }
    let counters: [UInt32] = (0 ..< UInt32(count)).flatMap { [0, $0] as [UInt32] }
    let keys = apply(DeriveKey(), [words, Tensor(counters, shape: [count, 2])])
      .spelled("split(_:)", words)
    return (0 ..< count).map { RandomKey(words: keys[$0]) }
  }

  /// The key derived for a number: of a step, an epoch, a worker.
  ///
  /// As in JAX, `derived(1)` is the second of the keys that `split` gives: use one or the other on
  /// a key, not both.
  public func derived(_ number: UInt32) -> RandomKey {
    RandomKey(words: apply(DeriveKey(), [words, Tensor([0, number])]))
  }

  /// The key derived for a number that may not be known yet: a scalar tensor of integers.
  public func derived(_ number: Tensor) -> RandomKey {
    guard number.error != nil || number.count == 1 && number.elementType.isInteger else {
      return RandomKey(
        words: Tensor(
          invalid: OperationError(
            operation: DeriveKey().spelling, rule: "one integer", got: "\(number.type)")))
    }
    let counter = Tensor(
      concatenating: [Tensor([UInt32(0)]), number.cast(to: .uint32).reshaped(to: [1])])
    return RandomKey(words: apply(DeriveKey(), [words, counter]))
  }

  /// The key derived for a name, such as a parameter's path.
  public func derived(_ name: String) -> RandomKey {
    // FNV-1a with 64 bits (Fowler, Noll, Vo): stable across runs and machines, unlike Swift's
    // hashes.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let counter = [UInt32(truncatingIfNeeded: hash >> 32), UInt32(truncatingIfNeeded: hash)]
    return RandomKey(words: apply(DeriveKey(), [words, Tensor(counter)]))
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> RandomKey {
    RandomKey(words: try transform(words))
  }

  public func forEachTensor(_ body: (Tensor) throws -> Void) rethrows { try body(words) }
}

extension RandomKey: Equatable {
  /// Whether both keys have the same words.
  public static func == (first: RandomKey, second: RandomKey) -> Bool {
    first.words == second.words
  }
}

/// A Swift generator of random numbers that draws from a key, for shuffling and choosing on the
/// host.
public struct KeyedGenerator: RandomNumberGenerator {
  private let key: (UInt32, UInt32)
  private var position: UInt64 = 0

  /// Creates a generator.
  public init(key: RandomKey) {
    let words = key.words.scalars(as: UInt32.self)
    self.key = (words[0], words[1])
  }

  public mutating func next() -> UInt64 {
    let counter = [
      UInt32(truncatingIfNeeded: position >> 32), UInt32(truncatingIfNeeded: position),
    ]
    var block: [UInt32] = [0, 0]
    ck_threefry2x32([key.0, key.1], counter, &block)
    position += 1
    return UInt64(block[0]) << 32 | UInt64(block[1])
  }
}
