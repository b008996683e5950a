using Shims.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Early;

/// <summary>The whole response of a script that ends soon, well, and with not much to say: given before the C library and the runtime have started.</summary>
/// <remarks>
/// <see cref="ScgiExec"/> says what holds for such code. Everything is looked at only and left where it is, the request in the socket, the output in the pipes, the process to be
/// collected, until it is clear that nothing is out of the ordinary. Until then the ordinary program can take over at any time, and does if the script has not
/// ended within a moment: a client may wait for the first bytes of a long response.
/// </remarks>
internal static class EarlyResponse
{
    /// <summary>Bytes of output that go out in one record, as in the ordinary program.</summary>
    private const int LargestOutput = 8 * 1024, LargestErrors = 4 * 1024;

    /// <summary>Milliseconds for which a script is waited for: for one that takes longer it does not matter that the runtime starts meanwhile. Most perl scripts take less from start to end.</summary>
    private const int Milliseconds = 20;

    /// <summary>Responds, and ends the process. Comes back, with everything as it was, if that is not possible.</summary>
    /// <param name="script">The script.</param>
    /// <param name="requestId">Of the request.</param>
    /// <param name="requestSize">Bytes of the request, which are still in the socket.</param>
    /// <param name="scratch">Memory for the records and for what they are made of; at least 64 KiB.</param>
    internal static void Give(in StartedScript script, ushort requestId, int requestSize, Span<byte> scratch)
    {
        Span<byte> output = scratch[..LargestOutput], errors = scratch.Slice(LargestOutput, LargestErrors), head = scratch.Slice(16 * 1024, 2 * LargestOutput), records = scratch[(32 * 1024)..];
        // Something that the script has started may hold its output, and have more to write.
        if (!Libc.WaitReadable(script.ProcessDescriptor, Milliseconds) || !Libc.HasEndedWell(script.ProcessDescriptor) || !Libc.HasHungUp(script.Output) || Libc.Available(0) != requestSize)
            return;
        int outputLength = Libc.PeekPipe(script.Output, output), errorLength = Libc.PeekPipe(script.Error, errors);
        if (outputLength <= 0 || errorLength < 0 || !ResponseHead.TryFindEnd(output[..outputLength], out int headSize))
            return;
        ReadOnlySpan<byte> body = output[headSize..outputLength];
        Span<byte> id = stackalloc byte[RequestId.Digits];
        RequestId.Write(id);
        if (!PlainResponseHead.TryWrite(output[..headSize], id, head[..LargestOutput], out int headLength))
            return;
        body.CopyInto(head[headLength..]);

        // Error output goes after the header: before it, it would take up the web server's buffer for that.
        int length = RecordWriter.Write(records, RecordType.Stdout, requestId, head[..(headLength + body.Length)]);
        if (errorLength > 0)
            length += RecordWriter.Write(records[length..], RecordType.Stderr, requestId, errors[..errorLength]);
        length += RecordWriter.Write(records[length..], RecordType.Stdout, requestId, default);
        if (errorLength > 0)
            length += RecordWriter.Write(records[length..], RecordType.Stderr, requestId, default);
        length += RecordWriter.WriteEndRequest(records[length..], requestId, 0, ProtocolStatus.RequestComplete);
        Finish(script, requestSize, records[..length], scratch[..(32 * 1024)]);
    }

    /// <summary>From here there is no way back. The request is taken before the response goes out, so that closing over it cannot reset the connection.</summary>
    private static void Finish(in StartedScript script, int requestSize, ReadOnlySpan<byte> records, Span<byte> scratch)
    {
        while (requestSize > 0 && Libc.Receive(0, scratch[..Math.Min(requestSize, scratch.Length)]) is > 0 and nint count)
            requestSize -= (int)count;
        Libc.TryReap(script.Process, out _);
        while (!records.IsEmpty)
        {
            nint count = Libc.Send(0, records);
            if (count < 0 && (!Libc.WouldBlock || !Libc.WaitWritable(0, Limits.EarlySendMilliseconds)))
                break; // a peer that does not read gets no more
            records = records[(int)Math.Max(0, count)..];
        }
        Libc.EndProcess(0);
    }
}
