using Mono.Unix.Native;
using Shims.Control.Doctor.Languages;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>
/// Looks for the small slip that causes a syntax error: tries what is often forgotten at the end of a line, on a copy, until the
/// interpreter accepts it.
/// </summary>
internal static class SourceRepair
{
    /// <summary>Interpreters notice a slip on its own line or somewhat later. Each try starts the interpreter once.</summary>
    private const int MaxLines = 4;

    /// <summary>Finds a change after which the interpreter takes the source.</summary>
    /// <returns>Null if none of the usual ones is enough.</returns>
    internal static RepairedLine? Find(ScriptCase script, Language language, SourceFault fault)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("shimctl-");
        try
        {
            // The user must get there, and no other user needs to read it.
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            string copy = Path.Combine(folder.FullName, Path.GetFileName(script.Path));
            return Candidates(script, language, fault).FirstOrDefault(candidate => IsRight(script, language, candidate, copy));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<RepairedLine> Candidates(ScriptCase script, Language language, SourceFault fault)
    {
        // Past the last line is where a source is found to be unfinished.
        int[] lines = [.. Enumerable.Range(1, Math.Clamp(fault.Line, 0, script.Lines.Count)).Reverse()
            .Where(line => script.Lines[line - 1].Trim().Length > 0).Take(MaxLines)];
        return lines.SelectMany(line => language.Repairs(script.Lines[line - 1].TrimEnd()).Select(text => new RepairedLine(line, text)));
    }

    private static bool IsRight(ScriptCase script, Language language, RepairedLine repair, string copy)
    {
        string[] lines = [.. script.Lines];
        lines[repair.Line - 1] = repair.Text;
        File.Delete(copy);
        using (var file = new FileStream(copy,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
            }))
        using (var writer = new StreamWriter(file))
        {
            foreach (string line in lines)
                writer.Write($"{line}\n");
        }
        if (UserAccount.Current.IsRoot && Syscall.chown(copy, script.User.UserId, script.User.GroupId) != 0)
            return false;
        return UserCommand.Run(script.User, language.CheckCommand(script.Interpreter!, script.InterpreterArguments, copy),
            script.Settings.ScriptPath, script.Folder) is { ExitCode: 0 };
    }
}

/// <summary>A change to one line of a source.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">What is to stand there.</param>
internal sealed record RepairedLine(int Line, string Text);
