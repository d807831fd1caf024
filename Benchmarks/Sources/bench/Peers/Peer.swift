/// Another library that runs the same workloads.
struct Peer: Sendable {
  /// The name in reports.
  let name: String
  /// The script in `Peers/` and its arguments.
  let arguments: [String]
  /// Whether it is only run when asked for.
  var isOptional = false

  /// All peers, in the order of the table's columns.
  static let catalog: [Peer] = [
    Peer(name: "torch eager", arguments: ["peer_torch.py", "eager"]),
    Peer(name: "torch channels last", arguments: ["peer_torch.py", "channels-last"]),
    Peer(name: "torch compiled", arguments: ["peer_torch.py", "compiled"], isOptional: true),
    Peer(name: "jax jit", arguments: ["peer_jax.py"]),
    Peer(name: "onnxruntime", arguments: ["peer_onnxruntime.py"]),
  ]
}
