using Xunit.Runner.Common;
using Xunit.Runner.InProc.SystemConsole;

[assembly: RegisterRunnerReporter(typeof(DefaultRunnerReporter))]
[assembly: RegisterResultWriter("xml", typeof(XmlV2ResultWriter))]
[assembly: RegisterResultWriter("trx", typeof(TrxResultWriter))]
[assembly: RegisterResultWriter("ctrf", typeof(CtrfResultWriter))]
[assembly: RegisterResultWriter("jUnit", typeof(JUnitResultWriter))]
[assembly: RegisterResultWriter("html", typeof(HtmlResultWriter))]

return await ConsoleRunner.Run(args);
