using System.CommandLine;
using Shims.Control.Capsules;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Recording;

namespace Shims.Control.Commands;

/// <summary><c>shimctl show</c>: prints a capsule, the file in which <c>--record</c> keeps a request.</summary>
internal sealed class ShowCommand : ControlSubcommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A capsule, which the log line of a failed request names." };
    private readonly Option<bool> _json = new("--json") { Description = "Write it as JSON; bytes that are not UTF-8 as base64." };

    internal ShowCommand()
        : base("show", "Prints a request that scgi-run or fcgi-run --record kept: why it failed, its variables and body, the script's " +
            "environment and output.",
            new Example("shimctl show /var/lib/shims/3f9a1c07.capsule", "Everything recorded of the request with the id 3f9a1c07."))
    {
        _file.Validators.Add(CheckNames);
        Add(_file);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        using CapsuleFile file = CapsuleFile.Open(result.GetValue(_file)!);
        Capsule capsule = file.Read();
        if (result.GetValue(_json))
            Console.WriteLine(CapsuleJson.Serialize(capsule));
        else
            new CapsuleReport(Console.Out, TerminalStyle.Output).Write(capsule);
        return (int)ExitCode.Served;
    }
}
