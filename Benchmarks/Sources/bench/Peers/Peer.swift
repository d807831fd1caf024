/// Another library that runs the same workloads.
struct Peer: Sendable {
  /// The name in reports.
  let name: String
  /// The script in `Peers/` and its arguments.
  let arguments: [String]
  /// Whether it compiles for so long that it can be left out.
  var compiles = false

  static let torchEager = Peer(name: "torch eager", arguments: ["peer_torch.py", "eager"])

  /// All peers, in the order of the table's columns.
  static let catalog: [Peer] = [
    torchEager,
    Peer(name: "torch channels last", arguments: ["peer_torch.py", "channels-last"]),
    Peer(name: "torch compiled", arguments: ["peer_torch.py", "compiled"], compiles: true),
    Peer(name: "jax jit", arguments: ["peer_jax.py"]),
    Peer(name: "onnxruntime", arguments: ["peer_onnxruntime.py"]),
  ]
}
