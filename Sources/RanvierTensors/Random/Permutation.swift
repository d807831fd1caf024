#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension RandomKey {
  /// The numbers from 0 to `count - 1` (i32) in random order, every order equally likely.
  ///
  /// Positions are sorted by random words, several times where two words are likely to be equal.
  /// Orders equal JAX's.
  public func permutation(_ count: Int) -> Tensor {
    choice(count, outOf: count, operation: "permutation(_:)")
  }

  /// The parts of a tensor along an axis in random order, every order equally likely.
  ///
  /// Parts stay whole: rows of a matrix are exchanged, not the elements within them.
  public func shuffled(_ x: Tensor, alongAxis axis: Int = 0) -> Tensor {
    do throws(OperationError) {
      let axis = try x.normalizedAxes([axis], operation: "shuffled(_:alongAxis:)")[0]
      return x.gathered(at: permutation(x.shape[axis]), alongAxis: axis)
        .spelled("shuffled(_:alongAxis:)", words)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// Different numbers (i32) of `0 ..< population`, every choice and order equally likely.
  ///
  /// They are the beginning of ``permutation(_:)``, but only the chosen ones are sorted.
  public func choice(_ count: Int, outOf population: Int) -> Tensor {
    choice(count, outOf: population, operation: "choice(_:outOf:)")
  }

  /// Different positions (i32) of a vector of probabilities, drawn one after the other without
  /// replacement.
  ///
  /// The probabilities need not add up to 1. Positions of probability 0 are drawn last. Draws equal
  /// JAX's for `f32`.
  ///
  /// - Shapes: probabilities `[n]`, result `[count]` with count at most n.
  public func choice(_ count: Int, probabilities: Tensor) -> Tensor {
    if probabilities.error != nil { return probabilities }
    guard probabilities.rank == 1, probabilities.elementType.isFloatingPoint,
      (0 ... probabilities.count).contains(count)
    else {
      return Tensor(
        invalid: OperationError(
          operation: "choice(_:probabilities:)",
          rule: "a vector of floating-point numbers, and at most as many draws as it has elements",
          got: "\(count) draws of \(probabilities.type)"))
    }
    let noise = gumbel(probabilities.shape, elementType: probabilities.elementType)
    return (noise + log(probabilities)).top(count).positions
      .spelled("choice(_:probabilities:)", words)
  }

  private func choice(_ count: Int, outOf population: Int, operation: String) -> Tensor {
    guard population >= 0, population <= Int(Int32.max), (0 ... population).contains(count) else {
      return Tensor(
        invalid: OperationError(
          operation: operation,
          rule: "counts in 0 ..< 2^31, and no more numbers than there are",
          got: "\(count) out of \(population)"))
    }
    // Words of 32 bits may be equal; after this many rounds, elements whose words were equal in all
    // of them are as rare as 1 in the square of their number.
    let size = Double(Swift.max(population, 1))
    let rounds = Int((3 * log(size) / log(Double(UInt32.max))).rounded(.up))
    var key = self
    var order: Tensor?
    for round in 0 ..< rounds {
      let keys = key.split()
      key = keys[0]
      let words = keys[1].bits([population])
      let isLast = round == rounds - 1
      let positions =
        isLast ? words.top(count, smallest: true).positions : words.sortedPositions()
      order = order.map { $0.gathered(at: positions) } ?? positions
    }
    return (order ?? Tensor.range(population)[..<count]).spelled(operation, words)
  }
}
