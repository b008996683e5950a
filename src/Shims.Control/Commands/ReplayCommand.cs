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
    /// <summary>Exit status if the script could not be run, as of env(1) and timeout(1).</summary>
    internal const int NotRun = 125;

    private readonly Argument<string> _file = new("FILE") { Description = "A capsule, which the log line of a failed request names." };
    private readonly Option<string[]> _set = Valued<string[]>("--env", "NAME=VALUE",
        "Set a variable of the script's environment, for example a secret that was redacted. May be given several times.");

    internal ReplayCommand()
        : base("replay", "Runs the script of a recorded request (scgi-run or fcgi-run --record) again, with the same environment, " +
            "working directory, arguments and body, as the owner of the file. The exit status is the script's; 128 plus the signal's " +
            $"number if a signal killed it; {NotRun} if it could not be run.",
            new Example("shimctl replay /var/lib/shims/3f9a1c07.capsule", "See the script fail again."),
            new Example("sudo shimctl replay --env HTTP_COOKIE=sid=1 /var/lib/shims/3f9a1c07.capsule",
                "As root: run it as the owner of the file, with a cookie that was redacted."))
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
        {
            throw new ShimException(ExitCode.Usage, "no script was started for this request",
                $"shimctl show {ShellWords.Path(path)} says why");
        }
        Become(file.Runner ?? throw file.Refusal!);
        var differences = new ReplayDifferences(capsule, settings);
        foreach (string difference in differences.Describe())
            Note(difference);
        if (Libc.EffectiveUser != capsule.User)
        {
            Note($"the script ran as user {capsule.User}, and now runs as user {Libc.EffectiveUser}, who owns the capsule: its " +
                "permissions differ");
        }
        ExitStatus status = new ReplayedScript(capsule)
        {
            Environment = differences.Environment,
            Output = new ScriptOutput(1),
            Error = new ScriptOutput(2)
        }.Run();
        if (status.Signal != 0)
            Note($"the script was killed by signal {status.Signal}");
        return status.Code;
    }

    /// <summary>Changes this process's user and groups. Groups first: only root may change them.</summary>
    private static void Become(UserAccount user)
    {
        if (!UserAccount.Current.IsRoot)
            return; // The process runs as that user already.
        if (Syscall.setgroups([.. user.Groups]) != 0 || Syscall.setgid(user.GroupId) != 0 || Syscall.setuid(user.UserId) != 0
            || Libc.EffectiveUser != user.UserId)
        {
            throw new ShimException(ExitCode.SystemError, $"cannot change to user {user.Name}",
                "give the process the capabilities CAP_SETUID and CAP_SETGID");
        }
    }

    private static void Note(string text)
    {
        // On standard error, and before the script's output.
        Console.Error.WriteLine(TerminalStyle.Error.Yellow($"shimctl: {VisibleText.OfLine(text)}"));
        Console.Error.Flush();
    }
}
