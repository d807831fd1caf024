import RanvierTensors
import TestSupport
import Testing

@Suite struct WindowTests {
  @Test func `batches of examples`() {
    let samples =
      WindowSum.samples + WindowSpread.samples + WindowMaximum.samples + WindowGather.samples
      + WindowScatter.samples
    for sample in samples { expectVectorizedMatches(sample) }
  }
}
