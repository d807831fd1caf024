import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// A kind of network with operands in `f64`, for what all kinds have in common.
struct RecurrentKind: Sendable, CustomTestStringConvertible {
  typealias Result = (states: Tensor, last: [Tensor])
  struct Options {
    var mask: Tensor?
    var isReversed = false
    var isUnrolled = false
  }

  let testDescription: String
  /// The sizes of an input behind batch and steps.
  var sizes = [3]
  /// The sizes of the operands behind the input: the state's, then the parameters'.
  let stateShapes: [Shape]
  let parameterShapes: [Shape]
  let run: @Sendable (_ x: Tensor, _ states: [Tensor]?, _ p: [Tensor], Options) -> Result

  static let all = [
    RecurrentKind(
      testDescription: "simple RNN", stateShapes: [[2, 2]],
      parameterShapes: [[3, 2], [2, 2], [2]]
    ) { x, states, p, o in
      let (states, last) = simpleRNN(
        x, from: states?[0], kernel: p[0], recurrentKernel: p[1], bias: p[2], mask: o.mask,
        reversed: o.isReversed, unrolled: o.isUnrolled)
      return (states, [last])
    },
    RecurrentKind(
      testDescription: "lstm", stateShapes: [[2, 2], [2, 2]],
      parameterShapes: [[3, 8], [2, 8], [8]]
    ) { x, states, p, o in
      let (states, last) = lstm(
        x, from: states.map { LSTMState(hidden: $0[0], cell: $0[1]) }, kernel: p[0],
        recurrentKernel: p[1], bias: p[2], mask: o.mask, reversed: o.isReversed,
        unrolled: o.isUnrolled)
      return (states, last.tensors)
    },
    RecurrentKind(
      testDescription: "lstm of other activations", stateShapes: [[2, 2], [2, 2]],
      parameterShapes: [[3, 8], [2, 8], [8]]
    ) { x, states, p, o in
      let (states, last) = lstm(
        x, from: states.map { LSTMState(hidden: $0[0], cell: $0[1]) }, kernel: p[0],
        recurrentKernel: p[1], bias: p[2], mask: o.mask, activation: .softsign,
        gateActivation: Activation("softer") { sigmoid($0 * 0.5) }, reversed: o.isReversed,
        unrolled: o.isUnrolled)
      return (states, last.tensors)
    },
    RecurrentKind(
      testDescription: "gru", stateShapes: [[2, 2]],
      parameterShapes: [[3, 6], [2, 6], [6], [2]]
    ) { x, states, p, o in
      let (states, last) = gru(
        x, from: states?[0], kernel: p[0], recurrentKernel: p[1], bias: p[2],
        recurrentBias: p[3], mask: o.mask, reversed: o.isReversed, unrolled: o.isUnrolled)
      return (states, [last])
    },
    RecurrentKind(
      testDescription: "gru that resets the state", stateShapes: [[2, 2]],
      parameterShapes: [[3, 6], [2, 6], [6]]
    ) { x, states, p, o in
      let (states, last) = gru(
        x, from: states?[0], kernel: p[0], recurrentKernel: p[1], bias: p[2], mask: o.mask,
        resetsState: true, reversed: o.isReversed, unrolled: o.isUnrolled)
      return (states, [last])
    },
    RecurrentKind(
      testDescription: "convolutional lstm", sizes: [4, 3, 1],
      stateShapes: [[2, 4, 3, 2], [2, 4, 3, 2]],
      parameterShapes: [[3, 2, 1, 8], [2, 3, 2, 8], [8]]
    ) { x, states, p, o in
      let (states, last) = convLSTM(
        x, from: states.map { LSTMState(hidden: $0[0], cell: $0[1]) }, kernel: p[0],
        recurrentKernel: p[1], bias: p[2], mask: o.mask, reversed: o.isReversed,
        unrolled: o.isUnrolled)
      return (states, last.tensors)
    },
    RecurrentKind(
      testDescription: "a cell of the user", stateShapes: [[2, 3], [2, 2, 3]],
      parameterShapes: [[3]]
    ) { x, states, p, o in
      let start = states ?? [Tensor([[0.0, 0, 0], [0, 0, 0]]), Tensor.zeros([2, 2, 3])]
      let (states, last) = recurrent(
        over: x, from: start.map { $0.cast(to: x.elementType) }, mask: o.mask,
        reversed: o.isReversed, unrolled: o.isUnrolled
      ) { state, x in
        let sum = tanh(state[0] * p[0] + x)
        return [sum, state[1] * 0.5 + sum.expandedDimension(at: 1)]
      }
      return (states[0], last)
    },
  ]

  func operands(steps: Int = 4) -> (x: Tensor, states: [Tensor], p: [Tensor]) {
    let key = RandomKey(seed: 21)
    func draw(_ shapes: [Shape], _ name: String) -> [Tensor] {
      shapes.enumerated().map {
        key.derived("\(name) \($0)").normal($1, elementType: .float64) * 0.7
      }
    }
    return (
      draw([Shape([2, steps] + sizes)], "x")[0], draw(stateShapes, "state"),
      draw(parameterShapes, "parameters")
    )
  }
}

@Suite struct RecurrentTests {
  @Test(arguments: RecurrentKind.all)
  func `padded sequences end as unpadded ones, whatever the padding holds`(
    _ kind: RecurrentKind
  ) {
    let (x, states, p) = kind.operands(steps: 5)
    for isReversed in [false, true] {
      let options = RecurrentKind.Options(isReversed: isReversed)
      // The first row has 3 steps, the second one 4 with a gap and a late begin.
      let mask = Tensor([[true, true, true, false, false], [false, true, true, false, true]])
      var masked = options
      masked.mask = mask
      let isStep = mask.reshaped(to: Shape([2, 5] + kind.sizes.map { _ in 1 }))
      let padded = select(isStep, x, Tensor(Double.nan))
      let result = kind.run(padded, states, p, masked)
      for (row, steps) in [[0, 1, 2], [1, 2, 4]].enumerated() {
        let short = x.gathered(at: Tensor(steps), alongAxis: 1)
        let expected = kind.run(short, states, p, options)
        for (last, whole) in zip(result.last, expected.last) {
          expectClose(last[row], whole[row], relative: 1e-12, "last state of row \(row)")
        }
        expectClose(
          result.states[row].gathered(at: Tensor(steps)), expected.states[row], relative: 1e-12,
          "row \(row)")
      }
      // Over steps that are not taken the state is carried.
      let carried: Tensor = isReversed ? states[0][0] : result.last[0][0]
      #expect(result.states[0, 3] == carried && result.states[0, 4] == carried)
      let none = kind.run(
        padded, states, p, .init(mask: Tensor.zeros([2, 5], elementType: .bool)))
      for (last, start) in zip(none.last, states) { #expect(last == start) }
      masked.mask = Tensor.ones([2, 5], elementType: .bool)
      #expect(kind.run(x, states, p, masked).states == kind.run(x, states, p, options).states)
      // Nor do gradients know of the padding.
      masked.mask = mask
      let gradients = gradient(at: [padded] + p) { [masked] values in
        kind.run(values[0], states, Array(values.dropFirst()), masked).last[0].sum()
      }
      #expect(gradients.allSatisfy { isFinite($0).all().scalar(as: Bool.self) })
    }
  }

  @Test(arguments: RecurrentKind.all)
  func `reversed equals forward on reversed sequences`(_ kind: RecurrentKind) {
    let (x, states, p) = kind.operands()
    let backward = kind.run(x, states, p, .init(isReversed: true))
    let forward = kind.run(x.reversed(alongAxes: [1]), states, p, .init())
    expectClose(backward.states, forward.states.reversed(alongAxes: [1]), relative: 1e-12)
    for (a, b) in zip(backward.last, forward.last) { expectClose(a, b, relative: 1e-12) }
    expectClose(backward.states[.all, 0], backward.last[0], relative: 1e-12)
  }

  @Test(arguments: RecurrentKind.all)
  func `two halves with the state handed over equal the whole, and zeros are the default start`(
    _ kind: RecurrentKind
  ) {
    let (x, states, p) = kind.operands(steps: 6)
    let whole = kind.run(x, states, p, .init())
    let first = kind.run(x[.all, 0 ..< 2], states, p, .init())
    let second = kind.run(x[.all, 2...], first.last, p, .init())
    expectClose(
      Tensor(concatenating: [first.states, second.states], alongAxis: 1), whole.states,
      relative: 1e-12)
    for (a, b) in zip(second.last, whole.last) { expectClose(a, b, relative: 1e-12) }
    let zeros = states.map { Tensor.zeros($0.shape, elementType: .float64) }
    #expect(kind.run(x, nil, p, .init()).states == kind.run(x, zeros, p, .init()).states)
    let none = kind.run(x[.all, 0 ..< 0], states, p, .init(isUnrolled: true))
    #expect(none.states.shape[1] == 0 && none.last[0] == states[0])
  }

  @Test(.tags(.gradient), arguments: RecurrentKind.all)
  func `has the derivatives of finite differences, masked, reversed and unrolled`(
    _ kind: RecurrentKind
  ) {
    let (x, states, p) = kind.operands(steps: 3)
    let mask = Tensor([[true, true, false], [false, true, true]])
    for options in [
      RecurrentKind.Options(), .init(mask: mask, isReversed: true),
      .init(mask: mask, isUnrolled: true),
    ] {
      expectGradientsMatch(at: [x] + states + p, order: 2, "\(options)") { values in
        let result = kind.run(
          values[0], Array(values[1 ..< 1 + states.count]),
          Array(values.dropFirst(1 + states.count)), options)
        return result.states + result.last.reduce(Tensor(0.0)) { $0 + $1.sum() * 0.3 }
      }
    }
  }

  @Test(arguments: RecurrentKind.all)
  func `compiled equals eager, as a loop and unrolled`(_ kind: RecurrentKind) throws {
    let (x, states, p) = kind.operands()
    let point = ([x] + states + p).map { $0.cast(to: .float32) }
    let mask = Tensor([[true, true, true, false], [true, false, true, true]])
    for isUnrolled in [false, true] {
      for mask in [nil, mask] {
        for isReversed in [false, true] {
          try expectCompiledMatches(at: point, "unrolled \(isUnrolled), reversed \(isReversed)") {
            values in
            let result = kind.run(
              values[0], Array(values[1 ..< 1 + states.count]),
              Array(values.dropFirst(1 + states.count)),
              .init(mask: mask, isReversed: isReversed, isUnrolled: isUnrolled))
            return result.states + result.last[result.last.count - 1].sum() * 0.1
          }
        }
      }
    }
  }

  @Test(arguments: RecurrentKind.all)
  func `unrolled programs have no loop`(_ kind: RecurrentKind) throws {
    let (x, states, p) = kind.operands()
    for isUnrolled in [false, true] {
      let run = compile { (x: Tensor) in
        kind.run(x, states, p, .init(isUnrolled: isUnrolled)).states
      }
      #expect("\(try run.plan(for: x))".contains("scan") == !isUnrolled)
    }
  }

  @Test func `says which operands do not fit`() {
    let x = Tensor.zeros([2, 4, 3])
    let start = Tensor.zeros([2, 3])
    func states(
      _ x: Tensor, _ start: Tensor, mask: Tensor? = nil,
      cell: (Tensor, Tensor) -> Tensor = { $0 + $1 }
    ) -> Tensor { recurrent(over: x, from: start, mask: mask, cell: cell).states }
    expectError(
      states(x[0, 0], start),
      "recurrent needs x [batch, steps, ...] and states [batch, ...], got x [3], states [2, 3]")
    expectError(
      states(x, start[0]),
      "recurrent needs x [batch, steps, ...] and states [batch, ...], got x [2, 4, 3], states [3]")
    expectError(
      states(x, start, mask: Tensor.zeros([2, 4])),
      "recurrent needs a mask of truth values [batch, steps], so bool[2, 4], got f32[2, 4]; compare, as in notEqual(tokens, 0)"
    )
    expectError(
      states(x, start, mask: Tensor.zeros([4, 2], elementType: .bool)),
      "recurrent needs a mask of truth values [batch, steps], so bool[2, 4], got bool[4, 2]")
    let mask = Tensor.ones([2, 4], elementType: .bool)
    for mask in [nil, mask] {
      expectError(
        states(x, start, mask: mask) { state, _ in state.cast(to: .float64) },
        "recurrent needs a step that returns a carry of the types it was given (f32[2, 3]), got f64[2, 3]; convert with cast(to:)"
      )
      #expect(states(x, start, mask: mask) { matmul($0, $1) }.error?.operation == "matmul")
    }
    let lost = recurrent(over: x, from: [start]) { _, x in [x, x] }
    #expect(lost.last.count == 1)
    expectError(
      lost.last[0],
      "recurrent needs a step that returns a carry of 1 tensors, as it was given, got one of 2")
    let invalid = matmul(x, x)
    #expect(states(invalid, start).error == invalid.error)
    #expect(states(x, start, mask: invalid).error == invalid.error)
  }
}
