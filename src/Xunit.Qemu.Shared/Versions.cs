// What the two xUnits call differently: what IAsyncLifetime's methods return and in which interface the last of them is; where
// the interfaces of output and messages stand.
#if XUNIT_V3
global using DiagnosticMessage = Xunit.v3.DiagnosticMessage;
global using IMessageSink = Xunit.Sdk.IMessageSink;
global using LifetimeEnd = System.IAsyncDisposable;
global using LifetimeTask = System.Threading.Tasks.ValueTask;
#else
global using DiagnosticMessage = Xunit.Sdk.DiagnosticMessage;
global using IMessageSink = Xunit.Abstractions.IMessageSink;
global using ITestOutputHelper = Xunit.Abstractions.ITestOutputHelper;
global using LifetimeEnd = Xunit.IAsyncLifetime;
global using LifetimeTask = System.Threading.Tasks.Task;
#endif
