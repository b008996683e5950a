using Shims.Posix;

namespace Shims.Early;

/// <summary>What was done before the .NET runtime started, from which the ordinary program goes on. Filled while there is no runtime, so there is no reference in it.</summary>
internal struct EarlyOutcome
{
    /// <summary>Whether descriptor 0 was an SCGI connection; <see cref="Header"/> says where that is now, and what was read from it.</summary>
    internal bool HasTakenConnection;

    /// <summary>The SCGI request, as far as it was read.</summary>
    internal ScgiHeaderBuffer Header;

    /// <summary>Whether a script runs already that answers the FastCGI request, which is still in the socket.</summary>
    internal bool HasScript;

    /// <summary>How that script was started.</summary>
    internal LaunchPlan Plan;

    /// <summary>That script.</summary>
    internal StartedScript Script;
}
