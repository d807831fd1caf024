import CKernels
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Sums over leading axes, computed in the loops that make their operands.
struct ColumnFusionTests {
  private func regions(
    _ types: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) throws -> (regions: [FusedElements], others: Int) {
    let graph = Fusion.run(Simplification.run(Graph(recording: types, function)))
    #expect(graph.verify() == nil)
    let regions = graph.nodes.compactMap { $0.primitive as? FusedElements }
    return (regions, graph.nodes.count - regions.count)
  }

  private func inputs(_ shapes: [Shape], _ type: ElementType, salt: String) -> [Tensor] {
    var generator = TestGenerator(salt: salt)
    return shapes.map { Tensor.random($0, using: &generator).cast(to: type) }
  }

  /// Shapes with few and many columns, short and long rows, one segment and several.
  static let spaces: [(Shape, [Int])] = [
    ([70, 5], [0]), ([1, 9, 3], [1]), ([1000, 64], [0]), ([7, 1025], [0]), ([3, 8192], [0]),
    ([4, 37, 33, 7], [1, 2]), ([4, 37, 33, 7], [0, 1, 2]), ([2, 3000, 3], [1]),
    ([9, 1, 600, 8], [1, 2]), ([5, 130, 40], [1]), ([300, 300], [0]), ([2, 1], [0]),
  ]

  @Test(arguments: spaces, [ElementType.float32, .float64])
  func `sums are those of the operations by themselves`(
    space: (Shape, [Int]), type: ElementType
  ) throws {
    let (shape, axes) = space
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let product = x[0] * x[1]
      return [product.sum(alongAxes: axes), (product - x[0]).sum(alongAxes: axes), product + 1]
    }
    let x = inputs([shape, shape], type, salt: "\(shape)")
    let results = try compile(function)(x)
    // In double precision, added up by other kernels one after the other.
    let exact = function(x.map { $0.cast(to: .float64) })
    let precision = type == .float64 ? 1e-14 : 1e-6
    let terms = Double(axes.map { shape[$0] }.reduce(1, *))
    for (result, exact) in zip(results, exact) {
      expectClose(result, exact, relative: precision, absolute: precision * terms.squareRoot())
    }
  }

  @Test func `what a sum adds up is not written`() throws {
    let (found, others) = try regions([.init(.float32, [600, 64])]) { x in
      [(x[0] * x[0]).sum(alongAxes: [0])]
    }
    #expect(found.count == 1 && others == 0)
    #expect(found.first?.written.count == 1)
    #expect(found.first?.loop.columns == .init(count: 64, rows: 600))
  }

  @Test func `sums of rows and of columns come from one loop`() throws {
    let type = TensorType(.float32, [50, 32])
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let product = x[0] * x[1]
      let mean = product.mean(alongAxes: [1], keepingAxes: true)
      return [product.sum(alongAxes: [0]), product - mean, x[1].sum(alongAxes: [0])]
    }
    let (found, others) = try regions([type, type], function)
    #expect(found.count == 1 && others == 0)
    let x = inputs([[50, 32], [50, 32]], .float32, salt: "both")
    for (result, exact) in zip(try compile(function)(x), function(x)) {
      expectClose(result, exact, relative: 1e-5, absolute: 1e-5)
    }
  }

  @Test func `sums over more and over fewer leading axes come from one loop`() throws {
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let square = x[0] * x[0]
      return [
        square.sum(alongAxes: [1]), square.sum(alongAxes: [0, 1]), x[0].sum(alongAxes: [0, 1]),
      ]
    }
    let (found, others) = try regions([.init(.float32, [6, 900, 20])], function)
    #expect(found.count == 1 && others == 0)
    let x = inputs([[6, 900, 20]], .float32, salt: "segments")
    for (result, exact) in zip(try compile(function)(x), function(x)) {
      expectClose(result, exact, relative: 1e-5, absolute: 1e-4)
    }
  }

  @Test func `a sum that the same elements wait for is a loop of its own`() throws {
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let square = x[0] * x[0]
      return [square / square.sum(alongAxes: [0], keepingAxes: true)]
    }
    let (found, others) = try regions([.init(.float32, [400, 30])], function)
    #expect(found.count + others > 1)
    #expect(found.first?.members.map(\.primitive.name) == ["multiply", "sum"])
    let x = inputs([[400, 30]], .float32, salt: "twice")
    expectClose(try compile(function)(x)[0], function(x)[0], relative: 1e-5)
  }

  @Test func `numbers of 16 bits are added up in f32`() throws {
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      [(x[0] * x[1]).cast(to: .float32).sum(alongAxes: [0])]
    }
    let x = inputs([[3000, 16], [3000, 16]], .bfloat16, salt: "narrow")
    let exact = function(x.map { $0.cast(to: .float64) })[0]
    expectClose(try compile(function)(x)[0], exact, relative: 1e-4, absolute: 1e-3)
  }

  @Test func `the number of threads makes no difference`() throws {
    let function = compile { (x: [Tensor]) -> [Tensor] in
      let product = x[0] * x[1]
      return [product.sum(alongAxes: [1]), product.sum(alongAxes: [0, 1]), exp(product)]
    }
    let x = inputs([[3, 20_000, 24], [3, 20_000, 24]], .float32, salt: "threads")
    let before = ck_thread_count()
    defer { ck_set_thread_count(before) }
    ck_set_thread_count(1)
    let one = try function(x)
    for threads: Int32 in [2, 5] {
      ck_set_thread_count(threads)
      #expect(try function(x) == one)
    }
  }

  @Test func `operands that repeat within segments are read from tables`() throws {
    // Of each image: one number for each channel, one for the whole image; longer and shorter ones.
    for shape in [[3, 40, 30, 8], [5, 9, 7, 16], [2, 1500, 1, 3], [4, 2, 2, 300]] as [Shape] {
      let channels: Shape = [shape[0], 1, 1, shape[3]]
      let function = { @Sendable (x: [Tensor]) -> [Tensor] in
        [(x[0] - x[1]) * x[2] + x[3], select(greater(x[1], 0), x[0], x[2])]
      }
      let x = inputs(
        [shape, channels, [shape[0], 1, 1, 1], [shape[3]]], .float32, salt: "\(shape)")
      #expect(try compile(function)(x) == function(x), "\(shape)")
    }
  }
}
