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

  @Test func `keys that do not fit are errors`() {
    let counters = Tensor.zeros([3, 4, 2], elementType: .uint32)
    let keys = Tensor.zeros([2, 2], elementType: .uint32)
    let derived: Tensor = apply(DeriveKey(), [keys, counters])
    #expect(
      derived.error?.description
        == "derive_key needs counters of type u32 and shape [2][..., 2], got u32[3, 4, 2]")
    let bits: Tensor = apply(RandomBits(shape: [1]), [keys[.all, 0]])
    #expect(bits.error == nil, "[2] is a key")
    let none: Tensor = apply(RandomBits(shape: [1]), [Tensor.zeros([3], elementType: .uint32)])
    #expect(none.error != nil)
  }
}
