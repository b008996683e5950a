namespace Shims.Diagnostics;

/// <summary>The exit status of a program, by who has to act. Numbers from sysexits; listed under EXIT STATUS in each manual page.</summary>
/// <example><code>
/// int status = Shim.Run((request, response) =&gt; response.Write("hello\n"));
/// if (status != (int)ExitCode.Served)
///     Console.Error.WriteLine($"not served: {(ExitCode)status}");
/// </code></example>
public enum ExitCode
{
    /// <summary>No one: a response went out, whatever its status.</summary>
    Served = 0,

    /// <summary>The author of the command line.</summary>
    Usage = 64,

    /// <summary>The administrator of the machine: the system refused something.</summary>
    SystemError = 71,

    /// <summary>The administrator of the web server: it broke the protocol.</summary>
    PeerError = 76,
}
