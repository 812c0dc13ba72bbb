using Tests.Runners;

namespace Tests.Matrix;

public sealed class PlatformMatrixTests(PlatformRun run) : EvidenceMatrixTests<PlatformRun>(run);
