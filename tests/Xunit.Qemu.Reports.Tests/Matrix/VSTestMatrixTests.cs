using Tests.Runners;

namespace Tests.Matrix;

public sealed class VSTestMatrixTests(VSTestRun run) : EvidenceMatrixTests<VSTestRun>(run);
