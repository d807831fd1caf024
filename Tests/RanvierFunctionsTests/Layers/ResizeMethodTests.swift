import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct ResizeMethodTests {
  @Test func `weighs neighbours within its radius, with a sum of 1`() {
    let linear = ResizeMethod.bilinear.runs(
      from: 4, to: 8, antialias: true, alignsCorners: false)
    #expect(linear.starts == [0, 0, 0, 1, 1, 2, 2, 3])
    #expect(linear.weights[1] == [0.75, 0.25])
    #expect(linear.weights[0] == [1])
    for method in [ResizeMethod.bicubic, .lanczos3, .lanczos5] {
      for count in [3, 40] {
        let runs = method.runs(from: 11, to: count, antialias: true, alignsCorners: false)
        #expect(runs.starts.count == count)
        for (start, weights) in zip(runs.starts, runs.weights) {
          #expect(start >= 0 && start + weights.count <= 11)
          #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
        }
      }
    }
  }
}
