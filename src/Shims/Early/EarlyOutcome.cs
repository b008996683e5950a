using Shims.Posix;

namespace Shims.Early;

/// <summary>The work done before the .NET runtime started, for the ordinary program to go on from. It is filled without a runtime, so it contains no reference.</summary>
internal struct EarlyOutcome
{
    /// <summary>True if descriptor 0 was an SCGI connection; <see cref="Header"/> says where that is now, and what was read from it.</summary>
    internal bool HasTakenConnection;

    /// <summary>The SCGI request, as far as it was read.</summary>
    internal ScgiHeaderBuffer Header;

    /// <summary>True if a script runs already that answers the FastCGI request, which is still in the socket.</summary>
    internal bool HasScript;

    /// <summary>The plan by which that script was started.</summary>
    internal LaunchPlan Plan;

    /// <summary>That script.</summary>
    internal StartedScript Script;
}
