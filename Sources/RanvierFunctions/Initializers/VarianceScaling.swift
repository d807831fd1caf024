package import RanvierTensors

/// Random numbers whose variance depends on how many values a kernel combines, so that signals keep
/// their size through many layers.
///
/// The variance is `scale / fan`. Uniform numbers are drawn from `±sqrt(3 * variance)`; normal ones
/// are truncated at two standard deviations and widened, so that the truncated distribution has the
/// variance.
struct VarianceScaling: Sendable {
  /// The number of values by which the scale is divided.
  enum Fan: Sendable {
    case input
    case average
  }

  let scale: Double
  let fan: Fan

  /// The variance for a kernel of a shape.
  func variance(_ shape: Shape) -> Double {
    let (input, output) = kernelFans(shape)
    let count = fan == .input ? input : (input + output) / 2
    return scale / max(count, 1)
  }

  func uniform(_ shape: Shape, _ key: RandomKey, _ elementType: ElementType) -> Tensor {
    let limit = (3 * variance(shape)).squareRoot()
    return key.uniform(shape, from: -1, to: 1, elementType: elementType) * limit
  }

  func truncatedNormal(_ shape: Shape, _ key: RandomKey, _ elementType: ElementType) -> Tensor {
    // The standard deviation of a standard normal distribution truncated to -2 ... 2.
    let remaining = 0.87962566103423978
    let standardDeviation = variance(shape).squareRoot() / remaining
    return key.truncatedNormal(shape, elementType: elementType) * standardDeviation
  }
}

/// How many values one output of a kernel combines, and how many outputs one input takes part in.
///
/// Kernels are `[inputs, outputs]` or `[size..., inputs, outputs]`; the sizes multiply both. A
/// vector counts as its length twice.
package func kernelFans(_ shape: Shape) -> (input: Double, output: Double) {
  switch shape.rank {
  case 0: return (1, 1)
  case 1: return (Double(shape[0]), Double(shape[0]))
  default:
    let field = shape.sizes.dropLast(2).reduce(1.0) { $0 * Double($1) }
    return (field * Double(shape[-2]), field * Double(shape[-1]))
  }
}
