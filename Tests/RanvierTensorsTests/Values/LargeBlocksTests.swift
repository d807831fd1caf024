import RanvierTensors
import Testing

@Suite struct LargeBlocksTests {
  /// A size that no other test asks for.
  private static let byteCount = 37 << 20

  @Test func `blocks are aligned and as large as asked for`() throws {
    for byteCount in [1 << 20, (1 << 20) + 1, (2 << 20) + 12345, Self.byteCount] {
      let block = try #require(LargeBlocks.allocate(byteCount))
      #expect(block.byteCount >= byteCount)
      #expect(UInt(bitPattern: block.address) % 4096 == 0)
      if byteCount >= 2 << 20 { #expect(UInt(bitPattern: block.address) % (2 << 20) == 0) }
      // Both ends can be written.
      block.address.storeBytes(of: 1, as: UInt8.self)
      (block.address + byteCount - 1).storeBytes(of: 2, as: UInt8.self)
      LargeBlocks.free(block)
    }
  }

  @Test func `a block that is given back serves the next of its size`() throws {
    let first = try #require(LargeBlocks.allocate(Self.byteCount))
    let address = first.address
    LargeBlocks.free(first)
    let second = try #require(LargeBlocks.allocate(Self.byteCount - 4096))
    #expect(second.address == address)
    // One that is in use is not handed out again.
    let third = try #require(LargeBlocks.allocate(Self.byteCount))
    #expect(third.address != address)
    LargeBlocks.free(second)
    LargeBlocks.free(third)
  }

  @Test func `large tensors are values like small ones`() {
    let count = LargeBlocks.smallest / 4 + 7
    let a = Tensor.ones([count])
    let b = a + 1
    var c = b
    c[0] = Tensor(5.0, elementType: .float32)
    #expect(a.sum().scalar(as: Double.self) == Double(count))
    #expect(b[0].scalar(as: Double.self) == 2)
    #expect(c[0].scalar(as: Double.self) == 5)
    #expect(c[count - 1].scalar(as: Double.self) == 2)
  }
}
