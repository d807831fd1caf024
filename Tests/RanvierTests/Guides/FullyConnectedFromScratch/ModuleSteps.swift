import Ranvier
import Testing

/// The next lesson, which needs the module alone.
extension FullyConnectedFromScratchTests {
  @Test static func step32() throws {
    try step(32) {
      let network = Model.input("image", shape: [nil, 784]).dense(50).relu().dense(1)
      let (initialize, predict) = try network.build()
      let state = try initialize(seed: 42)
      print(state.parameters)
      print(try predict(state, xValid).shape)
    }
  }
}
