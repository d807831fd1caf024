import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ExpertBlocksTests {
  @Test func `every choice has a row of its own in a block of its expert`() {
    for (tokens, chosen, experts) in [(40, 2, 5), (1, 1, 3), (200, 3, 7), (64, 1, 2), (33, 2, 2)] {
      let key = RandomKey(seed: UInt64(tokens))
      let random = key.uniform([tokens, experts]).top(chosen).positions
      // All choose the same: one expert has all blocks.
      let same = Tensor.range(chosen).broadcast(to: [tokens, chosen])
      for choices in [random, same] {
        let blocks = ExpertBlocks(choices, experts: experts)
        let (size, count) = ExpertBlocks.sizes(choices: tokens * chosen, experts: experts)
        #expect(blocks.size == size && blocks.experts.shape == [count])
        let rows = blocks.rows.scalars(as: Int.self)
        let (owners, held) = (
          blocks.experts.scalars(as: Int.self), blocks.tokens.scalars(as: Int.self)
        )
        #expect(Set(rows).count == rows.count && held.count == count * size)
        #expect(owners.allSatisfy((0 ..< experts).contains))
        for (choice, expert) in choices.scalars(as: Int.self).enumerated() {
          #expect(owners[rows[choice] / size] == expert)
          #expect(held[rows[choice]] == choice / chosen)
        }
      }
    }
  }

  @Test func `blocks of few choices are not worth their rows`() {
    #expect(!ExpertBlocks.areWorthwhile(tokens: 1, chosen: 2, experts: 8))
    #expect(!ExpertBlocks.areWorthwhile(tokens: 512, chosen: 6, experts: 8))
    #expect(ExpertBlocks.areWorthwhile(tokens: 512, chosen: 2, experts: 8))
  }
}
