using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Explains an obstacle between a user and a script.</summary>
internal static class ScriptAccess
{
    /// <param name="script">Its path.</param>
    /// <param name="obstacle">The obstacle.</param>
    /// <param name="user">The user.</param>
    /// <param name="isScript">Whether it is sure to be a script: other files of a folder are not made executable by a command.</param>
    internal static Finding Explain(string script, Obstacle obstacle, UserAccount user, bool isScript) => obstacle.Kind switch
    {
        ObstacleKind.Absent when obstacle.Path == script => new Finding(Severity.Error, script, "there is no such file")
        { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.Absent => new Finding(Severity.Error, script, $"there is no {obstacle.Path}")
        { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.NotADirectory => new Finding(Severity.Error, script, $"{obstacle.Path} on the way to it is not a directory")
        { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.EndlessLinks => new Finding(Severity.Error, script, $"the link {obstacle.Path} leads round in a circle")
        { Advice = "let the link lead to the script" },
        _ when Directory.Exists(obstacle.Path) && obstacle.Path != script =>
            new Finding(Severity.Error, script, $"user {user.Name} may not enter {obstacle.Path}{obstacle.Reason}")
            { Fix = AccessGrant.Past(obstacle) },
        _ when obstacle.ListedUser is null && obstacle.Missing.HasFlag(Access.Execute) && IsExecutableForNoUser(script) =>
            new Finding(Severity.Error, script, "it is not executable")
            {
                Fix = !isScript ? null : obstacle.Missing.HasFlag(Access.Read) ? AccessGrant.Past(obstacle)
                    : new ModeChange(script, $"{Readers(script)}+x"),
                Advice = isScript ? null : "if it is a script: chmod a+x; if not, keep it elsewhere",
            },
        _ => new Finding(Severity.Error, script,
            $"it is not {Words(obstacle.Missing)} for user {user.Name}{obstacle.Reason}")
        { Fix = AccessGrant.Past(obstacle) },
    };

    private static bool IsExecutableForNoUser(string script) =>
        (File.GetUnixFileMode(script) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0;

    /// <summary>The letters of chmod(1) for those who may read a file already.</summary>
    private static string Readers(string script)
    {
        UnixFileMode mode = File.GetUnixFileMode(script);
        string readers = string.Concat(mode.HasFlag(UnixFileMode.UserRead) ? "u" : "", mode.HasFlag(UnixFileMode.GroupRead) ? "g" : "",
            mode.HasFlag(UnixFileMode.OtherRead) ? "o" : "");
        return readers == "ugo" ? "a" : readers;
    }

    private static string Words(Access missing) =>
        string.Join(" and not ", new[] { (Access.Read, "readable"), (Access.Write, "writable"), (Access.Execute, "executable") }
            .Where(pair => missing.HasFlag(pair.Item1)).Select(pair => pair.Item2));
}
