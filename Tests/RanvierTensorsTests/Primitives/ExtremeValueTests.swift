import RanvierTensors
import TestSupport
import Testing

/// Every element-wise primitive, reduction and cumulative operation on every combination of extreme
/// values, against its reference evaluation: what C's functions and IEEE arithmetic say.
@Suite struct ExtremeValueTests {
  private static let special = [
    -Double.infinity, -2, -1, -0.5, -0.0, 0, 0.5, 1, 2, .infinity, .nan,
  ]
  private static let extreme: [Double] = [-128, -127, -7, -1, 0, 1, 3, 8, 127]

  /// Operands that together run through every combination of values.
  private func combinations(_ values: [[Double]], _ types: [ElementType]) -> [Tensor] {
    values.indices.map { index in
      var shape = [Int](repeating: 1, count: values.count)
      shape[index] = values[index].count
      let all = Shape(values.map(\.count))
      return Tensor(values[index], shape: Shape(shape)).cast(to: types[index]).broadcast(to: all)
    }
  }

  /// Compares results with the reference, the signs of zeros too.
  private func check(
    _ primitive: any Primitive, _ operands: [Tensor], tolerance: Double, comparesZeros: Bool = true,
    _ note: String
  ) {
    guard let types = try? primitive.resultTypes(of: operands.map(\.type)) else { return }
    let result: Tensor = apply(primitive, operands)
    let type = types[0].elementType
    var expected = primitive.evaluate(operands.map { ReferenceArray($0) }, types)[0].elements
    if type.isInteger { expected = expected.map { type.wrapped($0) } }
    expectClose(
      result, Tensor(expected, shape: result.shape), relative: tolerance, absolute: 0, note)
    guard type.isFloatingPoint, comparesZeros else { return }
    let actual = result.scalars(as: Double.self)
    for index in actual.indices where actual[index] == 0 && expected[index] == 0 {
      let arguments = operands.map { $0.scalars(as: Double.self)[index] }
      #expect(
        actual[index].sign == expected[index].sign, "\(note) of \(arguments): sign of zero")
    }
  }

  @Test(arguments: PrimitiveRow.elementwise)
  func `element-wise operations on special numbers`(_ row: PrimitiveRow) throws {
    let sample = try #require(row.type.samples.first)
    for (type, tolerance) in [(ElementType.float64, 1e-14), (.float32, 1e-6)] {
      let types = sample.operands.map { $0.type.elementType == .bool ? .bool : type }
      let values = types.map { $0 == .bool ? [0, 1] : ExtremeValueTests.special }
      // Of two zeros with different signs either may be the larger one.
      let choosesZeros = row.type == Maximum.self || row.type == Minimum.self
      check(
        sample.primitive, combinations(values, types), tolerance: tolerance,
        comparesZeros: !choosesZeros, "\(sample.primitive) \(type)")
    }
  }

  @Test(arguments: PrimitiveRow.elementwise)
  func `element-wise operations on the smallest and largest integers`(_ row: PrimitiveRow) throws {
    // Doubles cannot follow powers as they wrap; those have tests of their own.
    guard row.type != Power.self else { return }
    let sample = try #require(row.type.samples.first)
    for type in [ElementType.int8, .uint8] {
      let values = ExtremeValueTests.extreme.map { type.wrapped($0) }
      let types = sample.operands.map { $0.type.elementType == .bool ? .bool : type }
      check(
        sample.primitive, combinations(types.map { $0 == .bool ? [0, 1] : values }, types),
        tolerance: 0, "\(sample.primitive) \(type)")
    }
  }

  @Test(arguments: PrimitiveRow.reductions)
  func `reductions of special numbers`(_ row: PrimitiveRow) throws {
    guard let type = row.type as? any ReductionPrimitive.Type else { return }
    let reduction = type.init(axes: [0])
    let element: ElementType = reduction.reducesBool ? .bool : .float64
    let values = reduction.reducesBool ? [0, 1] : ExtremeValueTests.special
    let triples = combinations([values, values, values], [element, element, element])
    for count in 1 ... 3 {
      let x = Tensor(stacking: Array(triples[..<count]))
      check(reduction, [x], tolerance: 0, comparesZeros: false, "\(reduction) of \(count)")
    }
  }

  @Test(arguments: PrimitiveRow.cumulative)
  func `cumulative operations on special numbers`(_ row: PrimitiveRow) throws {
    guard let type = row.type as? any CumulativePrimitive.Type else { return }
    let values = ExtremeValueTests.special
    let triples = combinations([values, values, values], [.float64, .float64, .float64])
    for isReversed in [false, true] {
      let primitive = type.init(axis: 0, isReversed: isReversed)
      check(
        primitive, [Tensor(stacking: triples)], tolerance: 1e-14, comparesZeros: false,
        "\(primitive)")
    }
  }

  @Test func `every operation is among them`() {
    #expect(PrimitiveRow.elementwise.count >= 52)
    #expect(PrimitiveRow.reductions.count >= 6)
    #expect(PrimitiveRow.cumulative.count >= 5)
  }
}
