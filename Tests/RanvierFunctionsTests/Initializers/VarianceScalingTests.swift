import RanvierFunctions
import RanvierTensors
import Testing

@Test(
  arguments: [
    ([], 1, 1), ([7], 7, 7), ([3, 4], 3, 4), ([5, 3, 4], 15, 20), ([2, 3, 4, 5], 24, 30),
    ([2, 2, 2, 1, 6], 8, 48), ([3, 3, 0, 4], 0, 36),
  ] as [([Int], Double, Double)])
func `fans follow kernel layouts`(sizes: [Int], input: Double, output: Double) {
  let fans = kernelFans(Shape(sizes))
  #expect(fans.input == input && fans.output == output)
}
