public import RanvierFunctions
internal import RanvierTensors

/// `activation(Â · x · kernel + bias)`.
package struct GraphConvolutionLayer: Layer {
  package let units: Int
  package let normalization: AdjacencyNormalization
  package let selfLoops: Bool
  package let activation: Activation?
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "graph_convolution" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("units", units)] + activation.options
      + (normalization == .symmetric
        ? [] : [LayerOption("normalization", normalization.rawValue)])
      + (selfLoops ? [] : [LayerOption("self loops", false)])
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let (x, adjacency) = (inputs[0], inputs[1])
    try x.checkFloatingPoint()
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    let rank = x.shape.rank
    guard (2 ... 3).contains(rank), let features = x.shape[-1],
      (2 ... rank).contains(adjacency.shape.rank)
    else {
      throw LayerProblem(
        """
        [nodes, features] or [batch, nodes, features] of known features, and an adjacency \
        [nodes, nodes] or [batch, nodes, nodes]
        """, got: "\(x) and \(adjacency)")
    }
    let sizes = [x.shape[-2], adjacency.shape[-2], adjacency.shape[-1]].compactMap { $0 }
    guard Set(sizes).count <= 1 else {
      throw LayerProblem("as many rows and columns as nodes", got: "\(x) and \(adjacency)")
    }
    var output = x.shape
    output[-1] = units
    let bias = ParameterDeclaration("bias", shape: [units], initializer: biasInitializer)
    return LayerSignature(
      output, elementType: try activation.elementType(afterKernelOn: x, output),
      parameters: [
        ParameterDeclaration("kernel", shape: [features, units], initializer: kernelInitializer)
      ] + (useBias ? [bias] : []))
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let y = RanvierFunctions.graphConvolution(
      call.inputs[0], adjacency: call.inputs[1], call.parameters["kernel"],
      useBias ? call.parameters["bias"] : nil, normalization: normalization,
      selfLoops: selfLoops)
    return LayerResult(activation.applied(afterKernel: y))
  }
}

extension Model {
  /// Gives each node of a graph what its neighbours' features, multiplied by a kernel, add up to:
  /// `activation(Â · x · kernel + bias)` with the normalized adjacency `Â`.
  ///
  /// - Shapes: input `[batch, nodes, features]` and adjacency `[batch, nodes, nodes]` or
  ///   `[nodes, nodes]`, output `[batch, nodes, units]`; for a single graph all without batch axis.
  /// - Parameters:
  ///   - units: The number of features of the output.
  ///   - adjacency: The weight of the edge to each node (row) from each node (column).
  ///   - normalization: How neighbours are weighed.
  ///   - selfLoops: Whether each node counts as its own neighbour.
  ///   - activation: Applied to the result.
  ///   - useBias: Whether a bias is added.
  ///   - kernelInitializer: How the kernel begins.
  ///   - biasInitializer: How the bias begins.
  /// - Parameters of the layer: `kernel [features, units]`, `bias [units]`.
  /// - Source: Kipf & Welling 2016, arXiv:1609.02907.
  public func graphConvolution(
    _ units: Int, adjacency: Model, normalization: AdjacencyNormalization = .symmetric,
    selfLoops: Bool = true, activation: Activation? = nil, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      GraphConvolutionLayer(
        units: units, normalization: normalization, selfLoops: selfLoops, activation: activation,
        useBias: useBias, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer),
      [self, adjacency], name: name, location: CodeLocation(file: "\(file)", line: line))
  }
}
