import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct DenseTests {
  struct Options: Decodable {
    var activation: String
    var use_bias: Bool
  }

  @Test(.tags(.golden), arguments: try Golden("dense").cases)
  func `equals PyTorch`(name: String) throws {
    let golden = try Golden("dense")
    let options = try golden.options(name, as: Options.self)
    let activation = try Activation(
      named: options.activation == "none" ? "linear" : options.activation)
    let inputs = ["input", "kernel"] + (options.use_bias ? ["bias"] : [])
    expectGolden(golden.tensors(name), inputs: inputs, name) {
      activation(dense($0[0], $0[1], $0.count > 2 ? $0[2] : nil))
    }
  }

  @Test func `takes vectors and empty batches`() {
    let kernel = Tensor([[1.0, 2], [3, 4]])
    #expect(dense(Tensor([1.0, 1]), kernel, Tensor([10.0, 20])) == Tensor([14.0, 26]))
    #expect(dense(Tensor.zeros([0, 2], elementType: .float64), kernel).shape == [0, 2])
  }

  @Test func `says which shapes do not fit`() {
    let kernel = Tensor.ones([4, 2])
    let rows: [(Tensor, Tensor, Tensor?, String)] = [
      (
        Tensor.ones([3, 5]), kernel, nil,
        "x [..., inputs] and a kernel [inputs, outputs], got x [3, 5], kernel [4, 2]"
      ),
      (
        Tensor.ones([3, 2, 2]), kernel, nil,
        """
        x [..., inputs] and a kernel [inputs, outputs], got x [3, 2, 2], kernel [4, 2]; \
        was `flatten` forgotten?
        """
      ),
      (
        Tensor(1.0), kernel, nil,
        "x [..., inputs] and a kernel [inputs, outputs], got x [], kernel [4, 2]"
      ),
      (
        Tensor.ones([4]), Tensor.ones([4]), nil,
        "x [..., inputs] and a kernel [inputs, outputs], got x [4], kernel [4]"
      ),
      (Tensor.ones([3, 4]), kernel, Tensor.ones([1]), "a bias of shape [2], got [1]"),
    ]
    for (x, kernel, bias, text) in rows {
      expectError(dense(x, kernel, bias), "dense needs \(text)")
    }
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(dense(Tensor.ones([3, 4]), kernel, wrong).error == wrong.error)
  }
}
