/// Every primitive; the tests run over this list and find files that are missing from it.
package enum PrimitiveCatalog {
  package static let all: [any Primitive.Type] = [
    Absolute.self, Add.self, Alias.self, BitwiseAnd.self, BitwiseExclusiveOr.self, BitwiseNot.self,
    BitwiseOr.self, Cast.self, Ceiling.self, Cosine.self, Divide.self, Equal.self,
    ErrorFunction.self, Exponential.self, ExponentialMinusOne.self, Floor.self, Greater.self,
    GreaterOrEqual.self, HyperbolicTangent.self, InverseErrorFunction.self, IsFinite.self,
    Less.self, LessOrEqual.self, Logarithm.self, LogarithmOnePlus.self, Logistic.self,
    Maximum.self, Minimum.self, Multiply.self, Negate.self, NotEqual.self, PositiveGate.self,
    Power.self,
    ReciprocalSquareRoot.self, RectifiedLinear.self, Round.self, Select.self, Sign.self, Sine.self,
    SquareRoot.self, StopGradient.self, Subtract.self,
    Broadcast.self, Concatenate.self, Gather.self, Iota.self, Pad.self, Reshape.self, Reverse.self,
    ScatterAdd.self, Slice.self, Transpose.self,
    AllReduction.self, AnyReduction.self, ArgumentReduction.self, MaximumReduction.self,
    MinimumReduction.self, Sum.self,
    Convolution.self, ConvolutionInputGradient.self, ConvolutionKernelGradient.self,
    MatrixProduct.self,
    CholeskyFactor.self, Cofactors.self, Determinant.self, LinearSolve.self, LogDeterminant.self,
    OrthogonalTriangular.self, PseudoInverse.self, SingularValues.self, SymmetricEigen.self,
    TriangularSolve.self,
    WindowGather.self, WindowMaximum.self, WindowScatter.self, WindowSpread.self, WindowSum.self,
    DeriveKey.self, RandomBits.self,
    Barrier.self, Conditional.self, CustomDerivative.self, ScanLoop.self, WhileLoop.self,
  ]
}
