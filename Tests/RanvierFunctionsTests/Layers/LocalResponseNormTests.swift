import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LocalResponseNormTests {
  @Test func `known values, and an even size reaches further back`() {
    let x = Tensor([1.0, 2, 3, 4])
    let odd = localResponseNorm(x, size: 3, alpha: 3, beta: 1, bias: 1)
    expectClose(odd, x / Tensor([6.0, 15, 30, 26]), relative: 1e-12)
    let even = localResponseNorm(x, size: 2, alpha: 2, beta: 1, bias: 1)
    expectClose(even, x / Tensor([2.0, 6, 14, 26]), relative: 1e-12)
  }

  @Test func `TensorFlow's depth radius and alpha are another size and alpha`() {
    // tf.nn.local_response_normalization([1, 2, 3], depth_radius: 1, bias: 1, alpha: 1, beta: 0.5)
    let x = Tensor([1.0, 2, 3])
    let y = localResponseNorm(x, size: 3, alpha: 3, beta: 0.5)
    expectClose(y, x / sqrt(Tensor([6.0, 15, 14])), relative: 1e-12)
  }

  @Test func `computes 16 bits in f32`() {
    let x = Tensor([300, -400, 10] as [Float]).cast(to: .float16)
    let y = localResponseNorm(x, size: 3, alpha: 1)
    #expect(isFinite(y).all().scalar(as: Bool.self) && y.elementType == .float16)
    #expect(y == localResponseNorm(x.cast(to: .float32), size: 3, alpha: 1).cast(to: .float16))
  }

  @Test func `says what does not fit`() {
    let rule =
      "localResponseNorm needs floating-point numbers [..., channels] and a positive size"
    expectError(localResponseNorm(Tensor.ones([3]), size: 0), "\(rule), got f32[3] and size 0")
    expectError(localResponseNorm(Tensor(1.0)), "\(rule), got f64[] and size 5")
    expectError(localResponseNorm(Tensor.range(3)), "\(rule), got i32[3] and size 5")
  }
}
