using System.CommandLine;
using System.CommandLine.Invocation;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary>Prints name, version and, where it is known, commit, as the other programs do.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(ProgramVersion.Line("shimctl"));
        return (int)ExitCode.Served;
    }
}
