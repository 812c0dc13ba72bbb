using Tests.Runners;

namespace Tests.Matrix;

public sealed class NextMatrixTests(NextRun run) : EvidenceMatrixTests<NextRun>(run);
