using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Languages;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>A script under examination, and for whom it is to run.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Settings">For whom, and how far.</param>
internal sealed record ScriptCase(string Path, DoctorSettings Settings)
{
    private string[]? _lines;

    /// <summary>Its form for the kernel.</summary>
    internal ScriptForm Form { get; } = new(Path, Settings.ScriptPath, Settings.User);

    /// <summary>The program of <c>--interpreter</c> that runs it; null if it is to be a program itself.</summary>
    internal string? GivenInterpreter { get; } = Settings.InterpreterOf(UnixPath.GetCompleteRealPath(Path));

    /// <summary>Whether <c>wsgi-run</c> runs it.</summary>
    internal bool IsWsgi => System.IO.Path.GetFileName(GivenInterpreter) == "wsgi-run";

    /// <summary>The program that reads its source, where the user finds it; null where that fails, or where there is none.</summary>
    internal string? Interpreter => GivenInterpreter is null ? Form.Interpreter
        : IsWsgi ? ProgramSearch.Find("python3", Settings.ScriptPath, Settings.User) : GivenInterpreter;

    /// <summary>Its arguments on line 1.</summary>
    internal IReadOnlyList<string> InterpreterArguments => GivenInterpreter is null ? Form.Line!.Arguments : [];

    /// <summary>The language; null if doctor knows nothing of it.</summary>
    internal Language? Language => GivenInterpreter is not null
        ? KnownLanguages.Of(IsWsgi ? "python3" : System.IO.Path.GetFileName(GivenInterpreter))
        : Form.Line is { } line ? KnownLanguages.Of(line.Name) : null;

    /// <summary>Whether it is a binary that runs as its owner or with its group, for every caller.</summary>
    internal bool IsSetId =>
        Form.IsNative && Syscall.stat(Path, out Stat status) == 0
        && (status.st_mode & (FilePermissions.S_ISUID | FilePermissions.S_ISGID)) != 0;

    internal UserAccount User => Settings.User;

    internal string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The source; empty for a native program.</summary>
    internal IReadOnlyList<string> Lines => _lines ??= Form.IsNative ? [] : File.ReadAllLines(Path);

    internal Finding Error(string cause) => new(Severity.Error, Path, cause);

    internal Finding Warning(string cause) => new(Severity.Warning, Path, cause);

    /// <summary>A change that puts a statement at the beginning of the script.</summary>
    /// <returns>Null where that would break it.</returns>
    internal LineEdit? Begin(params string?[] statements)
    {
        if (statements.Contains(null) || Lines.Any(line => line.StartsWith("from __future__", StringComparison.Ordinal)))
            return null;
        // Python looks for the encoding on the first two lines and no further.
        int line = Lines.Count > 1 && Lines[1].StartsWith('#') && Lines[1].Contains("coding", StringComparison.Ordinal) ? 2 : 1;
        return LineEdit.AppendAfter(Path, line, statements!);
    }

    /// <summary>A change that rewrites the only line which can be rewritten so.</summary>
    /// <param name="rewrite">Null for a line that stays.</param>
    /// <returns>Null if there is no such line, or if there are several.</returns>
    internal LineEdit? RewriteOnlyLine(Func<string, string?> rewrite)
    {
        RepairedLine[] lines = [.. Lines.SelectMany((line, at) =>
            rewrite(line) is { } text ? [new RepairedLine(at + 1, text)] : Array.Empty<RepairedLine>())];
        return lines is [var only] ? LineEdit.Rewrite(Path, only.Line, only.Text) : null;
    }
}
