public import RanvierFunctions
internal import RanvierTensors

extension Model {
  /// Two recurrent networks over sequences, one from the first step to the last and one from the
  /// last to the first, each with weights of its own.
  ///
  ///     let tagged = words.bidirectional(.lstm(64)).dense(tags)
  ///     let meaning = words.bidirectional(.gru(64), merge: .sum, returnsSequence: false)
  ///
  /// For results that are not merged at all, use the two layers: `x.lstm(64)` and
  /// `x.lstm(64, reversed: true)`.
  ///
  /// - Shapes: as those of the cell's layer, with `2 * units` as the last axis for `.concatenate`,
  ///   and `[..., 2, units]` for `.stack`.
  /// - Parameters:
  ///   - cell: What happens at each step: `.lstm(64)`, `.gru(64)`, ...
  ///   - merge: What becomes of the two results. Those of a sequence belong to the same step; the
  ///     last ones are those after all steps, so after the first step for the backward network.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last ones.
  ///   - start: The states before the first steps, zeros by default.
  ///   - mask: True where there is a step, `[batch, steps]`; over others the state is carried.
  ///   - sharesWeights: Whether both networks have the same weights.
  ///   - startInitializer: How starts that are learnt begin; nil for zeros that are not learnt.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: those of the cell twice, with `forward_` and `backward_` before
  ///   their names; if shared, those of the cell.
  /// - Source: Schuster & Paliwal 1997, "Bidirectional recurrent neural networks".
  public func bidirectional(
    _ cell: RecurrentCell, merge: BidirectionalMerge = .concatenate, returnsSequence: Bool = true,
    from start: BidirectionalState? = nil, mask: Model? = nil, sharesWeights: Bool = false,
    startInitializer: Initializer? = nil, unrolled isUnrolled: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    recurrent(
      cell,
      RecurrentForm(
        direction: .both(merge, sharesWeights: sharesWeights), returnsSequence: returnsSequence,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start?.forward, start?.backward], mask: mask, name: name, file, line)
  }

  /// Two recurrent networks in both directions that give their last states beside the sequence.
  ///
  /// Options are those of
  /// ``bidirectional(_:merge:returnsSequence:from:mask:sharesWeights:startInitializer:unrolled:name:file:line:)``.
  public func bidirectionalWithState(
    _ cell: RecurrentCell, merge: BidirectionalMerge = .concatenate,
    from start: BidirectionalState? = nil, mask: Model? = nil, sharesWeights: Bool = false,
    startInitializer: Initializer? = nil, unrolled isUnrolled: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> (sequence: Model, state: BidirectionalState) {
    let layer = recurrent(
      cell,
      RecurrentForm(
        direction: .both(merge, sharesWeights: sharesWeights), givesState: true,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start?.forward, start?.backward], mask: mask, name: name, file, line)
    let count = cell.kind.stateNames.count
    return (
      layer,
      BidirectionalState(
        forward: RecurrentState(outputsOf: layer, from: 1, count: count),
        backward: RecurrentState(outputsOf: layer, from: 1 + count, count: count))
    )
  }
}
