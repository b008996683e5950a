using System.Text;
using Shims.Control.Users;

namespace Shims.Control.Doctor;

/// <summary>The user and the extent of an examination.</summary>
internal sealed record DoctorSettings
{
    /// <summary>The user that scripts run as.</summary>
    internal required UserAccount User { get; init; }

    /// <summary>
    /// The user that the web server runs as; null if the command line does not say, and it is what the web server's configuration says.
    /// </summary>
    internal UserAccount? WebUser { get; init; }

    /// <summary>Everything that is looked at this time, because one half of a set-up is judged by the other.</summary>
    internal IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>SELinux as this machine has it.</summary>
    internal SecurityLabels Labels { get; init; } = new();

    /// <summary>Whether programs may be run and requests be sent. Without it files are read, and nothing else.</summary>
    internal bool MayRun { get; init; } = true;

    /// <summary>
    /// Whether the user that scripts run as is named: by <c>--user</c>, by a configuration, or by the owner of a capsule. A user who is not
    /// root is named by asking.
    /// </summary>
    internal bool IsUserNamed { get; init; }

    /// <summary>
    /// Whether scripts, and interpreters that look at them, may be started. Root starts no other user's programs as root only because no
    /// user is named.
    /// </summary>
    internal bool MayStart => MayRun && (IsUserNamed || !User.IsRoot);

    /// <summary>The only user whose files printed commands may change; null for the owner of what is looked at.</summary>
    internal uint? FixOwner { get; init; }

    /// <summary>Says that nothing was started because of that; null if that is not so.</summary>
    internal Finding? Idleness =>
        !MayRun || MayStart ? null
        : new Finding(Severity.Warning, "shimctl doctor", "nothing was run: root has to say who scripts run as, as whom they are then run")
        {
            Advice = "name the user of the super-server's line: --user NAME, or the web server's for programs that it starts: --web-user "
        + "NAME; or let the configuration that names it be looked at too"
        };

    /// <summary>
    /// Whether scripts may be asked, which is what <c>shimctl serve</c> leaves to browsers. Without it an interpreter looks at their
    /// sources, and that is all.
    /// </summary>
    internal bool MaySend { get; init; } = true;

    /// <summary>
    /// The gateway's command line up to where the script stands, as the super-server has it; the first word is looked for beside this
    /// program and on the PATH.
    /// </summary>
    internal IReadOnlyList<string> Gateway { get; init; } = ["scgi-run"];

    /// <summary>Whether the command line says what the gateway's is; else a super-server's configuration may.</summary>
    internal bool IsGatewayNamed { get; init; }

    /// <summary>
    /// The <c>--stderr</c> of the service whose gateway that is, empty where it has none; null where the gateway does not belong to a
    /// service.
    /// </summary>
    internal string? ServiceLog { get; init; }

    /// <summary>The body of the request, which is a POST then; null for a GET.</summary>
    internal string? Data { get; init; }

    /// <summary>The time that a request may take.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to send a POST after the GET.</summary>
    internal bool AlsoPosts { get; init; }

    /// <summary>The variables and the body of a request that was recorded, to be sent in place of a GET; null for none.</summary>
    internal RecordedRequest? Recorded { get; init; }

    /// <summary>
    /// The PATH that scripts get: the gateway's <c>--env PATH=</c>, or the one that they get from a super-server that has none.
    /// </summary>
    internal string ScriptPath => VariableOf("PATH") ?? Encoding.UTF8.GetString(Shims.Cgi.InheritedEnvironment.DefaultPath);

    /// <summary>The value that the gateway's <c>--env</c> gives a variable; null if it does not.</summary>
    internal string? VariableOf(string name) =>
        ValuesOf("--env").LastOrDefault(setting => setting.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>The program that the gateway's <c>--interpreter</c> names for a file; null if none does.</summary>
    /// <param name="path">Its path, links followed.</param>
    internal string? InterpreterOf(string path) => ValuesOf("--interpreter").Select(static value => value.Split('=', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0].Length > 1 && Path.GetFileName(path).Length > pair[0].Length
            && path.EndsWith(pair[0], StringComparison.Ordinal))?[1];

    /// <summary>The values of an option of the gateway, in either of its forms.</summary>
    internal IEnumerable<string> ValuesOf(string option) => Gateway.Select((word, at) =>
        word == option ? Gateway.ElementAtOrDefault(at + 1) : word.StartsWith($"{option}=", StringComparison.Ordinal)
            ? word[(option.Length + 1)..] : null).OfType<string>();
}

/// <summary>A request as it was recorded.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Variables">Names and values, in order.</param>
/// <param name="Body">As much of it as was kept.</param>
internal sealed record RecordedRequest(string Method, IReadOnlyList<(string Name, string? Value)> Variables, byte[] Body);
