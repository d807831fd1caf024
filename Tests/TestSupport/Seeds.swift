internal import Foundation

/// The seed of tests on random problems: the environment variable `RANVIER_SEED`, or a fixed
/// number.
///
/// Failures print it, so that a run with another seed can be repeated.
package let testSeed: UInt64 =
  ProcessInfo.processInfo.environment["RANVIER_SEED"].flatMap { UInt64($0) } ?? 20_261_121

/// Random numbers for tests, independent of the generators under test.
///
/// Source: SplitMix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
/// generators".
package struct TestGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts a sequence; different salts give different problems under one seed.
  package init(seed: UInt64 = testSeed, salt: String = "") {
    state = salt.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// What a failure says about the seed.
package func seedNote(_ seed: UInt64 = testSeed) -> String { "RANVIER_SEED=\(seed)" }
