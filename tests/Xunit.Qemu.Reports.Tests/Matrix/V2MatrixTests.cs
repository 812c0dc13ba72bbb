using Tests.Runners;

namespace Tests.Matrix;

public sealed class V2MatrixTests(V2Run run) : EvidenceMatrixTests<V2Run>(run);
