import CKernels
import RanvierTensors
import TestSupport
import Testing

struct SumsOfProductsTests {
  /// A loop that sums the products of two inputs along rows.
  private static func loop(rowLength: Int, _ type: ElementType) -> ElementLoop {
    let shape: Shape = [5, rowLength]
    return ElementLoop(
      shape: shape, rowLength: rowLength, inputs: [.init(type, shape), .init(type, shape)],
      steps: [
        .init(.element(CK_OP_MULTIPLY.rawValue, type), operands: [0, 1], resultType: type),
        .init(
          .reduce(CK_REDUCE_SUM.rawValue, type), operands: [2], resultType: type, isPerRow: true),
      ], outputs: [1])
  }

  private static func bits(_ loop: ElementLoop, _ inputs: [Tensor]) -> [UInt8] {
    let type = TensorType(loop.inputs[0].elementType, [loop.shape[0]])
    let result = Storage(byteCount: type.byteCount)
    loop.makeKernel().run(
      operands: inputs.map { $0.requiredStorage("test") }, results: [result])
    return Array(UnsafeRawBufferPointer(start: result.address, count: type.byteCount))
  }

  @Test(arguments: [8, 16, 17, 64, 300, 8192], [ElementType.float32, .float64])
  func `sums of products keep their bits`(_ rowLength: Int, _ type: ElementType) {
    var generator = TestGenerator(salt: "sums of products \(rowLength)")
    let loop = Self.loop(rowLength: rowLength, type)
    let inputs = loop.inputs.map { Tensor.random($0.shape, using: &generator).cast(to: type) }
    let joined = loop.joiningSumsOfProducts()
    #expect(joined.steps.count == (rowLength * type.byteCount < 64 ? 2 : 1))
    #expect(Self.bits(joined, inputs) == Self.bits(loop, inputs), "\(seedNote())")
  }

  @Test func `products of rows too short or too long for that, or read again, stay steps`() {
    for (rowLength, type) in [(15, ElementType.float32), (8193, .float32), (64, .int32)] {
      let loop = Self.loop(rowLength: rowLength, type)
      #expect(loop.joiningSumsOfProducts() == loop)
    }
    var loop = Self.loop(rowLength: 64, .float32)
    loop.outputs = [0, 1]
    #expect(loop.joiningSumsOfProducts() == loop)
  }
}
