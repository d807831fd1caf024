/// The sum of products of tensors' elements that a text describes by naming indices: Einstein's
/// convention, written as in NumPy.
///
///     einsum("ij,jk->ik", a, b)           // a matrix product
///     einsum("bqhd,bkhd->bhqk", q, k)     // scores of attention
///     einsum("ii->i", a)                  // the diagonal
///     einsum("...ij->...ji", a)           // transposed matrices of a batch
///
/// Each letter names the index of an axis. An index that the result lacks is summed over; one that
/// an operand has twice takes its diagonal. Without `->`, the result has the indices that appear
/// once, in alphabetical order (capitals first). `...` stands for any number of axes, which
/// broadcast and come first in a result that is not given. Spaces are ignored.
///
/// An index must have the same size wherever it appears, or size 1, which is repeated. Products of
/// more than two operands are formed two at a time, the cheapest first.
///
/// - Parameters:
///   - subscripts: The indices of each operand, separated by commas, then those of the result.
///   - operands: Tensors of numbers; types are promoted to a common one.
public func einsum(_ subscripts: String, _ operands: Tensor...) -> Tensor {
  einsum(subscripts, operands)
}

/// The sum of products of tensors' elements that a text describes; see ``einsum(_:_:)``.
public func einsum(_ subscripts: String, _ operands: [Tensor]) -> Tensor {
  if let wrong = operands.first(where: { $0.error != nil }) { return wrong }
  do throws(OperationError) {
    let expression = EinsumExpression(text: subscripts, shapes: operands.map(\.shape))
    let (inputs, output) = try expression.indices()
    let type = operands.dropFirst().reduce(operands[0].elementType) {
      .promoted($0, $1.elementType)
    }
    guard type != .bool else {
      throw expression.error("operands of numbers", "truth values")
    }
    let sizes = try expression.sizes(inputs)
    let terms = zip(operands, inputs).map { tensor, labels in
      EinsumExpression.diagonal(LabelledTensor(tensor: tensor.cast(to: type), labels: labels))
        .droppingRepeated(sizes)
    }
    return contractAll(terms, keeping: output).ordered(output)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The product of all terms, summed over all indices but those of the result: the cheapest pair
/// first, of equally cheap ones the one with the smallest product.
private func contractAll(_ terms: [LabelledTensor], keeping output: [Int]) -> LabelledTensor {
  func kept(without excluded: [Int], of terms: [LabelledTensor]) -> Set<Int> {
    let others = terms.indices.filter { !excluded.contains($0) }
    return Set(output + others.flatMap { terms[$0].labels })
  }
  var terms = terms.indices.map { terms[$0].summed(keeping: kept(without: [$0], of: terms)) }
  while terms.count > 1 {
    var best: (operations: Double, result: Double, first: Int, second: Int)?
    for second in 1 ..< terms.count {
      for first in 0 ..< second {
        let (a, b) = (terms[first], terms[second])
        let labels = a.labels + b.labels.filter { !a.labels.contains($0) }
        let needed = kept(without: [first, second], of: terms)
        var (operations, result) = (1.0, 1.0)
        for label in labels {
          let size = Double(Swift.max(a.size(label), b.size(label)))
          operations *= size
          if needed.contains(label) { result *= size }
        }
        if best.map({ (operations, result) < ($0.operations, $0.result) }) ?? true {
          best = (operations, result, first, second)
        }
      }
    }
    guard let best else { break }
    let needed = kept(without: [best.first, best.second], of: terms)
    var (a, b) = (terms[best.first], terms[best.second])
    // A result whose axes stand in the wanted order needs no transposition.
    let leading = output.first { a.labels.contains($0) != b.labels.contains($0) }
    if let leading, b.labels.contains(leading) { swap(&a, &b) }
    let product = a.product(with: b, keeping: needed)
    terms.remove(at: best.second)
    terms[best.first] = product
  }
  return terms[0]
}

/// The text of a sum of products together with the shapes it is applied to.
private struct EinsumExpression {
  let text: String
  let shapes: [Shape]

  /// The error for this expression.
  func error(_ rule: String, _ got: String, hint: String = "") -> OperationError {
    let operands = shapes.map(\.description).joined(separator: ", ")
    return OperationError(
      operation: "einsum", rule: rule, got: "\(got) in \"\(text)\" of \(operands)", hint: hint)
  }

  /// The labels of each operand's axes and of the result's.
  ///
  /// Letters are their own labels; the axes that an ellipsis stands for are -1, -2 ... from the
  /// last.
  func indices() throws(OperationError) -> (inputs: [[Int]], output: [Int]) {
    let compact = text.filter { !$0.isWhitespace }
    let arrow = compact.firstRange(of: "->")
    let left = arrow.map { compact[..<$0.lowerBound] } ?? compact[...]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == shapes.count, !shapes.isEmpty else {
      throw error(
        "indices for each operand, separated by commas",
        "indices of \(terms.count) operands, and \(shapes.count) operands,")
    }
    var inputs: [[Int]] = []
    for (position, term) in terms.enumerated() {
      inputs.append(try labels(of: term, rank: shapes[position].rank, operand: position))
    }
    let broadcast = inputs.joined().filter { $0 < 0 }.min() ?? 0
    guard let arrow else {
      var counts: [Int: Int] = [:]
      for label in inputs.joined() { counts[label, default: 0] += 1 }
      let once = counts.filter { $0.key > 0 && $0.value == 1 }.keys.sorted()
      return (inputs, Array(broadcast ..< 0) + once)
    }
    let right = compact[arrow.upperBound...]
    let letters = try labels(of: right, rank: nil, operand: nil, broadcast: -broadcast)
    for (position, label) in letters.enumerated() {
      let name = EinsumExpression.name(label)
      if letters[..<position].contains(label) {
        throw error("each index of the result once", "index \(name) twice")
      }
      if label > 0, !inputs.joined().contains(label) {
        throw error("indices of the result that an operand has", "index \(name)")
      }
    }
    if broadcast < 0, !letters.contains(-1) {
      throw error(
        "`...` in the result where operands have axes for it", "none",
        hint: "name the axes to sum over them")
    }
    return (inputs, letters)
  }

  /// The labels of one operand or of the result, which has all axes of the ellipses.
  private func labels(
    of term: Substring, rank: Int?, operand: Int?, broadcast: Int = 0
  ) throws(OperationError) -> [Int] {
    let place = operand.map { "operand \($0)" } ?? "the result"
    var labels: [Int] = []
    var ellipsis: Int?
    var rest = term
    while let character = rest.first {
      if rest.hasPrefix("..."), ellipsis == nil {
        ellipsis = labels.count
        rest = rest.dropFirst(3)
        continue
      }
      guard character.isASCII, character.isLetter, let code = character.asciiValue else {
        throw error("letters as indices, and at most one `...`", "`\(character)` for \(place)")
      }
      labels.append(Int(code))
      rest = rest.dropFirst()
    }
    let covered = rank.map { $0 - labels.count } ?? broadcast
    if covered < 0 || (ellipsis == nil && covered > 0 && rank != nil) {
      throw error(
        "an index for each axis", "\(labels.count) indices for \(place)",
        hint: covered > 0 ? "`...` stands for all other axes" : "")
    }
    if let ellipsis, covered > 0 { labels.insert(contentsOf: -covered ... -1, at: ellipsis) }
    return labels
  }

  /// The size of each index, which is the same everywhere but for sizes of 1.
  func sizes(_ inputs: [[Int]]) throws(OperationError) -> [Int: Int] {
    var sizes: [Int: (size: Int, operand: Int)] = [:]
    for (operand, labels) in inputs.enumerated() {
      for (axis, label) in labels.enumerated() {
        let size = shapes[operand][axis]
        // Axes of one operand make a diagonal, which repeats nothing.
        if let twin = labels[..<axis].firstIndex(of: label), shapes[operand][twin] != size {
          throw error(
            "equal sizes for an index",
            """
            sizes \(shapes[operand][twin]) and \(size) for index \(EinsumExpression.name(label)) of \
            operand \(operand)
            """)
        }
        guard let known = sizes[label], known.size != 1 else {
          sizes[label] = (size, operand)
          continue
        }
        if size != known.size && size != 1 {
          throw error(
            "equal sizes for an index",
            """
            size \(known.size) in operand \(known.operand) and \(size) in operand \(operand) for \
            index \(EinsumExpression.name(label))
            """)
        }
      }
    }
    return sizes.mapValues(\.size)
  }

  private static func name(_ label: Int) -> String {
    UInt8(exactly: label).map { "\(Character(UnicodeScalar($0)))" } ?? "..."
  }

  /// The tensor with one axis for each label: the diagonal of axes with the same one.
  static func diagonal(_ operand: LabelledTensor) -> LabelledTensor {
    var (tensor, labels) = (operand.tensor, operand.labels)
    while let second = labels.indices.first(where: { labels[..<$0].contains(labels[$0]) }),
      let first = labels.firstIndex(of: labels[second])
    {
      let label = labels[second]
      tensor = tensor.diagonal(axes: (first, second))
      labels.remove(at: second)
      labels.remove(at: first)
      labels.append(label)
    }
    return LabelledTensor(tensor: tensor, labels: labels)
  }
}

extension LabelledTensor {
  /// The tensor without axes of size 1 that another operand's axis repeats.
  fileprivate func droppingRepeated(_ sizes: [Int: Int]) -> LabelledTensor {
    let kept = labels.indices.filter { tensor.shape[$0] == sizes[labels[$0]] }
    if kept.count == labels.count { return self }
    return LabelledTensor(
      tensor: tensor.reshaped(to: Shape(kept.map { tensor.shape[$0] })),
      labels: kept.map { labels[$0] })
  }
}
