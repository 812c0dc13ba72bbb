#if XUNIT_V3
global using LifetimeTask = System.Threading.Tasks.ValueTask;
#else
global using LifetimeTask = System.Threading.Tasks.Task;
#endif
