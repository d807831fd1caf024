internal import RanvierTensors

/// The scores of a whole data set in a few pieces, each at least twice as large as the next.
///
/// Were all of them one tensor, adding a batch would copy every score seen so far. Pieces are
/// joined as in a binary counter instead, so that each score is copied a logarithmic number of
/// times.
struct ScoreChunks {
  private var chunks: [ScoredExamples]

  init(_ chunks: [ScoredExamples]) { self.chunks = chunks }

  init(_ state: Parameters) {
    chunks = []
    while state.contains("\(chunks.count)/scores") {
      let chunk = state.scope("\(chunks.count)")
      chunks.append(
        ScoredExamples(
          scores: chunk["scores"], truths: chunk["truths"], weights: chunk["weights"]))
    }
  }

  /// The tensors under paths such as `0/scores`.
  var state: Parameters {
    var state = Parameters()
    for (index, chunk) in chunks.enumerated() {
      state["\(index)/scores"] = chunk.scores
      state["\(index)/truths"] = chunk.truths
      state["\(index)/weights"] = chunk.weights
    }
    return state
  }

  /// The state that carries an error on.
  static func state(of error: OperationError) -> Parameters {
    let wrong = Tensor(invalid: error)
    return ScoreChunks([ScoredExamples(scores: wrong, truths: wrong, weights: wrong)]).state
  }

  func merged(with other: ScoreChunks) -> ScoreChunks {
    var result = self
    for chunk in other.chunks { result.append(chunk) }
    return result
  }

  private mutating func append(_ chunk: ScoredExamples) {
    var chunk = chunk
    while let last = chunks.last, ScoreChunks.size(last) < 2 * ScoreChunks.size(chunk) {
      chunk = ScoreChunks.joined(chunks.removeLast(), chunk)
    }
    chunks.append(chunk)
  }

  private static func size(_ chunk: ScoredExamples) -> Int {
    chunk.scores.error == nil ? chunk.weights.count : 0
  }

  private static func joined(_ first: ScoredExamples, _ second: ScoredExamples) -> ScoredExamples {
    ScoredExamples(
      scores: Tensor(concatenating: [first.scores, second.scores]),
      truths: Tensor(concatenating: [first.truths, second.truths]),
      weights: Tensor(concatenating: [first.weights, second.weights]))
  }

  /// The value for all scores; not-a-number if there are none.
  func value(_ function: (ScoredExamples) -> Tensor) -> Tensor {
    guard let first = chunks.first else { return Tensor(Double.nan) }
    let all = chunks.dropFirst().reduce(first, ScoreChunks.joined)
    if let error = all.scores.error ?? all.truths.error ?? all.weights.error {
      return Tensor(invalid: error)
    }
    return all.weights.count == 0 ? Tensor(Double.nan) : function(all)
  }
}
