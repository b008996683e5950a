using System.CommandLine;
using Mono.Unix.Native;
using Shims.Control.Capsules;
using Shims.Control.Doctor;
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
    private readonly Option<bool> _sameUser = new("--same-user") { Description = "Run it as the user it ran as, with that user's groups; only root can." };

    internal ReplayCommand()
        : base("replay", $"Runs the script of a request that scgi-run or fcgi-run --record has kept once more: the same environment, working directory, arguments and body, in your terminal. Ends with the script's status, with 128 and the signal's number if one ended it, or with {NotRun} if it could not be run.",
            new Example("shimctl replay /var/lib/shims/3f9a1c07.capsule", "See the script fail again."),
            new Example("sudo shimctl replay --same-user --env HTTP_COOKIE=sid=1 /var/lib/shims/3f9a1c07.capsule", "The same as the same user, with a cookie that was taken out."))
    {
        _set.Validators.Add(CheckVariables);
        _file.Validators.Add(CheckNames);
        Add(_file);
        Add(_set);
        Add(_sameUser);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        try
        {
            return Replay(Capsule.Read(result.GetValue(_file)!), result.GetValue(_set) ?? [], result.GetValue(_sameUser), result.GetValue(_file)!);
        }
        catch (ShimException exception)
        {
            Console.Error.WriteLine($"shimctl: {exception.Message}");
            return NotRun;
        }
    }

    private static int Replay(Capsule capsule, string[] settings, bool asSameUser, string file)
    {
        if (capsule.Script.Length == 0 || capsule.Environment.Count == 0)
            throw new ShimException(ExitCode.Usage, "this request got to no script", $"see why: shimctl show {ShellWord.Path(file)}");
        if (asSameUser)
            Become(capsule);
        var differences = new ReplayDifferences(capsule, settings);
        foreach (string difference in differences.Describe())
            Note(difference);
        if (Libc.EffectiveUser != capsule.User)
            Note($"it ran as user {capsule.User}, and now runs as user {Libc.EffectiveUser}: what it may read and write differs (as root: --same-user)");
        ExitStatus status = new ReplayedScript(capsule) { Environment = differences.Environment }.Run();
        if (status.Signal != 0)
            Note($"it was ended by signal {status.Signal}");
        return status.Code;
    }

    /// <summary>Takes on the user of the capsule. Groups first: without root's rights they could not be changed any more.</summary>
    private static void Become(Capsule capsule)
    {
        if (Syscall.setgroups([.. capsule.SupplementaryGroups]) != 0 || Syscall.setgid(capsule.Group) != 0 || Syscall.setuid(capsule.User) != 0)
            throw new ShimException(ExitCode.SystemError, $"cannot become user {capsule.User}", "only root can: try sudo");
    }

    private static void Note(string text)
    {
        // Before what the script writes, and apart from it.
        Console.Error.WriteLine(Terminal.Error.Yellow($"shimctl: {text}"));
        Console.Error.Flush();
    }
}
