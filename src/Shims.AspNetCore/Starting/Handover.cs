using Shims.Diagnostics;
using Shims.Gateway.Serving;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.AspNetCore.Starting;

/// <summary>What the super-server has handed over, taken out of harm's way: from then on nothing that is printed reaches the client.</summary>
internal sealed class Handover
{
    private Handover(StartedAs kind, int[] sockets) => (Kind, Sockets) = (kind, sockets);

    internal StartedAs Kind { get; }

    /// <summary>The connection, or the listening sockets; for CGI where the body comes from, and where the response goes.</summary>
    internal int[] Sockets { get; }

    /// <summary>The request's variables; empty but for CGI.</summary>
    internal byte[] Variables { get; private init; } = [];

    /// <summary>Takes it.</summary>
    internal static Handover Take()
    {
        StandardInput input = Descriptors.LookAtInput();
        if (input == StandardInput.Listener)
            return new Handover(StartedAs.Listener, [Move(0)]).Seal();
        if (Libc.EnvironmentText("REQUEST_METHOD\0"u8) is not null && Libc.EnvironmentText("GATEWAY_INTERFACE\0"u8) is not null)
            return new Handover(StartedAs.Cgi, [Move(0), Move(1)]) { Variables = CgiProcessEnvironment.Read() }.Seal();
        if (input == StandardInput.Connection && IsFromSuperServer())
            return new Handover(StartedAs.Connection, [Move(0)]).Seal();
        return Descriptors.PassedListeners() is { Length: > 0 } passed ? new Handover(StartedAs.Listener, passed).Seal() : new Handover(StartedAs.Ordinary, []);
    }

    /// <summary>Editors and test runners pass the end of a pair as standard input, each descriptor another. A super-server passes a socket with a name, or one for all.</summary>
    private static bool IsFromSuperServer() =>
        !Libc.IsUnnamed(0) || (Libc.TryGetStatus(0, out FileStatus input) && Libc.TryGetStatus(1, out FileStatus output) && output.IsSameFile(input));

    private static int Move(int descriptor) => Libc.DuplicateAboveStandard(descriptor);

    /// <summary>Descriptor 0 is empty, 1 is the log, and 2 is not the client.</summary>
    private Handover Seal()
    {
        StandardError.Secure("shims"u8);
        int none = Libc.OpenNowhere();
        Libc.Duplicate(none, 0);
        if (none > 2)
            Libc.Close(none);
        Libc.Duplicate(2, 1);
        if (AppFiles.IsManaged)
            ReplaceCopies();
        return this;
    }

    /// <summary>
    /// The .NET runtime has copies of descriptors 0, 1 and 2 for itself: a crash would be told to the client, and the connection would stay open until the process ends.
    /// </summary>
    private void ReplaceCopies()
    {
        const int most = 64; // it makes them before anything else is opened
        for (int descriptor = 3; descriptor < most; descriptor++)
        {
            if (Array.IndexOf(Sockets, descriptor) < 0 && Libc.TryGetStatus(descriptor, out FileStatus copy) && Array.Exists(Sockets, taken => Libc.TryGetStatus(taken, out FileStatus status) && status.IsSameFile(copy)))
                Libc.Duplicate(2, descriptor);
        }
    }
}
