using System.Buffers;
using Shims.Buffers;

namespace Shims.FastCgi;

/// <summary>Responds to GET_VALUES. FastCGI 1.0 section 4.1.</summary>
internal static class ManagementValues
{
    /// <summary>Room enough for the content of any response.</summary>
    internal const int MaxSize = 128;

    /// <summary>Writes the values that were asked for and are known, each once however often it was asked for.</summary>
    /// <param name="query">The content of GET_VALUES.</param>
    /// <param name="maxConnections">FCGI_MAX_CONNS: connections served at a time.</param>
    /// <param name="maxRequests">FCGI_MAX_REQS: requests served at a time.</param>
    /// <param name="destination">At least <see cref="MaxSize"/>.</param>
    /// <returns>Bytes written.</returns>
    internal static int WriteResult(ReadOnlySpan<byte> query, int maxConnections, int maxRequests, Span<byte> destination)
    {
        bool asksConnections = false, asksRequests = false, asksMultiplexing = false;
        var reader = new NameValueReader(query);
        while (reader.TryRead(out ReadOnlySpan<byte> name, out _) == OperationStatus.Done)
        {
            asksConnections |= name.SequenceEqual("FCGI_MAX_CONNS"u8);
            asksRequests |= name.SequenceEqual("FCGI_MAX_REQS"u8);
            asksMultiplexing |= name.SequenceEqual("FCGI_MPXS_CONNS"u8);
        }
        int length = 0;
        if (asksConnections)
            length += WritePair("FCGI_MAX_CONNS"u8, maxConnections, destination[length..]);
        if (asksRequests)
            length += WritePair("FCGI_MAX_REQS"u8, maxRequests, destination[length..]);
        if (asksMultiplexing)
            length += WritePair("FCGI_MPXS_CONNS"u8, 1, destination[length..]);
        return length;
    }

    private static int WritePair(ReadOnlySpan<byte> name, int number, Span<byte> destination)
    {
        ReadOnlySpan<byte> value = DecimalDigits.Format(number, stackalloc byte[20]);
        destination[0] = (byte)name.Length;
        destination[1] = (byte)value.Length;
        name.CopyTo(destination[2..]);
        value.CopyTo(destination[(2 + name.Length)..]);
        return 2 + name.Length + value.Length;
    }
}
