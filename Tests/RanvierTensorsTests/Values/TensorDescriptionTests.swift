import RanvierTensors
import Testing

/// A tensor and what is printed.
struct DescriptionRow: Sendable, CustomTestStringConvertible {
  let tensor: Tensor
  let text: String
  var testDescription: String { tensor.debugDescription }

  init(_ tensor: Tensor, _ text: String) {
    self.tensor = tensor
    self.text = text
  }

  static let all = [
    DescriptionRow(Tensor([1.0, 2, 3]), "[1. 2. 3.]"),
    DescriptionRow(Tensor([0.1, 0.25, 3]), "[0.10 0.25 3.00]"),
    DescriptionRow(Tensor([1.0 / 3, 2.0 / 3]), "[0.3333 0.6667]"),
    DescriptionRow(Tensor([1, -20, 300]), "[  1 -20 300]"),
    DescriptionRow(Tensor([true, false]), "[ true false]"),
    DescriptionRow(Tensor([1.0, .nan, -.infinity]), "[  1.  nan -inf]"),
    DescriptionRow(Tensor([Double.nan, .infinity]), "[nan inf]"),
    DescriptionRow(Tensor([0.0, 0]), "[0. 0.]"),
    DescriptionRow(Tensor([1e-5, 1]), "[1e-05 1e+00]"),
    DescriptionRow(Tensor([1.5e10, 1]), "[1.5e+10 1.0e+00]"),
    DescriptionRow(Tensor([1e-10, -2.25e-10]), "[ 1.00e-10 -2.25e-10]"),
    DescriptionRow(Tensor([1_234_567.0, 2.5]), "[1.2346e+06 2.5000e+00]"),
    DescriptionRow(Tensor([123_456.789, 0.001]), "[123456.789      0.001]"),
    DescriptionRow(Tensor([Int64.max, 1]), "[9223372036854775807                   1]"),
    DescriptionRow(Tensor([UInt64.max]), "[18446744073709551615]"),
    DescriptionRow(Tensor([UInt8(7), 255]), "[  7 255]"),
    DescriptionRow(Tensor([Float(0.1)]).cast(to: .bfloat16), "[0.1001]"),
    DescriptionRow(Tensor([Float16(0.5), 65504]), "[    0.5 65504.0]"),
    DescriptionRow(Tensor(3.0), "3.0"),
    DescriptionRow(Tensor(Float(3.14159265)), "3.1415927"),
    DescriptionRow(Tensor(-7), "-7"),
    DescriptionRow(Tensor(true), "true"),
    DescriptionRow(Tensor(BFloat16(0.5)), "0.5"),
    DescriptionRow(Tensor.zeros([0]), "[]"),
    DescriptionRow(Tensor.zeros([2, 0, 3]), "[]"),
    DescriptionRow(
      Tensor([[1.5, -2.25], [1000, 0]]),
      """
      [[   1.50   -2.25]
       [1000.00    0.00]]
      """),
    DescriptionRow(
      Tensor.range(12).reshaped(to: [2, 2, 3]),
      """
      [[[ 0  1  2]
        [ 3  4  5]]

       [[ 6  7  8]
        [ 9 10 11]]]
      """),
    DescriptionRow(Tensor.range(2000), "[   0    1    2 ... 1997 1998 1999]"),
    DescriptionRow(
      Tensor.range(1200).reshaped(to: [30, 40]),
      """
      [[   0    1    2 ...   37   38   39]
       [  40   41   42 ...   77   78   79]
       [  80   81   82 ...  117  118  119]
       ...
       [1080 1081 1082 ... 1117 1118 1119]
       [1120 1121 1122 ... 1157 1158 1159]
       [1160 1161 1162 ... 1197 1198 1199]]
      """),
    DescriptionRow(
      Tensor.range(30, elementType: .float32) * 0.37,
      """
      [ 0.00  0.37  0.74  1.11  1.48  1.85  2.22  2.59  2.96  3.33  3.70  4.07
        4.44  4.81  5.18  5.55  5.92  6.29  6.66  7.03  7.40  7.77  8.14  8.51
        8.88  9.25  9.62  9.99 10.36 10.73]
      """),
  ]
}

@Suite struct TensorDescriptionTests {
  @Test(arguments: DescriptionRow.all)
  func `prints as NumPy does`(_ row: DescriptionRow) {
    #expect(row.tensor.description == row.text)
  }

  @Test func `an invalid tensor shows its error`() {
    let (wrong, line) = (Tensor([1.0, 2]).reshaped(to: [3]), #line)
    #expect(
      wrong.description == """
        invalid tensor: reshaped(to:) needs as many elements before as after, got [2] (2) to [3] (3) \
        (Values/TensorDescriptionTests.swift:\(line))
        """)
  }

  @Test func `debugging shows the type`() {
    #expect(Tensor([1, 2]).debugDescription == "i64[2] [1 2]")
  }

  @Test func `a value that is not computed yet prints its type`() {
    let trace = Trace(computes: false)
    #expect("\(trace.input(TensorType(.float32, [2, 3])))" == "f32[2, 3] (not computed yet)")
  }

  @Test func `prints shortened tensors of high rank quickly`() {
    let text = "\(Tensor.zeros([7, 7, 7, 7]))"
    #expect(text.split(separator: "\n").count < 400)
    #expect(text.contains("..."))
  }
}
