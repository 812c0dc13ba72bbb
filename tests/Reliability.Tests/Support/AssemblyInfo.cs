using System.Runtime.Versioning;

// Descriptors, threads, children and timers are counted for the whole process: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
