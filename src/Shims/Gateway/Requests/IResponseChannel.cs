using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway.Requests;

/// <summary>The way back for one response: what its wire does with it.</summary>
internal interface IResponseChannel
{
    /// <summary>The protocol's name.</summary>
    string Protocol { get; }

    /// <summary>A description of the peer.</summary>
    string Peer { get; }

    /// <summary>True if there is room for more of what a script writes to its standard error.</summary>
    bool CanTakeErrors => !Log.IsFull;

    /// <summary>Schedules a turn of the connection, as something about the response has changed.</summary>
    void Schedule();

    /// <summary>Sends a part of the CGI response.</summary>
    /// <returns>The number of bytes taken; the response is told to go on when there is room for more.</returns>
    int Write(ReadOnlySpan<byte> output);

    /// <summary>Sends what a pipe holds without looking at it. Everything written before must have gone out, at least to the connection's queue.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="most">Bytes at the most.</param>
    /// <param name="moved">Bytes that have left the pipe, or will before anything else is read from it.</param>
    /// <returns>True if the pipe may hold more that can be sent now.</returns>
    SpliceResult Splice(int pipe, long most, out int moved)
    {
        moved = 0;
        return SpliceResult.ReadInstead;
    }

    /// <summary>True if a pipe still holds bytes that <see cref="Splice"/> has promised to the peer: nothing else may read from it, or close it, until they have gone out or <see cref="EndSplice"/> has taken them.</summary>
    bool IsSplicing => false;

    /// <summary>The pipe that <see cref="Splice"/> was given will be closed: takes out of it what has been promised to the peer.</summary>
    void EndSplice()
    {
        // Nothing is promised that has not gone out.
    }

    /// <summary>Passes on what a script wrote to its standard error.</summary>
    /// <param name="lines">What it wrote.</param>
    /// <param name="log">Takes what does not go to the web server.</param>
    void WriteError(ReadOnlySpan<byte> lines, ScriptLog log) => log.Write(lines);

    /// <summary>Tells the web server's log of a fault, where the wire has a way.</summary>
    void ReportFault(Fault fault)
    {
        // Most wires have none.
    }

    /// <summary>The header of a response in the form that the peer understands.</summary>
    /// <param name="head">The header.</param>
    /// <param name="requestId">The id of the request; null to leave it out.</param>
    byte[] Encode(ResponseHead head, string? requestId) => head.ToBytes(requestId);

    /// <summary>Puts an error page into the form that the peer understands, if that is not the wire's own.</summary>
    byte[] Enclose(byte[] page) => page;

    /// <summary>The fault of a header that the wire has no room for, as the end of a sentence; null if it has.</summary>
    /// <param name="head">As it will be written.</param>
    string? FaultOf(ReadOnlySpan<byte> head) => null;

    /// <summary>The response is complete.</summary>
    /// <param name="exitCode">The script's exit status, for FastCGI's appStatus.</param>
    void End(int exitCode);

    /// <summary>The response broke off after its beginning has gone out: makes it look broken to the web server.</summary>
    void Break();
}
