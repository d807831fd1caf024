import RanvierTensors
import TestSupport
import Testing

@Suite struct TrianglesTests {
  @Test(arguments: [-9, -2, -1, 0, 1, 2, 9])
  func `elements beyond a diagonal are zero`(_ offset: Int) {
    for shape in [[3, 4], [4, 3], [2, 3, 3], [0, 2], [2, 0]] as [Shape] {
      for type in [ElementType.float64, .float16, .int8, .uint64, .bool] {
        let x = (Tensor.range(shape.count) + 1).reshaped(to: shape).cast(to: type)
        let array = ReferenceArray(x)
        func wanted(_ isKept: (Int) -> Bool) -> Tensor {
          Tensor(
            ReferenceArray(x.type) {
              isKept($0[shape.rank - 1] - $0[shape.rank - 2]) ? array[$0] : 0
            })
        }
        #expect(x.lowerTriangle(offset: offset) == wanted { $0 <= offset }, "\(x.type)")
        #expect(x.upperTriangle(offset: offset) == wanted { $0 >= offset }, "\(x.type)")
      }
    }
  }

  @Test func `not-a-number beyond the diagonal goes`() {
    let x = Tensor([[1.0, .nan], [.infinity, 2]])
    #expect(x.lowerTriangle() == Tensor([[1.0, 0], [.infinity, 2]]))
    let slope = gradient(at: x) { ($0.lowerTriangle() * 3).sum() }
    #expect(slope == Tensor([[3.0, 0], [3, 3]]))
  }
}
