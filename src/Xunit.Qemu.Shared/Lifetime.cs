// The two xUnits differ in what IAsyncLifetime's methods return and in which interface the last of them is.
#if XUNIT_V3
global using LifetimeEnd = System.IAsyncDisposable;
global using LifetimeTask = System.Threading.Tasks.ValueTask;
#else
global using LifetimeEnd = Xunit.IAsyncLifetime;
global using LifetimeTask = System.Threading.Tasks.Task;
#endif
