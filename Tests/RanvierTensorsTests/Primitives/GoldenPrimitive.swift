import RanvierTensors
import TestSupport
import Testing

/// A primitive and its options as the golden file writes them down.
struct GoldenPrimitive: Decodable {
  /// The primitive's name.
  let name: String

  private let axes: [Int]?
  private let axis: Int?
  private let reversed: Bool?
  private let shape: [Int]?
  private let size: GoldenSize?
  private let permutation: [Int]?
  private let starts: [Int]?
  private let ends: [Int]?
  private let strides: [Int]?
  private let low: [Int]?
  private let high: [Int]?
  private let interior: [Int]?
  private let dilation: [Int]?
  private let groups: Int?
  private let count: Int?
  private let elementType: String?
  private let transposesLeft: Bool?
  private let transposesRight: Bool?
  private let program: String?
  private let sizes: [Int]?
  private let descending: Bool?
  private let afterEqual: Bool?
  private let complete: Bool?
  private let transposed: Bool?
  private let lower: Bool?
  private let unitDiagonal: Bool?
  private let packed: Bool?
  private let causal: Bool?
  private let masked: Bool?
  private let scale: Double?
  private let runs: [Runs]?

  /// The weighted sums along an axis.
  private struct Runs: Decodable {
    let size: Int
    let starts: [Int]
    let weights: [[Double]]

    var sums: WeightedRuns {
      zip(starts, weights).reduce(into: WeightedRuns(size: size)) {
        $0.append(start: $1.0, weights: $1.1)
      }
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name = "primitive"
    case axes, axis, reversed, shape, size, permutation, starts, ends, strides, low, high, interior
    case dilation, groups, count, program, sizes, descending, complete, transposed, lower
    case packed, causal, masked, scale, runs
    case afterEqual = "after_equal"
    case unitDiagonal = "unit_diagonal"
    case elementType = "element_type"
    case transposesLeft = "transposes_left"
    case transposesRight = "transposes_right"
  }

  /// What is called a size: that of an axis, or those of windows.
  private enum GoldenSize: Decodable {
    case one(Int)
    case several([Int])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let size = try? container.decode(Int.self) {
        self = .one(size)
      } else {
        self = .several(try container.decode([Int].self))
      }
    }

    var one: Int? { if case .one(let size) = self { size } else { nil } }
    var several: [Int]? { if case .several(let sizes) = self { sizes } else { nil } }
  }

  /// A primitive of each name of the catalog, for those that have one name.
  private static let samples = Dictionary(
    PrimitiveCatalog.all.compactMap { $0.samples.first?.primitive }.map { ($0.name, $0) },
    uniquingKeysWith: { first, _ in first })

  private func required<Value>(_ value: Value?) throws -> Value { try #require(value) }

  /// The primitive itself.
  func primitive() throws -> any Primitive {
    if let sample = GoldenPrimitive.samples[name] {
      let type = type(of: sample)
      if let reduction = type as? any ReductionPrimitive.Type {
        return reduction.init(axes: try required(axes))
      }
      if let cumulative = type as? any CumulativePrimitive.Type {
        return cumulative.init(axis: try required(axis), isReversed: try required(reversed))
      }
      // Options are properties.
      if Mirror(reflecting: sample).children.isEmpty { return sample }
    }
    return try structural() ?? matrix() ?? window() ?? block()
      ?? #require(try other(), "no primitive \(name)")
  }

  private func matrix() throws -> (any Primitive)? {
    switch name {
    case "pseudoInverse": PseudoInverse()
    case "qr": OrthogonalTriangular(isComplete: try required(complete))
    case "svd": SingularValues(isFull: try required(complete))
    case "solve": LinearSolve(isTransposed: try required(transposed))
    case "triangularSolve":
      TriangularSolve(
        isLower: try required(lower), isTransposed: try required(transposed),
        hasUnitDiagonal: try required(unitDiagonal))
    default: nil
    }
  }

  private func block() throws -> (any Primitive)? {
    guard let packed, let causal, let masked, let scale else { return nil }
    let attention = Attention(isPacked: packed, isCausal: causal, hasMask: masked, scale: scale)
    return switch name {
    case "attention": attention
    case "attention_gradient": AttentionGradient(attention)
    default: nil
    }
  }

  private func structural() throws -> (any Primitive)? {
    switch name {
    case "cast": Cast(to: try required(namedType))
    case "broadcast": Broadcast(to: Shape(try required(shape)))
    case "concatenate": Concatenate(axis: try required(axis))
    case "gather": Gather(axis: try required(axis))
    case "scatter_add": ScatterAdd(axis: try required(axis), size: try required(size?.one))
    case "iota":
      Iota(
        type: TensorType(try required(namedType), Shape(try required(shape))),
        axis: try required(axis))
    case "pad":
      Pad(low: try required(low), high: try required(high), interior: try required(interior))
    case "reshape": Reshape(to: Shape(try required(shape)))
    case "reverse": Reverse(axes: try required(axes))
    case "slice":
      Slice(starts: try required(starts), ends: try required(ends), strides: try required(strides))
    case "transpose": Transpose(permutation: try required(permutation))
    case "barrier": Barrier(count: try required(count))
    case "argument_of_maximum": ArgumentReduction(axis: try required(axis), findsMaximum: true)
    case "argument_of_minimum": ArgumentReduction(axis: try required(axis), findsMaximum: false)
    case "sort":
      Sort(
        axis: try required(axis), count: try required(count),
        isDescending: try required(descending))
    case "search_sorted": SearchSorted(isAfterEqual: try required(afterEqual))
    case "dynamic_slice": DynamicSlice(sizes: try required(sizes))
    case "gather_elements": GatherElements(axis: try required(axis))
    case "scatter_add_elements":
      ScatterAddElements(axis: try required(axis), size: try required(size?.one))
    case "linear_recurrence":
      LinearRecurrence(axis: try required(axis), isReversed: try required(reversed))
    case "matmul":
      MatrixProduct(
        transposesLeft: try required(transposesLeft), transposesRight: try required(transposesRight)
      )
    case "random_bits": RandomBits(shape: Shape(try required(shape)))
    default: nil
    }
  }

  private var namedType: ElementType? {
    ElementType.allCases.first { $0.abbreviation == elementType }
  }

  private func window() throws -> (any Primitive)? {
    if let runs { return WeightedSums(runs.map(\.sums)) }
    guard let strides, let low, let high, let dilation else { return nil }
    let movement = ConvolutionGeometry(
      strides: strides, paddingLow: low, paddingHigh: high, dilation: dilation,
      groups: groups ?? 1)
    let windows = WindowGeometry(
      size: size?.several ?? [], strides: strides, paddingLow: low, paddingHigh: high,
      dilation: dilation)
    let target = shape.map { Shape($0) } ?? []
    return switch name {
    case "convolution": Convolution(movement)
    case "convolution_input_gradient": ConvolutionInputGradient(movement, inputShape: target)
    case "convolution_kernel_gradient": ConvolutionKernelGradient(movement, kernelShape: target)
    case "window_maximum": WindowMaximum(windows)
    case "window_sum": WindowSum(windows)
    case "window_spread": WindowSpread(windows, inputShape: target)
    case "window_gather": WindowGather(windows)
    case "window_scatter": WindowScatter(windows, inputShape: target)
    default: nil
    }
  }

  /// Primitives that hold programs; the file names them, and both sides write them down.
  private func other() throws -> (any Primitive)? {
    let (scalar, vector) = (TensorType(.float64, []), TensorType(.float64, [3]))
    let matrix = TensorType(.float64, [3, 3])
    func recorded(_ types: [TensorType], _ body: ([Tensor]) -> [Tensor]) throws -> Program {
      try Program.record(types, body).get().program
    }
    switch (name, program) {
    case ("scan", "cell"), ("scan", "decay"):
      let isCell = program == "cell"
      let body = try recorded([vector, vector, matrix]) { x in
        if !isCell { return [x[0] * x[1], sin(x[0])] }
        let next = tanh(matmul(x[0], x[2]) + x[1])
        return [next, next * x[1]]
      }
      return ScanLoop(
        body, carryCount: 1, elementCount: 1, length: 4, isReversed: try required(reversed))
    case ("while_loop", "halving"):
      return WhileLoop(
        while: try recorded([scalar, vector]) { [greater($0[0], 0.3)] },
        do: try recorded([scalar, vector, scalar]) { [$0[0] * 0.5, sin($0[1]) * $0[2]] },
        carryCount: 2)
    case ("conditional", "wave or square"):
      return Conditional(
        then: try recorded([vector, scalar]) { [sin($0[0]) * $0[1], $0[1]] },
        else: try recorded([vector]) { [$0[0] * $0[0], $0[0].sum()] })
    case ("custom_derivative", "square"):
      return CustomDerivative(
        try recorded([vector]) { [$0[0] * $0[0]] },
        CustomDerivative.Rule { [2 * $0.operand * $0.cotangent] })
    default: return nil
    }
  }
}
