namespace Shims.Diagnostics;

/// <summary>Who has to act. Numbers from sysexits; listed under EXIT STATUS in each manual page.</summary>
public enum ExitCode
{
    /// <summary>Nobody: a reply went out, whatever its status.</summary>
    Served = 0,

    /// <summary>Whoever wrote the command line.</summary>
    Usage = 64,

    /// <summary>Whoever runs the machine: the system refused something.</summary>
    SystemError = 71,

    /// <summary>Whoever runs the web server: it broke the protocol.</summary>
    PeerError = 76,
}
