import Foundation
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `random`.
private struct RandomOptions: Decodable {
  let seed: UInt64
  let bernoulliProbability: Double
  let foldInData: UInt32
  let splitCount: Int
  let truncatedNormalBounds: [Double]

  enum CodingKeys: String, CodingKey {
    case seed
    case bernoulliProbability = "bernoulli_probability"
    case foldInData = "fold_in_data"
    case splitCount = "split_count"
    case truncatedNormalBounds = "truncated_normal_bounds"
  }
}

@Suite struct RandomKeyTests {
  @Test(.tags(.golden), arguments: ["key_0", "key_42", "key_large", "key_large_64"])
  func `keys, bits and distributions equal JAX's`(_ name: String) throws {
    let golden = try Golden("random")
    let expected = golden.tensors(name)
    let options = try golden.options(name, as: RandomOptions.self)
    // Without 64-bit types JAX keeps only the low half of a seed.
    let seed = name == "key_large" ? options.seed & 0xFFFF_FFFF : options.seed
    let key = RandomKey(seed: seed)
    #expect(key.words == expected["key"])
    #expect(key.bits([5]) == expected["bits_5"])
    #expect(key.bits([3, 4]) == expected["bits_3_4"])
    #expect(Tensor(stacking: key.split(options.splitCount).map(\.words)) == expected["split"])
    #expect(key.derived(options.foldInData).words == expected["fold_in"])
    #expect(key.derived(Tensor(Int(options.foldInData))).words == expected["fold_in"])
    #expect(key.uniform([16]) == expected["uniform"])
    #expect(
      key.bernoulli([16], probability: options.bernoulliProbability).cast(to: .uint32)
        == expected["bernoulli"])
    expectClose(key.normal([16]), expected["normal"], relative: 1e-6, absolute: 1e-6)
    let bounds = options.truncatedNormalBounds
    expectClose(
      key.truncatedNormal([16], from: bounds[0], to: bounds[1]), expected["truncated_normal"],
      relative: 1e-6, absolute: 1e-6)
    let chances = Tensor.range(16, elementType: .float32) / 16
    #expect(
      key.bernoulli(probability: chances).cast(to: .uint32) == expected["bernoulli_each"])
    expectClose(key.exponential([16]), expected["exponential"], relative: 1e-6)
    expectClose(key.gumbel([16]), expected["gumbel"], relative: 1e-5, absolute: 1e-6)
    let logits = Tensor((0 ..< 15).map { Float($0 % 7) / 2 }, shape: [3, 5])
    #expect(
      key.categorical(logits: logits, alongAxis: 1, sampleShape: [4]) == expected["categorical"])
    #expect(key.permutation(20) == expected["permutation"])
    #expect(key.permutation(2000) == expected["permutation_2000"])
    #expect(key.choice(7, outOf: 2000) == expected["choice"])
    #expect(key.choice(7, probabilities: chances) == expected["weighted_choice"])
  }

  @Test func `equal keys give equal numbers, others do not`() {
    let key = RandomKey(seed: 7)
    #expect(key == RandomKey(seed: 7) && key != RandomKey(seed: 8))
    #expect(key.normal([9]) == RandomKey(seed: 7).normal([9]))
    let derived =
      key.split(4) + [
        key, key.derived(4), key.derived(5), key.derived("kernel"), key.derived("bias"),
      ]
    #expect(Set(derived.map { $0.words.scalars(as: UInt32.self) }).count == derived.count)
    #expect(key.split(0).isEmpty)
    #expect(key.derived(1) == key.split(2)[1], "as in JAX")
    #expect(key.derived("kernel") == RandomKey(seed: 7).derived("kernel"))
  }

  @Test func `names derive the same keys on every machine`() {
    // FNV-1a of "a" with 64 bits is AF63DC4C8601EC8C.
    let words = Tensor([UInt32(0xAF63_DC4C), 0x8601_EC8C])
    let expected: Tensor = apply(DeriveKey(), [RandomKey(seed: 3).words, words])
    #expect(RandomKey(seed: 3).derived("a").words == expected)
  }

  @Test func `a longer draw begins with the shorter one`() {
    let key = RandomKey(seed: 11)
    #expect(key.bits([100])[..<7] == key.bits([7]))
    #expect(key.bits([4, 25]).flattened() == key.bits([100]))
  }

  @Test func `the host's generator draws from the key`() {
    var first = KeyedGenerator(key: RandomKey(seed: 5))
    var second = KeyedGenerator(key: RandomKey(seed: 5))
    var other = KeyedGenerator(key: RandomKey(seed: 6))
    let words = (0 ..< 100).map { _ in first.next() }
    #expect(words == (0 ..< 100).map { _ in second.next() })
    #expect(words[0] != other.next())
    #expect(Set(words).count == 100)
    #expect((0 ..< 50).shuffled(using: &first) != Array(0 ..< 50))
  }
}
