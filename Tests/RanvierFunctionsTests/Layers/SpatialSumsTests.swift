import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Weighted sums of every length, through the functions that are made of them.
@Suite struct SpatialSumsTests {
  @Test(arguments: [1, 2, 3, 4, 5, 9, 70], [ElementType.float32, .float64])
  func `equal matrix products along each axis`(channels: Int, type: ElementType) {
    let x = RandomKey(seed: 1).normal([2, 13, 9, channels], elementType: type)
    for (rows, columns) in [(5, 4), (30, 20), (13, 40), (2, 9), (1, 1)] {
      func matrix(_ size: Int, _ count: Int) -> Tensor {
        let runs = ResizeMethod.lanczos3.runs(
          from: size, to: count, antialias: true, alignsCorners: false)
        var matrix = Tensor.zeros([count, size], elementType: type)
        for row in 0 ..< count {
          for (offset, weight) in runs.weights[row].enumerated() {
            matrix[row, runs.starts[row] + offset] = Tensor(weight)
          }
        }
        return size == count ? .identity(size, elementType: type) : matrix
      }
      let expected = einsum(
        "ih,jw,nhwc->nijc", matrix(13, rows), matrix(9, columns), x)
      expectClose(
        resize(x, to: [rows, columns], method: .lanczos3), expected,
        relative: type == .float64 ? 1e-12 : 1e-5, absolute: type == .float64 ? 1e-12 : 1e-5,
        "\(channels) channels to \(rows) x \(columns)")
    }
  }

  @Test func `runs longer than what is computed at a time`() {
    let x = RandomKey(seed: 1).normal([1, 3, 7, 5000], elementType: .float64)
    expectClose(
      adaptiveAveragePool(x, outputSize: [2, 1]),
      Tensor(
        concatenating: [
          x[.all, 0 ..< 2].mean(alongAxes: [1, 2], keepingAxes: true),
          x[.all, 1 ..< 3].mean(alongAxes: [1, 2], keepingAxes: true),
        ], alongAxis: 1), relative: 1e-12, absolute: 1e-13)
    expectGradientsMatch(at: [x], order: 1) { adaptiveAveragePool($0[0], outputSize: [2, 2]) }
  }
}
