using System.CommandLine;
using Mono.Unix.Native;
using Shims.Control.Capsules;
using Shims.Control.Processes;
using Shims.Control.Terminal;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Commands;

/// <summary><c>shimctl replay</c>: runs the script of a capsule again.</summary>
internal sealed class ReplayCommand : ControlSubcommand
{
    /// <summary>What the command answers if there is no script's status to answer with. env(1) and timeout(1) have the same number for it.</summary>
    internal const int NotRun = 125;

    private readonly Argument<string> _file = new("FILE") { Description = "A capsule: the log line of a failed request names it." };
    private readonly Option<string[]> _set = new("--env") { Description = "Set a variable of the script's environment: a secret that was taken out, for instance. May be given several times.", HelpName = "NAME=VALUE" };

    internal ReplayCommand()
        : base("replay", $"Runs the script of a request that scgi-run or fcgi-run --record has kept once more: the same environment, working directory, arguments and body, as the owner of the file. Ends with the script's status, with 128 and the signal's number if one ended it, or with {NotRun} if it could not be run.",
            new Example("shimctl replay /var/lib/shims/3f9a1c07.capsule", "See the script fail again."),
            new Example("sudo shimctl replay --env HTTP_COOKIE=sid=1 /var/lib/shims/3f9a1c07.capsule", "As root: the same, as the user who owns the file, with a cookie that was taken out."))
    {
        _set.Validators.Add(CheckVariables);
        _file.Validators.Add(CheckNames);
        Add(_file);
        Add(_set);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        try
        {
            return Replay(result.GetValue(_file)!, result.GetValue(_set) ?? []);
        }
        catch (ShimException exception)
        {
            Console.Error.WriteLine($"shimctl: {VisibleText.OfLine(exception.Message)}");
            return NotRun;
        }
    }

    private static int Replay(string path, string[] settings)
    {
        using CapsuleFile file = CapsuleFile.Open(path);
        Capsule capsule = file.Read();
        if (capsule.Script.Length == 0 || capsule.Environment.Count == 0)
            throw new ShimException(ExitCode.Usage, "this request got to no script", $"see why: shimctl show {ShellWords.Path(path)}");
        Become(file.Runner ?? throw file.Refusal!);
        var differences = new ReplayDifferences(capsule, settings);
        foreach (string difference in differences.Describe())
            Note(difference);
        if (Libc.EffectiveUser != capsule.User)
            Note($"it ran as user {capsule.User}, and now runs as user {Libc.EffectiveUser}, who owns the capsule: what it may read and write differs");
        ExitStatus status = new ReplayedScript(capsule) { Environment = differences.Environment, Output = new ScriptOutput(1), Error = new ScriptOutput(2) }.Run();
        if (status.Signal != 0)
            Note($"it was ended by signal {status.Signal}");
        return status.Code;
    }

    /// <summary>Takes on a user, with that user's groups. Groups first: without root's rights they could not be changed any more.</summary>
    private static void Become(Identity user)
    {
        if (!Identity.Current.IsRoot)
            return; // It is that user already.
        if (Syscall.setgroups([.. user.Groups]) != 0 || Syscall.setgid(user.GroupId) != 0 || Syscall.setuid(user.UserId) != 0 || Libc.EffectiveUser != user.UserId)
            throw new ShimException(ExitCode.SystemError, $"cannot become user {user.Name}", "root needs its capabilities CAP_SETUID and CAP_SETGID for that");
    }

    private static void Note(string text)
    {
        // Before what the script writes, and apart from it.
        Console.Error.WriteLine(TerminalStyle.Error.Yellow($"shimctl: {VisibleText.OfLine(text)}"));
        Console.Error.Flush();
    }
}
