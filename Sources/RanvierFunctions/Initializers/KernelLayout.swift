public import RanvierTensors

/// What the axes of a kernel are, and so how many values one output combines.
///
/// Initializers such as ``Initializer/glorotUniform`` scale by these numbers, the kernel's fans. The
/// layer that declares a kernel knows them; the shape alone does not tell.
public enum KernelLayout: Sendable, Hashable {
  /// `[inputs, outputs]`, or `[size..., inputs / groups, outputs]` of a convolution. A depthwise
  /// convolution has as many groups as inputs.
  case convolution(groups: Int)
  /// `[size..., outputs / groups, inputs]`, of a transposed convolution.
  case transposedConvolution(groups: Int)
  /// `[outputs, first inputs, second inputs]`: each output combines all products of two inputs.
  case bilinear
  /// `[vocabulary, features]`: rows that are looked up. An output is one number of one row.
  case embedding
  /// `[count, inputs, outputs]`: kernels one after the other, each of which is used by itself.
  case stacked

  /// `[inputs, outputs]`.
  public static let dense = KernelLayout.convolution(groups: 1)

  /// How many values one output of a kernel combines, and how many outputs one input takes part in.
  ///
  /// The sizes of a convolution's window count in both; strides do not. A vector counts as its
  /// length twice, a scalar as 1.
  public func fans(of shape: Shape) -> (inputs: Double, outputs: Double) {
    let sizes = shape.sizes.map { Double($0) }
    guard let last = sizes.last else { return (1, 1) }
    guard sizes.count > 1 else { return (last, last) }
    let field = sizes.dropLast(2).reduce(1, *)
    let other = sizes[sizes.count - 2]
    switch self {
    case .convolution(let groups): return (field * other, field * last / Double(max(groups, 1)))
    case .transposedConvolution(let groups):
      return (field * last / Double(max(groups, 1)), field * other)
    case .bilinear: return (sizes.dropFirst().reduce(1, *), sizes[0])
    case .embedding: return (1, last)
    case .stacked: return (other, last)
    }
  }
}
