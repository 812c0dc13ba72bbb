using Tests.Runners;

namespace Tests.Matrix;

public sealed class ConsoleMatrixTests(ConsoleRun run) : EvidenceMatrixTests<ConsoleRun>(run);
