import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LinearTransformTests {
  @Test func `brings -1 to 1 into 0 to 1, and bytes into f32`() {
    #expect(linearTransform(Tensor([-1.0, 0, 1])) == Tensor([0.0, 0.5, 1]))
    let y = linearTransform(Tensor([0, 51, 255] as [UInt8]), scale: 1 / 255, shift: -1)
    #expect(y.elementType == .float32)
    expectClose(y, Tensor([-1, -0.8, 0] as [Float]))
  }

  @Test func `says what does not fit`() {
    expectError(
      linearTransform(Tensor([true])),
      """
      linearTransform needs numbers, and a finite scale and shift, got bool[1], scale 0.5, shift 0.5
      """)
    expectError(
      linearTransform(Tensor([1.0]), scale: .infinity),
      """
      linearTransform needs numbers, and a finite scale and shift, got f64[1], scale inf, shift 0.5
      """)
  }
}
