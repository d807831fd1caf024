import RanvierTensors
import TestSupport
import Testing

@Suite struct RandomBitsTests {
  @Test func `batches of keys give each key's numbers`() {
    for sample in RandomBits.samples + DeriveKey.samples { expectVectorizedMatches(sample) }
    let keys = RandomKey(seed: 4).split(5)
    let words = Tensor(stacking: keys.map(\.words))
    let bits: Tensor = apply(RandomBits(shape: [40_000]), [words])
    for (index, key) in keys.enumerated() { #expect(bits[index] == key.bits([40_000])) }
  }

  @Test func `draws inside a batch are each key's own`() {
    let keys = RandomKey(seed: 9).split(4)
    func draw(_ words: Tensor) -> Tensor {
      let parts = RandomKey(words: words).split(3)
      return parts[0].normal([5]) + parts[1].derived(7).uniform([5])
        + parts[2].permutation(5) * parts[2].categorical(logits: Tensor([0.0, 1, 2]))
    }
    let words = Tensor(stacking: keys.map(\.words))
    #expect(vectorized(draw)(words) == Tensor(stacking: keys.map { draw($0.words) }))
  }

  @Test func `keys that do not fit are errors`() {
    let counters = Tensor.zeros([3, 4, 2], elementType: .uint32)
    let keys = Tensor.zeros([2, 2], elementType: .uint32)
    let derived: Tensor = apply(DeriveKey(), [keys, counters])
    #expect(
      derived.error?.message
        == "derived(_:) needs counters of type u32 and shape [2][..., 2], got u32[3, 4, 2]")
    let bits: Tensor = apply(RandomBits(shape: [1]), [keys[.all, 0]])
    #expect(bits.error == nil, "[2] is a key")
    let none: Tensor = apply(RandomBits(shape: [1]), [Tensor.zeros([3], elementType: .uint32)])
    #expect(none.error != nil)
  }
}
