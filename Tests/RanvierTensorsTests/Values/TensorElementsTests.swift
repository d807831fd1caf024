import RanvierTensors
import TestSupport
import Testing

@Suite struct TensorElementsTests {
  @Test func `reads elements in any type`() {
    let x = Tensor([1.9, -2.9, 0, .nan, 1e30, -1e30])
    #expect(x.scalars(as: Int32.self) == [1, -2, 0, 0, .max, .min])
    #expect(x.scalars(as: UInt8.self) == [1, 0, 0, 0, 255, 0])
    #expect(x.scalars(as: Bool.self) == [true, true, false, true, true, true])
    #expect(x.scalars(as: Double.self)[1] == -2.9)
    #expect(Tensor(7).scalar(as: Float.self) == 7)
    #expect(Tensor([[5.5]]).scalar(as: Double.self) == 5.5)
  }

  @Test func `keeps all digits of 64-bit integers`() {
    let large = Int64.max - 1
    #expect(Tensor([large]).scalar(as: Int64.self) == large)
    #expect(Tensor([large]).scalar(as: UInt64.self) == UInt64(large))
    #expect((Tensor([large]) + 1).scalar(as: Int.self) == .max)
    #expect((Tensor([1]) * Int.max).scalar(as: Int.self) == .max)
    #expect(Tensor([UInt64.max]).scalars(as: UInt64.self) == [.max])
    #expect("\(Tensor([large]))" == "[9223372036854775806]")
  }

  @Test func `equality compares types, shapes and elements`() {
    let x = Tensor([1.0, 2])
    #expect(x == Tensor([1.0, 2]))
    #expect(x != Tensor([1.0, 3]))
    #expect(x != Tensor([Float(1), 2]))
    #expect(x != Tensor([[1.0, 2]]))
    #expect(Tensor([0.0]) == Tensor([-0.0]))
    #expect(Tensor([Double.nan]) != Tensor([Double.nan]))
    #expect(Tensor.zeros([0]) == Tensor.zeros([0]))
    #expect(Tensor.zeros([0]) != Tensor.zeros([0, 1]))
    #expect(x.reshaped(to: [3]) != x.reshaped(to: [3]))
  }

  @Test func `a changed copy leaves the original as it was`() {
    let original = Tensor([[1.0, 2], [3, 4]])
    var copy = original
    copy[0, 0] = Tensor(9.0)
    #expect(original.scalars(as: Double.self) == [1, 2, 3, 4])
    #expect(copy.scalars(as: Double.self) == [9, 2, 3, 4])

    var written = original
    written.withUniqueStorage { $0.storeBytes(of: 7, as: Double.self) }
    #expect(original.scalars(as: Double.self)[0] == 1)
    #expect(written.scalars(as: Double.self)[0] == 7)
  }

  @Test func `a sole owner is written in place`() {
    var x = Tensor([1.0, 2])
    let before = x.withUnsafeBytes { $0.baseAddress }
    x.withUniqueStorage { $0.storeBytes(of: 5, as: Double.self) }
    #expect(x.withUnsafeBytes { $0.baseAddress } == before)
    let shared = x
    x.withUniqueStorage { $0.storeBytes(of: 6, as: Double.self) }
    #expect(x.withUnsafeBytes { $0.baseAddress } != before)
    #expect(shared.scalars(as: Double.self) == [5, 2])
  }

  @Test func `an outer value captured by a gradient is not changed by writing to it`() {
    var outer = Tensor([2.0])
    let slope = gradient(at: Tensor([3.0])) { x in
      let product = x * outer
      outer.withUniqueStorage { $0.storeBytes(of: 100, as: Double.self) }
      return (product * outer).sum()
    }
    #expect(slope.scalars(as: Double.self) == [200])
  }

  @Test func `storage is aligned to cache lines`() {
    for count in [0, 1, 7, 1000] {
      let address = Tensor.zeros([count]).withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(address % 64 == 0)
    }
  }

  @Test func `closeness has absolute and relative tolerances`() {
    #expect(isClose(Tensor([1.0]), Tensor([1.000001])))
    #expect(!isClose(Tensor([1.0]), Tensor([1.001])))
    #expect(isClose(Tensor([0.0]), Tensor([1e-9])))
    #expect(isClose(Tensor([Double.infinity]), Tensor([Double.infinity])))
    #expect(!isClose(Tensor([Double.infinity]), Tensor([1.0])))
    #expect(!isClose(Tensor([Double.nan]), Tensor([Double.nan])))
    #expect(!isClose(Tensor([1.0]), Tensor([1.0, 1])))
  }

  @Test func `reading an invalid tensor traps with the error`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (Tensor([1.0, 2]) + Tensor([1.0, 2, 3])).scalars()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("scalars(as:) of an invalid tensor"))
    #expect(text.contains("f64[2] and f64[3]"))
  }

  @Test func `reading a value that is being recorded traps with advice`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let trace = Trace(computes: false)
      let x = trace.input(TensorType(.float32, [2]))
      if (x + 1).scalars()[0] > 0 { print("positive") }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("not known while a function is being compiled"))
  }

  @Test func `a scalar is wanted of one element`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1.0, 2]).scalar(as: Double.self)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("needs a tensor of one element, got shape [2]"))
  }

  @Test func `nested arrays come back`() {
    let rows = [[1.5, 2], [3, 4], [5, 6]]
    #expect(Tensor(rows).rows(as: Double.self) == rows)
    #expect(Tensor([[1, 2]]).rows() == [[Float(1), 2]])
    #expect(Tensor.zeros([2, 0]).rows() == [[], []])
    let blocks = [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]]
    #expect(Tensor(blocks).blocks(as: Int.self) == blocks)
    #expect(Tensor.zeros([1, 0, 3]).blocks() == [[]])
  }
}
