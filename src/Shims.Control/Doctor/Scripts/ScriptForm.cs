using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;
using Shims.Posix;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The way in which the kernel starts a script: by its first bytes, its first line, or as a native program.</summary>
internal sealed class ScriptForm(string script, string path, UserAccount user)
{
    private readonly byte[] _start = ReadStart(script);

    /// <summary>The interpreter's line; null where there is none.</summary>
    internal InterpreterLine? Line => field ??= InterpreterLine.Read(_start);

    /// <summary>Whether it is a native program.</summary>
    internal bool IsNative => _start.AsSpan().StartsWith("\u007fELF"u8);

    /// <summary>The interpreter proper, where the user finds it; null where that fails.</summary>
    internal string? Interpreter =>
        Line is null ? null
        : Line.EnvProgram is null ? Line.Program
        : Line.EnvProgram.Contains('/', StringComparison.Ordinal) ? Line.EnvProgram
        : ProgramSearch.Find(Line.EnvProgram, Line.OwnPath ?? path, user);

    /// <summary>Faults that keep it from being started.</summary>
    internal IEnumerable<Finding> Check()
    {
        // Asked before the kernel looks for anything else.
        if (BinaryFormats.OfThisMachine.InterpreterOf(script, _start) is not null)
            return [];
        if (IsNative)
            return NativeForm.Check(script);
        if (_start.Length == 0)
            return [Error("it is empty") with { Advice = "put a program there; was the disk full when it was copied?" }];
        if (_start is [0xEF, 0xBB, 0xBF, ..])
            return [Error(GatewayMessages.Explain(script, LaunchStep.Exec, Errno.ENOEXEC))
                with { Fix = new LineEdit(script, new LineChange(LineChangeKind.DropByteOrderMark, 1)) }];
        if (!_start.AsSpan().StartsWith("#!"u8))
            return [ExplainMissingLine()];
        if (EndsInCr())
            return [Error(GatewayMessages.Explain(script, LaunchStep.FirstLine, 0))
                with { Fix = new LineEdit(script, new LineChange(LineChangeKind.DropCarriageReturn, 0)) }];
        return CheckInterpreter();
    }

    private Finding ExplainMissingLine()
    {
        Finding finding = Error("it has no #! line and is not a program");
        return UsualInterpreters.Guess(script, _start) is { } interpreter
            ? finding with
            {
                // A page of PHP need not be a CGI script.
                Fix = interpreter.EndsWith("php-cgi", StringComparison.Ordinal) ? null
                    : LineEdit.InsertBefore(script, 1, $"#!{interpreter}"),
                Advice = $"write #!{interpreter} on line 1, if it is a CGI script; if it is not a program, serve it with the web server",
            }
            : finding with
            {
                Advice = "name the interpreter on line 1, such as #!/bin/sh or #!/usr/bin/env python3; if it is not a "
                + "program, serve it with the web server"
            };
    }

    private IEnumerable<Finding> CheckInterpreter()
    {
        if (Line is null)
            return [Error(GatewayMessages.Explain(script, LaunchStep.Exec, Errno.ENOENT))
                with { Advice = "write an interpreter after #!, such as #!/bin/sh" }];
        if (Line.LacksSplit)
        {
            return [Error($"line 1 asks env for a program named \"{Line.EnvProgram}\": without -S all that follows env is one word")
                with { Fix = new LineEdit(script, new LineChange(LineChangeKind.Replace, 1, "env -S", "env")) }];
        }
        if (user.FindObstacle(Access.Execute, Path.GetFullPath(Line.Program, Path.GetDirectoryName(script)!)) is { } obstacle)
            return [ExplainInterpreter(obstacle)];
        if (Directory.Exists(Line.Program))
            return [Error(GatewayMessages.Explain(script, LaunchStep.Exec, Errno.EACCES)) with { Advice = "name a program on line 1" }];
        return Line.EnvProgram is not null && Interpreter is null ? [ExplainEnvProgram(Line.EnvProgram)] : [];
    }

    private Finding ExplainInterpreter(Obstacle obstacle)
    {
        if (obstacle.Kind != ObstacleKind.Forbidden)
            return Replace(Error(GatewayMessages.Explain(script, LaunchStep.Exec, Errno.ENOENT)), Line!.Program, Line.Arguments);
        string cause = obstacle.Path == Line!.Program
            ? $"line 1 names {Line.Program}, which is not executable for user {user.Name}"
            : $"line 1 names {Line.Program}, but user {user.Name} may not come past {obstacle.Path}";
        return Error(cause) with { Advice = "name another interpreter on line 1, or see why this one is closed to that user" };
    }

    private Finding ExplainEnvProgram(string program)
    {
        if (ProgramSearch.All(program, path).FirstOrDefault() is { } forbidden
            && user.FindObstacle(Access.Execute, forbidden) is { } obstacle)
            return Error($"line 1 asks env for {program}, but user {user.Name} may not run {forbidden}")
                with
            { Advice = $"see why {obstacle.Path} is closed to that user" };
        Finding finding = Error($"line 1 asks env for {program}, which is not on the PATH that scripts get: {path}");
        // Where the one who asks has it: there it works.
        string own = Environment.GetEnvironmentVariable("PATH") ?? "";
        return ProgramSearch.Find(program, own, user) is { } elsewhere
            ? finding with
            {
                Fix = LineEdit.Rewrite(script, 1, Compose(elsewhere, Line!.Arguments)),
                Advice = $"or add --env PATH={Path.GetDirectoryName(elsewhere)}:{path} to the super-server's line"
            }
            : Replace(finding, program, Line!.Arguments);
    }

    /// <summary>Another interpreter for line 1 if there is one, else how to install the one it names.</summary>
    private Finding Replace(Finding finding, string missing, IReadOnlyList<string> arguments)
    {
        string name = UsualInterpreters.NameOf(missing);
        string? other = UsualInterpreters.NamesFor(name).Select(candidate => ProgramSearch.Find(candidate, path, user))
            .FirstOrDefault(found => found is not null);
        if (other is not null)
            return finding with { Fix = LineEdit.Rewrite(script, 1, Compose(other, arguments)) };
        return finding
            with
        {
            Fix = DebianPackages.FixFor(name),
            Advice = DebianPackages.FixFor(name) is null ? $"install {name}, or correct line 1"
            : null
        };
    }

    private static string Compose(string interpreter, IReadOnlyList<string> arguments) =>
        string.Join(' ', [$"#!{interpreter}", .. arguments]);

    private bool EndsInCr()
    {
        int end = _start.AsSpan().IndexOf((byte)'\n');
        return end > 0 && _start[end - 1] == (byte)'\r';
    }

    private Finding Error(string cause) => new(Severity.Error, script, cause);

    private static byte[] ReadStart(string path)
    {
        using FileStream file = File.OpenRead(path);
        var start = new byte[512];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }
}
