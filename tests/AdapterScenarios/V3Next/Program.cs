using Xunit.Runner.Common;
using Xunit.Runner.InProc.SystemConsole;

[assembly: RegisterRunnerReporter(typeof(DefaultRunnerReporter))]
[assembly: RegisterResultWriter("xml", typeof(XmlV2ResultWriter))]
[assembly: RegisterResultWriter("trx", typeof(TrxResultWriter))]

return await ConsoleRunner.Run(args);
