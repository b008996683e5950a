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
