import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PaddingModeTests {
  @Test func `continues the elements`() {
    let x = Tensor([1, 2, 3])
    #expect(x.padded([(2, 1)], mode: .constant(9)) == Tensor([9, 9, 1, 2, 3, 9]))
    #expect(x.padded([(2, 1)], mode: .reflect) == Tensor([3, 2, 1, 2, 3, 2]))
    #expect(x.padded([(2, 4)], mode: .replicate) == Tensor([1, 1, 1, 2, 3, 3, 3, 3, 3]))
    #expect(x.padded([(2, 1)], mode: .circular) == Tensor([2, 3, 1, 2, 3, 1]))
    #expect(x.padded([(3, 1)], mode: .symmetric) == Tensor([3, 2, 1, 1, 2, 3, 3]))
    #expect(x.padded([(0, 0)], mode: .reflect) == x)
    #expect(
      Tensor([true, false]).padded([(1, 0)], mode: .circular) == Tensor([false, true, false]))
  }

  @Test func `corners take part of both axes`() {
    let x = Tensor([[1, 2], [3, 4]])
    #expect(
      x.padded([(1, 0), (0, 1)], mode: .reflect) == Tensor([[3, 4, 3], [1, 2, 1], [3, 4, 3]]))
  }

  @Test func `says what does not fit`() {
    let x = Tensor([1.0, 2, 3])
    func rule(_ mode: String, _ borders: String) -> String {
      """
      padded(_:mode:) needs a border (before, after) for each axis, none negative or beyond what \
      \(mode) has, got borders [\(borders)] for shape [3]
      """
    }
    expectError(x.padded([(3, 0)], mode: .reflect), rule("reflect", "(3, 0)"))
    expectError(x.padded([(0, 4)], mode: .symmetric), rule("symmetric", "(0, 4)"))
    expectError(x.padded([(4, 0)], mode: .circular), rule("circular", "(4, 0)"))
    expectError(x.padded([(-1, 0)], mode: .replicate), rule("replicate", "(-1, 0)"))
    expectError(x.padded([], mode: .constant(0)), rule("constant(0.0)", ""))
    let empty = Tensor.zeros([0])
    for mode in [PaddingMode.reflect, .replicate, .circular, .symmetric] {
      #expect(empty.padded([(1, 0)], mode: mode).error != nil)
    }
  }
}
