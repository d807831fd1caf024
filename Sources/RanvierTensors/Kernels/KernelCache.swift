internal import Synchronization

/// Kernels of eager operations, kept because some (matrix products, convolutions) are expensive to
/// prepare.
///
/// A kernel serves one call at a time: it is taken out while it runs, and put back afterwards.
final class KernelCache: Sendable {
  static let shared = KernelCache()

  private struct Key: Hashable, Sendable {
    let primitive: any Primitive
    let operands: [TensorType]

    static func == (first: Key, second: Key) -> Bool {
      first.operands == second.operands && first.primitive.isEqual(to: second.primitive)
    }

    func hash(into hasher: inout Hasher) {
      primitive.hash(into: &hasher)
      operands.hash(into: &hasher)
    }
  }

  private let idle = Mutex<[Key: [Kernel]]>([:])
  /// Enough for the shapes of a large model; eager programs with endlessly many shapes start over.
  private let capacity = 512

  /// Forgets all kernels, which a setting has made out of date.
  func removeAll() { idle.withLock { $0.removeAll() } }

  func withKernel(
    of primitive: some Primitive, _ operands: [TensorType], _ results: [TensorType],
    _ body: (Kernel) -> Void
  ) {
    guard primitive is any ExpensivePrimitive else {
      body(primitive.makeKernel(operands, results))
      return
    }
    let key = Key(primitive: primitive, operands: operands)
    let kernel =
      idle.withLock { $0[key]?.popLast() } ?? primitive.makeKernel(operands, results)
    body(kernel)
    idle.withLock {
      if $0.count >= capacity { $0.removeAll() }
      $0[key, default: []].append(kernel)
    }
  }
}

/// A primitive whose kernels are worth keeping between eager calls.
package protocol ExpensivePrimitive: Primitive {}
