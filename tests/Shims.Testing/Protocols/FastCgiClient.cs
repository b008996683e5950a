using System.Buffers.Binary;
using System.Net.Sockets;

namespace Shims.Testing;

/// <summary>The web server's side of FastCGI, written from the specification and apart from the product.</summary>
public sealed class FastCgiClient(Connection connection) : IDisposable
{
    public const int Responder = 1;
    public const int Authorizer = 2;
    public const int Filter = 3;

    private byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;

    /// <summary>The connection underneath, for bytes that are no records.</summary>
    public Connection Connection { get; } = connection;

    /// <summary>BEGIN_REQUEST. FastCGI 1.0, section 5.1.</summary>
    public static FastCgiRecord Begin(int requestId = 1, int role = Responder, bool keepConnection = false) =>
        new(FastCgiRecordType.BeginRequest, requestId, [(byte)(role >> 8), (byte)role, keepConnection ? (byte)1 : (byte)0, 0, 0, 0, 0, 0]);

    /// <summary>ABORT_REQUEST. Section 5.4.</summary>
    public static FastCgiRecord Abort(int requestId = 1) => new(FastCgiRecordType.AbortRequest, requestId, []);

    /// <summary>GET_VALUES. Section 4.1.</summary>
    public static FastCgiRecord GetValues(params string[] names)
    {
        var asked = new RequestVariables();
        foreach (string name in names)
            asked.Add(name, "");
        return new FastCgiRecord(FastCgiRecordType.GetValues, 0, EncodePairs(asked));
    }

    /// <summary>Name-value pairs: one byte for a length up to 127, else four with the top bit set. Section 3.4.</summary>
    public static byte[] EncodePairs(RequestVariables variables)
    {
        var pairs = new MemoryStream();
        foreach ((byte[] name, byte[] value) in variables)
        {
            WriteLength(pairs, name.Length);
            WriteLength(pairs, value.Length);
            pairs.Write(name);
            pairs.Write(value);
        }
        return pairs.ToArray();
    }

    /// <summary>Reads name-value pairs, for GET_VALUES_RESULT.</summary>
    public static IReadOnlyDictionary<string, string> DecodePairs(ReadOnlySpan<byte> pairs)
    {
        var values = new Dictionary<string, string>();
        while (!pairs.IsEmpty)
        {
            int nameLength = ReadLength(ref pairs), valueLength = ReadLength(ref pairs);
            values.Add(System.Text.Encoding.Latin1.GetString(pairs[..nameLength]), System.Text.Encoding.Latin1.GetString(pairs.Slice(nameLength, valueLength)));
            pairs = pairs[(nameLength + valueLength)..];
        }
        return values;
    }

    /// <summary>A stream as records of at most <paramref name="recordLength"/> bytes, and the empty one that ends it. Section 3.3.</summary>
    /// <param name="type">PARAMS, STDIN or DATA.</param>
    /// <param name="requestId">The request it belongs to.</param>
    /// <param name="content">All of the stream.</param>
    /// <param name="recordLength">Largest content of one record.</param>
    /// <param name="ended">False leaves the empty record out.</param>
    public static IEnumerable<FastCgiRecord> Stream(FastCgiRecordType type, int requestId, ReadOnlyMemory<byte> content, int recordLength = 32768, bool ended = true)
    {
        for (; !content.IsEmpty; content = content[Math.Min(recordLength, content.Length)..])
        {
            int length = Math.Min(recordLength, content.Length);
            yield return new FastCgiRecord(type, requestId, content[..length].ToArray()) { PaddingLength = (byte)(-length & 7) };
        }
        if (ended)
            yield return new FastCgiRecord(type, requestId, []);
    }

    /// <summary>A whole request as bytes, for tests that cut it up or spoil it.</summary>
    public static byte[] Encode(RequestVariables variables, ReadOnlyMemory<byte> body = default, int requestId = 1, int role = Responder, bool keepConnection = false, int recordLength = 32768)
    {
        IEnumerable<FastCgiRecord> records =
        [
            Begin(requestId, role, keepConnection),
            .. Stream(FastCgiRecordType.Params, requestId, EncodePairs(variables.ForFastCgi(body.Length)), recordLength),
            .. Stream(FastCgiRecordType.Stdin, requestId, body, recordLength),
        ];
        return [.. records.SelectMany(record => record.ToBytes())];
    }

    /// <summary>Sends records as they are.</summary>
    public async Task SendAsync(params IEnumerable<FastCgiRecord> records)
    {
        foreach (FastCgiRecord record in records)
            await Connection.SendAsync(record.ToBytes());
    }

    /// <summary>Sends a request while it already receives the reply, as a web server does.</summary>
    public async Task<FastCgiReply> ExchangeAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default, int requestId = 1, int role = Responder, bool keepConnection = false, TimeSpan? limit = null)
    {
        Task sending = SendRequestAsync(variables, body, requestId, role, keepConnection);
        FastCgiReply reply = await ReceiveReplyAsync(requestId, limit);
        // An application may answer without reading everything; then sending fails, and that is its right.
        if (!keepConnection)
            await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        else
            await sending;
        return reply;
    }

    /// <summary>Reads until the request's END_REQUEST, or until the connection ends.</summary>
    public async Task<FastCgiReply> ReceiveReplyAsync(int requestId = 1, TimeSpan? limit = null)
    {
        var records = new List<FastCgiRecord>();
        bool wasReset = false;
        try
        {
            while (await ReceiveAsync(limit) is { } record)
            {
                records.Add(record);
                if (record.Type == FastCgiRecordType.EndRequest && record.RequestId == requestId)
                    break;
            }
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionReset)
        {
            wasReset = true;
        }
        return new FastCgiReply { Records = records, RequestId = requestId, WasReset = wasReset };
    }

    /// <summary>Reads one record; null at the end of the connection.</summary>
    /// <exception cref="InvalidDataException">The connection ended within a record.</exception>
    /// <exception cref="SocketException">The connection was reset.</exception>
    /// <exception cref="TimeoutException">Nothing came within the limit.</exception>
    public async Task<FastCgiRecord?> ReceiveAsync(TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? Patience.Limit);
        while (true)
        {
            if (FastCgiRecord.Read(_buffer.AsSpan(_start, _end - _start), out int size) is { } record)
            {
                _start += size;
                return record;
            }
            // The largest record is 65535 + 255 + 8 bytes, so half of the buffer always has room for what is left of one.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int count;
            try
            {
                count = await Connection.Socket.ReceiveAsync(_buffer.AsMemory(_end), patience.Token);
            }
            catch (OperationCanceledException late)
            {
                throw new TimeoutException("no record came", late);
            }
            if (count == 0)
                return _end == 0 ? null : throw new InvalidDataException($"the connection ended within a record, after {_end} bytes");
            _end += count;
        }
    }

    public void Dispose() => Connection.Dispose();

    private async Task SendRequestAsync(RequestVariables variables, ReadOnlyMemory<byte> body, int requestId, int role, bool keepConnection)
    {
        await SendAsync(Begin(requestId, role, keepConnection));
        await SendAsync(Stream(FastCgiRecordType.Params, requestId, EncodePairs(variables.ForFastCgi(body.Length))));
        await SendAsync(Stream(FastCgiRecordType.Stdin, requestId, body));
    }

    private static void WriteLength(Stream pairs, int length)
    {
        if (length < 128)
        {
            pairs.WriteByte((byte)length);
            return;
        }
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, (uint)length | 0x80000000);
        pairs.Write(four);
    }

    private static int ReadLength(ref ReadOnlySpan<byte> pairs)
    {
        int size = pairs[0] < 128 ? 1 : 4;
        int length = size == 1 ? pairs[0] : (int)(BinaryPrimitives.ReadUInt32BigEndian(pairs) & 0x7FFFFFFF);
        pairs = pairs[size..];
        return length;
    }
}
