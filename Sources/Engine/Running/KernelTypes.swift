import Kernels

/// The threads that compute; see ``Kernels/Team``. Whoever runs the engine makes one and need not know the kernels.
public typealias Team = Kernels.Team

/// Rows × columns of floats in memory that the engine owns; see ``Kernels/Matrix``. Whoever feeds the engine fills one.
public typealias Matrix = Kernels.Matrix

/// The singular values of a small matrix; see ``Kernels/SingularValues``. Whoever looks at Jacobians takes them.
public typealias SingularValues = Kernels.SingularValues
