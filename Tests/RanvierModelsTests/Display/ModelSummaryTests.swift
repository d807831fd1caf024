import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ModelSummaryTests {
  @Test func `a perceptron`() throws {
    let summary = try Model.input("input_0", shape: [nil, 784])
      .dense(128, activation: .relu).dense(10, activation: .softmax).summary()
    #expect(summary.parameterCount == 101770)
    #expect(summary.parameterBytes == 407080)
    #expect(
      "\(summary)" == """
        +---------+-------------+--------------+---------------------+-----------------------+
        | Layer   | Input Shape | Output Shape | Options             | Parameters            |
        +=========+=============+==============+=====================+=======================+
        | input_0 |             | [nil, 784]   |                     |                       |
        +---------+-------------+--------------+---------------------+-----------------------+
        | dense_0 | [nil, 784]  | [nil, 128]   | units: 128          | kernel: f32[784, 128] |
        |         |             |              | activation: relu    | bias: f32[128]        |
        +---------+-------------+--------------+---------------------+-----------------------+
        | dense_1 | [nil, 128]  | [nil, 10]    | units: 10           | kernel: f32[128, 10]  |
        |         |             |              | activation: softmax | bias: f32[10]         |
        +---------+-------------+--------------+---------------------+-----------------------+
        | Total Parameters: 101770                                                           |
        | Total Parameters Memory: 407080 bytes (407.08 kilobytes)                           |
        +------------------------------------------------------------------------------------+
        """)
  }

  @Test func `convolutions, layer state and branches`() throws {
    let x = Model.input("sound", shape: [nil, 8, 3])
      .conv(4, kernelSize: 3, strides: 2, padding: .same).batchNorm(name: "norm")
    let summary = try Model.add(x, x.relu()).flatten().summary()
    #expect(summary.parameterCount == 3 * 3 * 4 + 4 + 8)
    #expect(summary.stateCount == 8)
    #expect(summary.stateBytes == 32)
    #expect("\(summary)" == branchTable)
  }

  @Test func `a table is at least as wide as its last lines`() throws {
    #expect(
      "\(try Model.input("x", shape: [nil]).summary())" == """
        +-----------+-------------+--------------+---------+------------+
        | Layer     | Input Shape | Output Shape | Options | Parameters |
        +===========+=============+==============+=========+============+
        | x (input) |             | [nil]        |         |            |
        +-----------+-------------+--------------+---------+------------+
        | Total Parameters: 0                                           |
        | Total Parameters Memory: 0 bytes                              |
        +---------------------------------------------------------------+
        """)
  }

  @Test func `bytes are given in the unit that fits`() throws {
    func memory(_ units: Int) throws -> String {
      let text = "\(try Model.input(shape: [nil, 250]).dense(units, useBias: false).summary())"
      let line = text.split(separator: "\n").first { $0.contains("Memory") } ?? ""
      return line.drop { $0 != ":" }.dropFirst(2).split(separator: "  ").first.map(String.init)
        ?? ""
    }
    #expect(try memory(1) == "1000 bytes (1.00 kilobytes)")
    #expect(try memory(2340) == "2340000 bytes (2.34 megabytes)")
    #expect(try memory(3_000_000) == "3000000000 bytes (3.00 gigabytes)")
  }
}

private let branchTable = """
  +-------------------+---------------+--------------+----------------+--------------------------+
  | Layer             | Input Shape   | Output Shape | Options        | Parameters               |
  +===================+===============+==============+================+==========================+
  | sound (input)     |               | [nil, 8, 3]  |                |                          |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | conv_0            | [nil, 8, 3]   | [nil, 4, 4]  | filters: 4     | kernel: f32[3, 3, 4]     |
  |                   |               |              | kernel size: 3 | bias: f32[4]             |
  |                   |               |              | strides: 2     |                          |
  |                   |               |              | padding: same  |                          |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | norm (batch_norm) | [nil, 4, 4]   | [nil, 4, 4]  |                | scale: f32[4]            |
  |                   |               |              |                | offset: f32[4]           |
  |                   |               |              |                | mean: f32[4] (state)     |
  |                   |               |              |                | variance: f32[4] (state) |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | relu_0            | [nil, 4, 4]   | [nil, 4, 4]  |                |                          |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | add_0             | norm:         | [nil, 4, 4]  |                |                          |
  |                   |   [nil, 4, 4] |              |                |                          |
  |                   | relu_0:       |              |                |                          |
  |                   |   [nil, 4, 4] |              |                |                          |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | flatten_0         | [nil, 4, 4]   | [nil, 16]    |                |                          |
  +-------------------+---------------+--------------+----------------+--------------------------+
  | Total Parameters: 48                                                                         |
  | Total Parameters Memory: 192 bytes                                                           |
  | Total Layer State: 8                                                                         |
  | Total Layer State Memory: 32 bytes                                                           |
  +----------------------------------------------------------------------------------------------+
  """
