/// An operation from which everything else is composed.
///
/// A primitive is a value: its properties are the operation's options, its operands and results are
/// tensors. Everything about it stands side by side in one file: shape rule, derivative, reference
/// evaluation, kernel, samples for the tests.
package protocol Primitive: Sendable, Hashable, CustomStringConvertible {
  /// The operation's name in graphs and plans.
  var name: String { get }

  /// The operation as users spell it, for error texts; the default is its name.
  var spelling: String { get }

  /// The number of results.
  var resultCount: Int { get }

  /// The types of the results, or the error that says which rule the operands break.
  func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType]

  /// The cotangents of the operands, given those of the results; `nil` where there is no
  /// derivative.
  ///
  /// Written with tensor operations, so that derivatives have derivatives.
  func pullback(_ application: Application) -> [Tensor?]

  /// The results of one application for each example of a batch, as one computation.
  ///
  /// Batched operands carry the examples along an additional first axis, and so must all results.
  func vectorized(_ batch: BatchedApplication) -> [Tensor]

  /// Computes the results in the plainest possible way, in double precision: the oracle of every
  /// kernel.
  func evaluate(_ operands: [ReferenceArray], _ resultTypes: [TensorType]) -> [ReferenceArray]

  /// The compiled form for operands of given types.
  func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel

  /// The compiled form where some operands never change; those may get a layout of their own.
  ///
  /// The default makes no difference.
  func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel

  /// Applications on which the tests try shape rule, derivative and kernel.
  static var samples: [PrimitiveSample] { get }
}

extension Primitive {
  package var spelling: String { name }
  package var resultCount: Int { 1 }
  package var description: String { name }

  /// Whether two primitives are the same operation with the same options.
  package func isEqual(to other: any Primitive) -> Bool {
    (other as? Self).map { $0 == self } ?? false
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel {
    makeKernel(operands, results)
  }
}

/// A primitive together with the tensors it was applied to, as its derivative needs them.
package struct Application {
  package let operands: [Tensor]
  package let results: [Tensor]
  /// The cotangents of the results; zero where nothing depends on a result.
  package let cotangents: [Tensor]
  /// Which results something depends on; the cotangents of the others are zeros.
  package let isUsed: [Bool]
  /// Which operands' cotangents will be used; expensive ones should not be computed in vain.
  package let isNeeded: [Bool]

  /// The operand of a unary primitive.
  package var operand: Tensor { operands[0] }
  /// The only result.
  package var result: Tensor { results[0] }
  /// The cotangent of the only result.
  package var cotangent: Tensor { cotangents[0] }

  /// A cotangent, computed only if it is used.
  package func ifNeeded(_ operand: Int, _ cotangent: () -> Tensor) -> Tensor? {
    isNeeded[operand] ? cotangent() : nil
  }
}

/// A primitive's operands for all examples of a batch.
package struct BatchedApplication {
  /// The operands; those that differ from example to example have an additional first axis.
  package let operands: [Tensor]
  /// Which operands have the additional axis; at least one has.
  package let isBatched: [Bool]
  /// The number of examples.
  package let size: Int

  package init(operands: [Tensor], isBatched: [Bool], size: Int) {
    self.operands = operands
    self.isBatched = isBatched
    self.size = size
  }

  /// The number of axes an operand has for one example.
  package func rank(_ operand: Int) -> Int {
    operands[operand].rank - (isBatched[operand] ? 1 : 0)
  }

  /// An operand with the additional axis, repeated for every example if all share it.
  package func repeated(_ operand: Int) -> Tensor {
    let tensor = operands[operand]
    if isBatched[operand] { return tensor }
    return tensor.broadcast(to: Shape([size] + tensor.shape.sizes))
  }
}

/// An array of doubles with a tensor's type, on which reference evaluations work.
package struct ReferenceArray: Sendable {
  package var type: TensorType
  package var elements: [Double]

  package init(_ type: TensorType, _ elements: [Double]) {
    self.type = type
    self.elements = elements
  }

  package init(_ tensor: Tensor) {
    self.init(tensor.type, tensor.scalars(as: Double.self))
  }

  package var shape: Shape { type.shape }

  /// The element at an index of each axis.
  package subscript(index: [Int]) -> Double {
    get { elements[offset(of: index)] }
    set { elements[offset(of: index)] = newValue }
  }

  private func offset(of index: [Int]) -> Int {
    zip(index, type.shape.sizes).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// An array computed index by index.
  package init(_ type: TensorType, at element: ([Int]) -> Double) {
    self.type = type
    elements = type.shape.indices.map(element)
  }
}

extension Shape {
  /// Every index of the shape, in row-major order.
  package var indices: [[Int]] {
    var result: [[Int]] = []
    let total = count
    result.reserveCapacity(total)
    var index = [Int](repeating: 0, count: rank)
    for _ in 0 ..< total {
      result.append(index)
      for axis in stride(from: rank - 1, through: 0, by: -1) {
        index[axis] += 1
        if index[axis] < sizes[axis] { break }
        index[axis] = 0
      }
    }
    return result
  }
}

/// One application of a primitive for the tests.
package struct PrimitiveSample: Sendable, CustomStringConvertible {
  /// What an operand's elements are drawn from.
  package enum Values: Sendable {
    /// Uniformly from an interval; keep it away from kinks and poles.
    case uniform(Double, Double)
    /// Whole numbers of an interval, both ends included.
    case integers(Int, Int)
    /// A permutation of distinct values at equal distances, for operations that choose (maxima).
    case distinct
    /// Matrices with 2, 4, 6 ... on the diagonal, and -0.25 ..< 0.25 added everywhere: far from
    /// singular, positive definite, with singular values and eigenvalues that are far apart.
    case dominantDiagonal
  }

  /// An operand: its shape, its type and its elements.
  package struct Operand: Sendable {
    package var type: TensorType
    package var values: Values

    /// An operand that takes part in finite differences (`f64`), or a fixed one of another type.
    package init(
      _ shape: Shape, _ values: Values = .uniform(-2, 2), _ elementType: ElementType = .float64
    ) {
      type = TensorType(elementType, shape)
      self.values = values
    }
  }

  package var primitive: any Primitive
  package var operands: [Operand]
  /// Whether the finite-difference tests apply.
  package var isDifferentiable: Bool

  package init(_ primitive: any Primitive, _ operands: [Operand], isDifferentiable: Bool = true) {
    self.primitive = primitive
    self.operands = operands
    self.isDifferentiable = isDifferentiable
  }

  package var description: String {
    "\(primitive)(" + operands.map { $0.type.description }.joined(separator: ", ") + ")"
  }
}
