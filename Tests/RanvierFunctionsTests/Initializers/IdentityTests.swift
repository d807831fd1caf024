import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct IdentityTests {
  static let key = RandomKey(seed: 1)

  @Test func `gives inputs back, and zeros beyond them`() {
    #expect(Initializer.identity([3, 3], key: Self.key) == Tensor.identity(3))
    #expect(
      Initializer.identity(gain: 2)([2, 3], key: Self.key)
        == Tensor([[2, 0, 0], [0, 2, 0]] as [[Float]]))
    #expect(
      Initializer.identity([2, 2], key: Self.key, elementType: .int8)
        == Tensor([1, 0, 0, 1] as [Int8]).reshaped(to: [2, 2]))
  }

  @Test(arguments: [[3, 4, 4], [4, 3, 3], [2, 5, 3, 3], [1, 2, 3, 2, 2]] as [Shape])
  func `convolutions with padding give their input back`(shape: Shape) {
    let sizes = [2] + shape.sizes.dropLast(2).map { $0 + 3 } + [shape[-1]]
    let x = Self.key.normal(Shape(sizes))
    let kernel = Initializer.identity(shape, key: Self.key)
    expectClose(convolution(x, kernel, padding: .same), x, absolute: 1e-6)
  }
}
