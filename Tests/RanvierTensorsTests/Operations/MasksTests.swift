import RanvierTensors
import TestSupport
import Testing

@Suite struct MasksTests {
  let x = Tensor([[1.0, -2, 3], [-4, 5, -6]])
  var positive: Tensor { greater(x, 0) }

  @Test func `a mask picks elements in order`() {
    #expect(x[positive] == Tensor([1.0, 3, 5]))
    #expect(x[less(x, -100)].shape == [0])
    #expect(x[Tensor([false, true])] == Tensor([[-4.0, 5, -6]]))
    #expect(x[Tensor([false, false])].shape == [0, 3])
    #expect(Tensor(7)[Tensor(true)] == Tensor([7]))
    #expect(x[Tensor(false)].shape == [0, 2, 3])
    #expect(Tensor.zeros([0, 2])[Tensor.zeros([0], elementType: .bool)].shape == [0, 2])
    let flags = Tensor([true, false, true])
    #expect(flags[flags] == Tensor([true, true]))
  }

  @Test func `positions pick parts, from the end if negative`() {
    let rows = Tensor([[1, 2], [3, 4], [5, 6]])
    #expect(rows[Tensor([2, 0, -1])] == Tensor([[5, 6], [1, 2], [5, 6]]))
    #expect(rows[Tensor([[UInt8(1)], [0]])].shape == [2, 1, 2])
    #expect(rows[Tensor([Int]())].shape == [0, 2])
    #expect(rows[Tensor(1)] == Tensor([3, 4]))
    #expect(
      rows[Tensor([0, 3])].error?.message
        == "x[positions] needs positions in -3 ..< 3, got 3 for shape [3, 2]")
    #expect(rows[Tensor([-4])].error?.got == "-4 for shape [3, 2]")
    #expect(Tensor(1)[Tensor([0])].error?.got == "a scalar")
  }

  @Test func `assigning to a mask`() {
    var y = x
    y[less(y, 0)] = Tensor(0)
    #expect(y == Tensor([[1.0, 0, 3], [0, 5, 0]]))
    y[positive] = Tensor([10, 20, 30])
    #expect(y == Tensor([[10.0, 0, 20], [0, 30, 0]]))
    y[Tensor([false, true])] = Tensor([7, 8, 9])
    #expect(y == Tensor([[10.0, 0, 20], [7, 8, 9]]))
    y[Tensor([true, true])] = Tensor([[1], [2]])
    #expect(y == Tensor([[1.0, 1, 1], [2, 2, 2]]))
    var flags = Tensor([true, false, true])
    flags[flags] = Tensor([false, true])
    #expect(flags == Tensor([false, false, true]))
    var none = x
    none[less(x, -100)] = Tensor([Double]())
    #expect(none == x)
  }

  @Test func `assigning to positions`() {
    var rows = Tensor([[1, 2], [3, 4], [5, 6]])
    rows[Tensor([2, 0])] = Tensor([[7, 8], [9, 10]])
    #expect(rows == Tensor([[9, 10], [3, 4], [7, 8]]))
    rows[Tensor([-1])] = Tensor(0)
    #expect(rows == Tensor([[9, 10], [3, 4], [0, 0]]))
    // Of equal positions the last counts.
    rows[Tensor([1, 0, 1, 1])] = Tensor([[1, 1], [2, 2], [3, 3], [4, 4]])
    #expect(rows == Tensor([[2, 2], [4, 4], [0, 0]]))
    rows[Tensor([[0], [1]])] = Tensor([7, 8])
    #expect(rows == Tensor([[7, 8], [7, 8], [0, 0]]))
    rows[Tensor([Int]())] = Tensor(5)
    #expect(rows[0] == Tensor([7, 8]))
    var flags = Tensor([true, false, true])
    flags[Tensor([0, 1])] = Tensor([false, true])
    #expect(flags == Tensor([false, true, true]))
    rows[Tensor([3])] = Tensor(1)
    #expect(rows.error?.got == "3 for shape [3, 2]")
    rows = Tensor([[1, 2]])
    rows[Tensor([0])] = Tensor([1, 2, 3])
    #expect(rows.error?.operation == "x[positions] = value")
  }

  @Test func `replacing keeps shape and type`() {
    #expect(x.replacing(where: less(x, 0), with: 0.5) == Tensor([[1, 0.5, 3], [0.5, 5, 0.5]]))
    #expect(Tensor([1, 2]).replacing(where: Tensor([true, false]), with: 7.9) == Tensor([7, 2]))
    #expect(
      x.replacing(where: Tensor([true, false, false]), with: Tensor([[8], [9]]))
        == Tensor([[8, -2.0, 3], [9, 5, -6]]))
    #expect(x.replacing(where: Tensor([true]), with: Tensor.zeros([2, 2, 3])).error != nil)
    #expect(Tensor(1.0).replacing(where: Tensor([true]), with: 2).error?.got == "[1] and []")
    #expect(x.replacing(where: x, with: 1).error?.operation == "select")
  }

  @Test func `positions and numbers of what is not zero`() {
    #expect(positive.nonzeroPositions() == Tensor([[0, 0], [0, 2], [1, 1]]))
    #expect(Tensor([0.0, .nan, -0.0, 2]).nonzeroPositions() == Tensor([[1], [3]]))
    #expect(Tensor(3).nonzeroPositions().shape == [1, 0])
    #expect(Tensor(0).nonzeroPositions().shape == [0, 0])
    #expect(Tensor.zeros([2, 0, 3]).nonzeroPositions().shape == [0, 3])
    let cube = Tensor.zeros([2, 3, 4]).replacing(
      where: equal(Tensor.range(24).reshaped(to: [2, 3, 4]), 17), with: 1)
    #expect(cube.nonzeroPositions() == Tensor([[1, 1, 1]]))
    #expect(positive.nonzeroCount() == Tensor(Int32(3)))
    #expect(x.nonzeroCount(alongAxes: [0], keepingAxes: true) == Tensor([[Int32(2), 2, 2]]))
    #expect(Tensor([0.5, .nan, 0]).nonzeroCount() == Tensor(Int32(2)))
  }

  @Test func `masks of other shapes and types are errors`() {
    #expect(x[Tensor([true, false, true])].error?.got == "bool[3] for shape [2, 3]")
    #expect(x[x].error?.operation == "x[mask]")
    #expect(x[positive.reshaped(to: [2, 3, 1])].error != nil)
    var y = x
    y[positive] = Tensor([1, 2])
    #expect(y.error?.hint == "the mask picks 3 parts of shape []")
    y = x
    y[Tensor([true])] = Tensor(1)
    #expect(y.error?.operation == "x[mask]")
  }

  @Test func `what is not known while recording is an error that says what to do`() {
    let trace = Trace(computes: false)
    let y = trace.input(TensorType(.float64, [2, 3]))
    let mask = trace.input(TensorType(.bool, [2, 3]))
    for picked in [y[mask], x[mask], y.nonzeroPositions(), bincount(mask.cast(to: .int32))] {
      #expect(picked.error?.rule == "elements that are known")
      #expect(picked.error?.hint.contains("do this outside") == true)
    }
    // Where the result's shape does not depend on elements, recording goes on.
    #expect(y[positive].shape == [3] && y[positive].error == nil)
    var z = y
    z[mask] = Tensor(0)
    #expect(z.error == nil && z.shape == [2, 3])
    z[mask] = Tensor([1, 2])
    #expect(z.error?.operation == "x[mask]")
    #expect(y[trace.input(TensorType(.int32, [4]))].shape == [4, 3])
    #expect(y.replacing(where: mask, with: 1).error == nil)
  }

  @Test(.tags(.gradient)) func `masks and positions have derivatives`() {
    var generator = TestGenerator(salt: "masks")
    let point: [Tensor] = [
      .random([2, 3], using: &generator), .random([3], using: &generator),
    ]
    expectGradientsMatch(at: point, "picking") { [positive] p in
      (p[0] * p[0])[positive] * p[1]
    }
    expectGradientsMatch(at: point, "assigning") { [positive] p in
      var y = p[0] * p[0]
      y[positive] = p[1] * p[1]
      y[Tensor([true, false])] = y[Tensor([1])][0] * p[1]
      y[Tensor([1, 0, 1])] = y[Tensor([0, 0, 1])] * p[1]
      return y.replacing(where: Tensor([false, true, false]), with: p[0] * p[1])
    }
    expectGradientsMatch(at: point, "positions") { p in
      (p[0] * p[0])[Tensor([1, 0, -1])] * p[0][Tensor([[0], [1], [1]])]
    }
  }
}
