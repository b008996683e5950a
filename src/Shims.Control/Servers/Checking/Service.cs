using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Checking;

/// <summary>A line or section of a super-server, and the program that it starts.</summary>
/// <param name="SuperServer">For instance inetd.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record Service(string SuperServer, SourceLocation Place)
{
    /// <summary>The address that it listens at; null if that cannot be read.</summary>
    internal SocketAddress? Address { get; init; }

    /// <summary>The program; null if there is none.</summary>
    internal ProgramCommand? Command { get; init; }

    /// <summary>The place where the program is named, if that is another one.</summary>
    internal SourceLocation CommandPlace { get => field ?? Place; init; }

    /// <summary>The user that the program runs as; null if nothing is said.</summary>
    internal string? User { get; init; }

    /// <summary>The place where the user is named, if that is another one.</summary>
    internal SourceLocation UserPlace { get => field ?? Place; init; }

    /// <summary>True if a process is started for each connection (nowait), and not one for all of them.</summary>
    internal bool StartsForEach { get; init; }

    /// <summary>The edit by which one process gets all connections; null where one edit does not do.</summary>
    internal Func<Fix?> LetOneServeAll { get; init; } = static () => null;

    /// <summary>The variables that the program gets beside those of the super-server itself; those of env(1) among them.</summary>
    internal IReadOnlyList<ServiceVariable> Variables { get; init; } = [];

    /// <summary>What the super-server lets the program do.</summary>
    internal ServiceSandbox Sandbox { get; init; } = new();

    /// <summary>True if the super-server makes the folder of its socket.</summary>
    internal bool MakesFolders { get; init; }

    /// <summary>The command that lets the super-server see a change of its configuration.</summary>
    internal ShellCommand? Reload { get; init; }

    /// <summary>The command that ends the super-server and starts it, so that it makes its sockets anew.</summary>
    internal ShellCommand? Restart { get => field ?? Reload; init; }

    /// <summary>The way to give the socket to a user, in words; null where the super-server cannot.</summary>
    internal Func<string, string>? GiveSocketTo { get; init; }

    /// <inheritdoc cref="ProgramCommand.Spoken"/>
    internal Protocol[] Spoken => Command?.Spoken ?? [];

    /// <summary>The advice, and the command that lets the super-server notice.</summary>
    internal string Then(string advice) => Reload is null ? advice : $"{advice}; then: {Reload}";
}

/// <summary>A variable that a super-server sets for the program that it starts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Place">Where it is set.</param>
internal sealed record ServiceVariable(string Name, string Value, SourceLocation Place)
{
    /// <summary>Reads NAME=VALUE.</summary>
    internal static ServiceVariable Parse(string text, SourceLocation place) =>
        text.Split('=', 2) is [var name, var value] ? new ServiceVariable(name, value, place) : new ServiceVariable(text, "", place);
}

/// <summary>What a super-server keeps a program from, or gives it beside the user's own rights.</summary>
internal sealed record ServiceSandbox
{
    /// <summary>True if the program has a folder of its own for what it stores (StateDirectory= of systemd).</summary>
    internal bool HasStateFolder { get; init; }

    /// <summary>The edit that gives it one; null where the super-server makes none.</summary>
    internal Func<Fix?> MakeStateFolder { get; init; } = static () => null;

    /// <summary>True if the program cannot write to a folder, whatever its user may do.</summary>
    internal Func<string, bool> Closes { get; init; } = static _ => false;

    /// <summary>The setting that keeps the program from making code while it runs; null if there is none.</summary>
    internal SourceLocation? NoNewCode { get; init; }

    /// <summary>The edit that allows it.</summary>
    internal Func<Fix?> AllowNewCode { get; init; } = static () => null;
}
