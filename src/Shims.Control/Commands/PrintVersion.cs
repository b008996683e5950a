using System.CommandLine;
using System.CommandLine.Invocation;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary>The version as the other programs print it: with the name, and the commit where that is known.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(ProgramVersion.Line("shimctl"));
        return (int)ExitCode.Served;
    }
}
