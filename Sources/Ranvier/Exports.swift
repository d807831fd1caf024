@_exported public import RanvierCompilation
@_exported public import RanvierData
@_exported public import RanvierFiles
@_exported public import RanvierFunctions
@_exported public import RanvierLoop
@_exported public import RanvierModels
@_exported public import RanvierOptimizers
@_exported public import RanvierTensors
