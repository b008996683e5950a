using System.CommandLine;
using Shims.Control.Capsules;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Recording;

namespace Shims.Control.Commands;

/// <summary><c>shimctl show</c>: prints what <c>--record</c> has kept of a request.</summary>
internal sealed class ShowCommand : ControlSubcommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A capsule: the log line of a failed request names it." };
    private readonly Option<bool> _json = new("--json") { Description = "Write it as JSON; bytes that are no UTF-8 as base64." };

    internal ShowCommand()
        : base("show", "Prints what scgi-run or fcgi-run --record has kept of a request: why it failed, what came in, what the script saw, and what it wrote.",
            new Example("shimctl show /var/lib/shims/3f9a1c07.capsule", "All about the request with the id 3f9a1c07."))
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
