import RanvierTensors
import TestSupport
import Testing

@Suite struct LargerShareTests {
  private let nan = Double.nan
  private let infinity = Double.infinity

  @Test(arguments: [ElementType.float64, .float32, .float16, .bfloat16])
  func `whole, half or nothing`(_ type: ElementType) {
    let a = Tensor([1, 2, 3, 0, infinity, -infinity, nan, 1, nan]).cast(to: type)
    let b = Tensor([2, 2, 2, -0.0, infinity, infinity, 1, nan, nan]).cast(to: type)
    let c = Tensor([infinity, 3, 5, -1, 2, nan, 1, 1, 1]).cast(to: type)
    let shares: Tensor = apply(LargerShare(), [a, b, c])
    #expect(shares == Tensor([0, 1.5, 5, -0.5, 1, 0, 0, 0, 0]).cast(to: type))
  }

  @Test func `gradients of maximum and minimum divide the cotangent between the operands`() {
    let (a, b) = (Tensor([1.0, 2, 3, nan]), Tensor([2.0, 2, 2, 2]))
    let weights = Tensor([10.0, 20, 30, 40])
    let larger = gradient(at: a, b) { (maximum($0, $1) * weights).sum() }
    #expect(larger.0 == Tensor([0.0, 10, 30, 0]) && larger.1 == Tensor([10.0, 10, 0, 0]))
    let smaller = gradient(at: a, b) { (minimum($0, $1) * weights).sum() }
    #expect(smaller.0 == Tensor([10.0, 10, 0, 0]) && smaller.1 == Tensor([0.0, 10, 30, 0]))
  }

  @Test func `a number beside a tensor gets the sum of its shares`() {
    let x = Tensor([-1.0, 0, 3])
    #expect(gradient(at: x) { maximum($0, 0).sum() } == Tensor([0.0, 0.5, 1]))
    let slopes = gradient(at: x, Tensor(0.0)) { maximum($0, $1).sum() }
    #expect(slopes.1 == Tensor(1.5))
  }
}
