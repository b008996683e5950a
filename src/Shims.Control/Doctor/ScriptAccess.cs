namespace Shims.Control.Doctor;

/// <summary>Says what keeps a user from a script.</summary>
internal static class ScriptAccess
{
    internal static Finding Explain(string script, Obstacle obstacle, Identity user) => obstacle.Kind switch
    {
        ObstacleKind.Absent when obstacle.Path == script => new Finding(Severity.Error, script, "there is no such file")
            { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.Absent => new Finding(Severity.Error, script, $"there is no {obstacle.Path}")
            { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.NotADirectory => new Finding(Severity.Error, script, $"{obstacle.Path} on the way to it is no directory")
            { Advice = "correct the path in the super-server's or the web server's configuration" },
        ObstacleKind.EndlessLinks => new Finding(Severity.Error, script, $"the link {obstacle.Path} leads round in a circle")
            { Advice = "let the link lead to the script" },
        _ when Directory.Exists(obstacle.Path) && obstacle.Path != script => new Finding(Severity.Error, script, $"user {user.Name} may not enter {obstacle.Path}{obstacle.Reason}")
            { Command = obstacle.Command },
        _ when obstacle.ListedUser is null && obstacle.Missing.HasFlag(Access.Execute) && IsExecutableByNobody(script) => new Finding(Severity.Error, script, "it is not executable")
            { Command = obstacle.Missing.HasFlag(Access.Read) ? $"chmod a+x,{obstacle.Whose}+r {ShellWord.Path(script)}" : $"chmod a+x {ShellWord.Path(script)}" },
        _ => new Finding(Severity.Error, script, $"it is not {Words(obstacle.Missing)} for user {user.Name}{obstacle.Reason}") { Command = obstacle.Command },
    };

    private static bool IsExecutableByNobody(string script) =>
        (File.GetUnixFileMode(script) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0;

    private static string Words(Access missing) =>
        string.Join(" and not ", new[] { (Access.Read, "readable"), (Access.Write, "writable"), (Access.Execute, "executable") }
            .Where(pair => missing.HasFlag(pair.Item1)).Select(pair => pair.Item2));
}
