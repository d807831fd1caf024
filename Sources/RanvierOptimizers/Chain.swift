internal import RanvierTensors

extension GradientTransform {
  /// Several transforms, each applied to the updates of the one before.
  ///
  /// The state of each is under its name, as in `adam/step`: a second transform of the same name
  /// becomes `adam_1`, and one without a name goes by its position. A chain within a chain counts
  /// as its transforms, so how chains are nested makes no difference.
  public static func chained(_ transforms: GradientTransform...) -> GradientTransform {
    chained(transforms)
  }

  /// Several transforms, each applied to the updates of the one before.
  public static func chained(_ transforms: [GradientTransform]) -> GradientTransform {
    let links = transforms.flatMap { $0.links ?? [$0] }
    let scoped = Array(zip(scopes(of: links), links))
    return GradientTransform(name: "", links: links) { parameters in
      var state = Parameters()
      for (scope, link) in scoped {
        state.merge(link.initialize(parameters).prefixed(by: scope))
      }
      return state
    } update: { gradients, state, parameters in
      var updates = gradients
      // Starting from the old state keeps the order of its paths.
      var next = state
      for (scope, link) in scoped {
        let result = link.update(updates, state.scope(scope), parameters)
        updates = result.updates
        next.merge(result.state.prefixed(by: scope))
      }
      return (updates, next)
    }
  }

  /// A different name for each transform.
  private static func scopes(of links: [GradientTransform]) -> [String] {
    var scopes: [String] = []
    for (index, link) in links.enumerated() {
      let name = link.name.isEmpty ? "\(index)" : link.name
      var scope = name
      var suffix = 0
      while scopes.contains(scope) {
        suffix += 1
        scope = "\(name)_\(suffix)"
      }
      scopes.append(scope)
    }
    return scopes
  }
}
