import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test(.tags(.golden), arguments: try Golden("pooling").cases)
func `pooling equals PyTorch`(name: String) throws {
  let golden = try Golden("pooling")
  let options = try golden.options(name, as: WindowOptions.self)
  let (window, dilation) = (options.window ?? [], options.dilation ?? [1])
  let strides = options.strides
  for padding in options.padding == nil ? [Padding.valid] : [options.named, options.given] {
    let pool: (@Sendable (Tensor) -> Tensor)? =
      switch options.kind {
      case "max":
        { maxPool($0, windowSize: window, strides: strides, padding: padding, dilation: dilation) }
      case "average":
        {
          averagePool(
            $0, windowSize: window, strides: strides, padding: padding, dilation: dilation,
            countsPadding: options.count_padding == true)
        }
      case "global_max": { globalMaxPool($0) }
      case "global_average": { globalAveragePool($0) }
      default: nil
      }
    let function = try #require(pool)
    expectGolden(golden.tensors(name), inputs: ["input"], "\(name), \(padding)") { function($0[0]) }
  }
}
