package import RanvierTensors

/// A region of element-wise operations, and reductions of its rows, as one node.
package struct FusedElements: Primitive {
  /// An operation of the region, for printing and for the reference evaluation.
  package struct Member: Sendable {
    package let primitive: any Primitive
    /// Numbers of values: the node's operands, then the members' results.
    package let operands: [Int]
    package let type: TensorType
  }

  /// A result of the region.
  package enum Written: Sendable {
    /// A member's.
    case member(Int)
    /// Those of several members, one after the other along an axis, as one tensor of a type.
    case joined([Int], axis: Int, TensorType)
  }

  package let loop: ElementLoop
  package let members: [Member]
  /// What is written, in the order of the loop's output buffers.
  package let written: [Written]

  package init(loop: ElementLoop, members: [Member], written: [Written]) {
    self.loop = loop
    self.members = members
    self.written = written
  }

  package var name: String { "fused" }
  package var description: String {
    let joins = written.contains {
      if case .joined = $0 { true } else { false }
    }
    return "fused(" + members.map(\.primitive.name).joined(separator: ", ")
      + (joins ? ", concatenate)" : ")")
  }
  package var resultCount: Int { written.count }

  package static func == (first: Self, second: Self) -> Bool { first.loop == second.loop }
  package func hash(into hasher: inout Hasher) { hasher.combine(loop) }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    written.map(type)
  }

  private func type(_ written: Written) -> TensorType {
    switch written {
    case .member(let member): members[member].type
    case .joined(_, _, let type): type
    }
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    fatalError("regions are formed after derivatives")
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    fatalError("batches are formed before a plan is made")
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var values = operands.enumerated().map { index, operand in
      loop.views[index].map { view in
        ReferenceArray(TensorType(operand.type.elementType, loop.shape)) { position in
          operand.elements[
            view.offset + zip(position, view.strides).reduce(0) { $0 + $1.0 * $1.1 }]
        }
      } ?? operand
    }
    for member in members {
      let inputs = member.operands.map { values[$0] }
      values += member.primitive.evaluate(inputs, [member.type])
    }
    return written.map { written in
      switch written {
      case .member(let member): values[operands.count + member]
      case .joined(let parts, let axis, let type):
        Concatenate(axis: axis).evaluate(parts.map { values[operands.count + $0] }, [type])[0]
      }
    }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    loop.makeKernel()
  }

  package static var samples: [PrimitiveSample] { [] }
}
