import RanvierTensors
import TestSupport
import Testing

@Suite struct EinsumTests {
  /// A sum of products in plain loops over all indices.
  private func reference(_ inputs: [[Character]], _ output: [Character], _ operands: [Tensor])
    -> Tensor
  {
    var sizes: [Character: Int] = [:]
    for (labels, operand) in zip(inputs, operands) {
      for (axis, label) in labels.enumerated() where sizes[label, default: 1] == 1 {
        sizes[label] = operand.shape[axis]
      }
    }
    let labels = output + sizes.keys.filter { !output.contains($0) }.sorted()
    let arrays = operands.map { ReferenceArray($0) }
    let shape = Shape(output.map { sizes[$0, default: 1] })
    var result = ReferenceArray(TensorType(.float64, shape)) { _ in 0 }
    for index in Shape(labels.map { sizes[$0, default: 1] }).indices {
      let value = Dictionary(uniqueKeysWithValues: zip(labels, index))
      var product = 1.0
      for (names, array) in zip(inputs, arrays) {
        product *=
          array[
            names.enumerated().map { array.shape[$0] == 1 ? 0 : value[$1, default: 0] }]
      }
      result[Array(index.prefix(output.count))] += product
    }
    return Tensor(result.elements, shape: shape)
  }

  /// Random operands for random indices; some axes of size 1 are repeated, some are empty.
  private func problem(
    _ salt: String, largest: Int = 3
  ) -> (text: String, inputs: [[Character]], output: [Character], operands: [Tensor]) {
    var generator = TestGenerator(salt: salt)
    let letters = Array("ijKab")
    var sizes: [Character: Int] = [:]
    for letter in letters {
      sizes[letter] = Int.random(in: 1 ... largest, using: &generator)
      if Int.random(in: 0 ..< 25, using: &generator) == 0 { sizes[letter] = 0 }
    }
    let inputs = (0 ..< Int.random(in: 1 ... 4, using: &generator)).map { _ in
      (0 ..< Int.random(in: 0 ... 4, using: &generator)).compactMap { _ in
        letters.randomElement(using: &generator)
      }
    }
    let operands = inputs.map { labels in
      let repeated = Bool.random(using: &generator)
      let axes = labels.map { label in
        let isDiagonal = labels.count { $0 == label } > 1
        return repeated && !isDiagonal && Int.random(in: 0 ..< 4, using: &generator) == 0
          ? 1 : sizes[label, default: 1]
      }
      return Tensor.random(Shape(axes), using: &generator)
    }
    let output = Set(inputs.joined()).sorted().shuffled(using: &generator)
      .filter { _ in Bool.random(using: &generator) }
    let text = inputs.map { String($0) }.joined(separator: ",") + "->" + String(output)
    return (text, inputs, output, operands)
  }

  @Test func `random expressions equal plain loops in every type`() {
    for round in 0 ..< 300 {
      let (text, inputs, output, operands) = problem("einsum \(round)")
      let expected = reference(inputs, output, operands)
      expectClose(einsum(text, operands), expected, relative: 1e-12, absolute: 1e-12, text)
      let single = einsum(text, operands.map { $0.cast(to: .float32) })
      #expect(single.elementType == .float32)
      expectClose(single, expected, relative: 1e-4, absolute: 1e-4, text)
      let integers = operands.map { ($0 * 4).cast(to: .int32) }
      let exact = reference(inputs, output, integers.map { $0.cast(to: .float64) })
      expectClose(einsum(text, integers), exact, relative: 0, absolute: 0, text)
    }
  }

  @Test(.tags(.gradient)) func `derivatives to second order`() {
    for round in 0 ..< 60 {
      let (text, _, _, operands) = problem("einsum derivative \(round)")
      expectGradientsMatch(at: operands, absolute: 1e-6, text) { einsum(text, $0) }
    }
  }

  static let shapes: [(String, [Shape], Shape)] = [
    ("ij,jk", [[2, 3], [3, 4]], [2, 4]), ("ba", [[2, 3]], [3, 2]), ("ii", [[3, 3]], []),
    ("Ba,aC", [[2, 3], [3, 4]], [2, 4]), (" i j , j k -> k i ", [[2, 3], [3, 4]], [4, 2]),
    ("...i,...i", [[2, 3], [4, 1, 3]], [4, 2]), ("i...i->...", [[3, 5, 3]], [5]),
    ("...ij->...ji", [[5, 2, 3]], [5, 3, 2]), ("...,...", [[], [2]], [2]), ("", [[]], []),
    ("->", [[]], []), (",->", [[], []], []), ("i->...i", [[3]], [3]), ("i,", [[3], []], [3]),
    ("ij...,jk...->ik...", [[2, 3, 5], [3, 4, 1]], [2, 4, 5]), ("i...", [[3]], [3]),
    ("ij,jk->ik", [[2, 1], [3, 4]], [2, 4]),
    ("b...d,ad->...ba", [[2, 5, 6, 3], [4, 3]], [5, 6, 2, 4]),
  ]

  @Test(arguments: shapes.indices)
  func `shapes are NumPy's`(_ index: Int) {
    let (text, shapes, expected) = EinsumTests.shapes[index]
    let result = einsum(text, shapes.map { Tensor.ones($0) })
    #expect(result.error == nil && result.shape == expected, "\(text): \(result)")
  }

  @Test func `ellipses broadcast`() {
    var generator = TestGenerator(salt: "ellipsis")
    let a = Tensor.random([2, 1, 3, 4], using: &generator)
    let b = Tensor.random([5, 4, 6], using: &generator)
    expectClose(einsum("...ij,...jk->...ik", a, b), matmul(a, b), relative: 1e-12)
    expectClose(einsum("...ij,...jk", a, b), matmul(a, b), relative: 1e-12)
  }

  static let errors: [(String, [Shape], String)] = [
    (
      "ij,jk->ik", [[2, 3], [4, 5]],
      """
      einsum needs equal sizes for an index, got size 3 in operand 0 and 4 in operand 1 for index j \
      in "ij,jk->ik" of [2, 3], [4, 5]
      """
    ),
    (
      "ii->i", [[1, 3]],
      """
      einsum needs equal sizes for an index, got sizes 1 and 3 for index i of operand 0 in "ii->i" \
      of [1, 3]
      """
    ),
    (
      "i->ij", [[3]],
      #"einsum needs indices of the result that an operand has, got index j in "i->ij" of [3]"#
    ),
    (
      "i->ii", [[3]],
      #"einsum needs each index of the result once, got index i twice in "i->ii" of [3]"#
    ),
    (
      "ij", [[2, 3], [3]],
      """
      einsum needs indices for each operand, separated by commas, got indices of 1 operands, and 2 \
      operands, in "ij" of [2, 3], [3]
      """
    ),
    (
      "i", [[2, 3]],
      """
      einsum needs an index for each axis, got 1 indices for operand 0 in "i" of [2, 3]; `...` \
      stands for all other axes
      """
    ),
    (
      "ijk...", [[2, 3]],
      #"einsum needs an index for each axis, got 3 indices for operand 0 in "ijk..." of [2, 3]"#
    ),
    (
      "i1", [[2, 3]],
      """
      einsum needs letters as indices, and at most one `...`, got `1` for operand 0 in "i1" of \
      [2, 3]
      """
    ),
    (
      "...ij->ij", [[2, 3, 4]],
      """
      einsum needs `...` in the result where operands have axes for it, got none in "...ij->ij" of \
      [2, 3, 4]; name the axes to sum over them
      """
    ),
  ]

  @Test(arguments: errors.indices)
  func `errors show the text, the shapes and the index`(_ index: Int) {
    let (text, shapes, expected) = EinsumTests.errors[index]
    #expect(einsum(text, shapes.map { Tensor.ones($0) }).error?.message == expected)
  }

  @Test func `other texts that are wrong`() {
    for text in ["i..j", "....ij", "ij->ji->ij", "ij->j,", "i-j", "ij->.", "ä", "......ij"] {
      #expect(einsum(text, Tensor.ones([2, 3])).error?.operation == "einsum", "\(text)")
    }
    #expect(einsum("", []).error != nil)
    #expect(einsum("i,i", Tensor([true]), Tensor([true])).error != nil)
    let invalid = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(einsum("i", invalid).error == invalid.error)
  }

  @Test func `long chains are formed from their cheap end`() {
    // 30 products of 200 x 200 matrices from the left would take seconds in a debug build of a
    // wrong order; from the vector, they are products with vectors.
    let matrices = [Tensor](repeating: Tensor.ones([200, 200]) / 200, count: 20)
    let letters = Array("abcdefghijklmnopqrstuvw")
    let text =
      matrices.indices.map { String(letters[$0 ... $0 + 1]) }.joined(separator: ",")
      + "," + String(letters[20]) + "->a"
    let result = einsum(text, matrices + [Tensor.ones([200])])
    expectClose(result, Tensor.ones([200]), relative: 1e-4)
  }
}
