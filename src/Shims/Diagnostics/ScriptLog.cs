using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>
/// The standard error of one script on its way into the log. Where each of its lines becomes a line of ours, it is taken apart, and a line
/// that has not ended waits for its end.
/// </summary>
/// <param name="requestId">The request's id; null if there is no request.</param>
internal sealed class ScriptLog(string? requestId)
{
    /// <summary>Bytes of a line; a longer one becomes several.</summary>
    private const int LongestLine = 8 * 1024;

    private NativeBuffer? _begun;

    /// <summary>Takes what the script has written.</summary>
    internal void Write(ReadOnlySpan<byte> lines)
    {
        if (!Log.MarksScriptLines)
        {
            Log.WriteAsIs(lines);
            return;
        }
        int end = lines.LastIndexOf((byte)'\n') + 1;
        if (_begun is { IsEmpty: false } && end > 0)
        {
            int first = lines.IndexOf((byte)'\n') + 1;
            Keep(lines[..first]);
            End();
            lines = lines[first..];
            end -= first;
        }
        if (end > 0)
            Log.WriteScriptLines(requestId, lines[..end]);
        Keep(lines[end..]);
    }

    /// <summary>Nothing more comes: a line that has been begun is all of it.</summary>
    internal void End()
    {
        if (_begun is not { IsEmpty: false } begun)
            return;
        Log.WriteScriptLines(requestId, begun.Bytes);
        begun.Dispose();
        _begun = null;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        while (!part.IsEmpty)
        {
            _begun ??= new NativeBuffer(LongestLine);
            part = part[_begun.Add(part)..];
            if (_begun.Free == 0)
                End();
        }
    }
}
