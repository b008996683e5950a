using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Is told what becomes of one request.</summary>
internal interface IRequestObserver
{
    /// <summary>The status that the script has answered with; 0 before.</summary>
    int Status { set; }

    /// <summary>Tells what is to be run, as far as that is known.</summary>
    void Prepared(in LaunchPlan plan);

    /// <summary>The script has started.</summary>
    void Started();

    /// <summary>The script has ended.</summary>
    void Ended(ExitStatus status);

    /// <summary>The script has written to its output.</summary>
    void AddReply(ReadOnlySpan<byte> output);

    /// <summary>The script has written to its standard error.</summary>
    void AddErrors(ReadOnlySpan<byte> lines);

    /// <summary>From now on there is nothing to be kept, whatever comes.</summary>
    void GiveUp();

    /// <summary>The request cannot be answered as it should.</summary>
    /// <returns>The fault, which now says where its capsule is.</returns>
    Fault Failed(Fault fault);

    /// <summary>The response is complete.</summary>
    void Completed();

    /// <summary>The response is complete, but the script's exit status says that something went wrong.</summary>
    /// <returns>The fault, which now says where its capsule is.</returns>
    Fault Exited(Fault fault);

    /// <summary>The web server has gone before the response was complete: a browser that did not wait, or its own patience.</summary>
    /// <returns>The fault with its capsule; null if there is none.</returns>
    Fault? Abandoned(Fault fault);
}
