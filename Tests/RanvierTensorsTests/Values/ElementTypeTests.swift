import RanvierTensors
import Testing

@Suite struct ElementTypeTests {
  static let pairs = ElementType.allCases.flatMap { a in ElementType.allCases.map { (a, $0) } }

  @Test func `promotion does not depend on the order, for all 169 pairs`() {
    #expect(ElementTypeTests.pairs.count == 169)
    for (a, b) in ElementTypeTests.pairs {
      #expect(ElementType.promoted(a, b) == ElementType.promoted(b, a), "\(a) \(b)")
    }
  }

  @Test func `promotion holds both operands' values, up to rounding`() {
    for (a, b) in ElementTypeTests.pairs {
      let result = ElementType.promoted(a, b)
      #expect(ElementType.promoted(result, a) == result, "\(a) \(b)")
      #expect(result.isFloatingPoint || !(a.isFloatingPoint || b.isFloatingPoint), "\(a) \(b)")
      if !result.isFloatingPoint {
        #expect(result.lowestValue <= min(a.lowestValue, b.lowestValue), "\(a) \(b)")
        #expect(result.highestValue >= max(a.highestValue, b.highestValue), "\(a) \(b)")
      }
    }
  }

  @Test(arguments: [
    (ElementType.bool, ElementType.bool, ElementType.bool), (.bool, .uint8, .uint8),
    (.bool, .bfloat16, .bfloat16), (.int8, .int32, .int32), (.uint8, .uint16, .uint16),
    (.int8, .uint8, .int16), (.int32, .uint8, .int32), (.int16, .uint16, .int32),
    (.int32, .uint32, .int64), (.int8, .uint32, .int64), (.int64, .uint64, .float32),
    (.int8, .uint64, .float32), (.int64, .float16, .float16), (.uint64, .bfloat16, .bfloat16),
    (.int32, .float32, .float32), (.float16, .bfloat16, .float32), (.float16, .float32, .float32),
    (.bfloat16, .float64, .float64), (.float32, .float64, .float64),
  ])
  func `promotes as the table says`(_ a: ElementType, _ b: ElementType, _ result: ElementType) {
    #expect(ElementType.promoted(a, b) == result)
    let sum = Tensor([1.0]).cast(to: a == .bool ? .int8 : a) * Tensor([1.0]).cast(to: b)
    if a != .bool { #expect(sum.elementType == result) }
  }

  @Test func `sizes, kinds and names`() {
    #expect(ElementType.allCases.map(\.byteCount) == [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8])
    #expect(
      ElementType.allCases.filter(\.isFloatingPoint) == [.float16, .bfloat16, .float32, .float64])
    #expect(ElementType.allCases.filter(\.isSignedInteger) == [.int8, .int16, .int32, .int64])
    #expect(ElementType.allCases.filter { !$0.isInteger && !$0.isFloatingPoint } == [.bool])
    #expect(Set(ElementType.allCases.map(\.abbreviation)).count == 13)
    #expect("\(TensorType(.bfloat16, [2, 3]))" == "bf16[2, 3]")
  }

  @Test(arguments: [
    (ElementType.int8, 128.0, -128.0), (.int8, -129, 127), (.uint8, -1, 255), (.uint8, 256, 0),
    (.int32, 2_147_483_648, -2_147_483_648), (.int64, -5, -5), (.uint64, 7, 7),
  ])
  func `whole numbers wrap`(_ type: ElementType, _ value: Double, _ wrapped: Double) {
    #expect(type.wrapped(value) == wrapped)
  }

  @Test(
    arguments: [
      (1, 0x3F80), (-2, 0xC000), (.infinity, 0x7F80), (0, 0), (-0.0, 0x8000),
      // Halves between neighbours go to the even one.
      (Float(bitPattern: 0x3F80_8000), 0x3F80), (Float(bitPattern: 0x3F81_8000), 0x3F82),
      (Float(bitPattern: 0x3F80_8001), 0x3F81), (Float.greatestFiniteMagnitude, 0x7F80),
    ] as [(Float, UInt16)])
  func `brain floats round to nearest even`(_ value: Float, _ bits: UInt16) {
    #expect(BFloat16(value).bitPattern == bits)
    #expect(Tensor([value]).cast(to: .bfloat16).scalars(as: BFloat16.self)[0].bitPattern == bits)
  }

  @Test func `bf16 numbers are equal as numbers are`() {
    #expect(BFloat16(-0.0 as Float) == BFloat16(0.0 as Float))
    #expect(Set([BFloat16(-0.0 as Float), BFloat16(0.0 as Float)]).count == 1)
    #expect(BFloat16(Float.nan) != BFloat16(Float.nan))
    #expect(Tensor([-0.0 as Float]).cast(to: .bfloat16) == Tensor([BFloat16(0 as Float)]))
  }

  @Test func `brain floats keep not-a-number`() {
    #expect(BFloat16(Float.nan).floatValue.isNaN)
    #expect(BFloat16(Float(bitPattern: 0x7F80_0001)).floatValue.isNaN)
  }
}
