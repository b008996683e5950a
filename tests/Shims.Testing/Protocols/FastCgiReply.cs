using System.Buffers.Binary;
using System.Text;

namespace Shims.Testing;

/// <summary>All that a FastCGI application sent for one request.</summary>
public sealed record FastCgiReply
{
    /// <summary>Every record, in order, those of other requests and management records too.</summary>
    public required IReadOnlyList<FastCgiRecord> Records { get; init; }

    /// <summary>The request this is the reply to.</summary>
    public required int RequestId { get; init; }

    /// <summary>True if the connection was reset before END_REQUEST.</summary>
    public required bool WasReset { get; init; }

    /// <summary>True if END_REQUEST came: the application says the reply is complete.</summary>
    public bool IsComplete => EndRequest is not null;

    /// <summary>The contents of the STDOUT records.</summary>
    public byte[] Output => Join(FastCgiRecordType.Stdout);

    /// <summary>The contents of the STDERR records, as text.</summary>
    public string Error => Encoding.UTF8.GetString(Join(FastCgiRecordType.Stderr));

    /// <summary>The appStatus of END_REQUEST. FastCGI 1.0, section 5.5.</summary>
    public uint ApplicationStatus => BinaryPrimitives.ReadUInt32BigEndian(EndRequest?.Content ?? throw new InvalidDataException("no END_REQUEST"));

    /// <summary>The protocolStatus of END_REQUEST: 0 complete, 1 CANT_MPX, 2 OVERLOADED, 3 UNKNOWN_ROLE.</summary>
    public int ProtocolStatus => (EndRequest?.Content ?? throw new InvalidDataException("no END_REQUEST"))[4];

    /// <summary>The output as a CGI reply.</summary>
    public ScriptReply Reply => ScriptReply.Parse(Output);

    private FastCgiRecord? EndRequest => Records.FirstOrDefault(record => record.Type == FastCgiRecordType.EndRequest && record.RequestId == RequestId);

    private byte[] Join(FastCgiRecordType type)
    {
        // Block by block: some tests receive 64 MiB.
        var joined = new MemoryStream();
        foreach (FastCgiRecord record in Records)
            if (record.Type == type && record.RequestId == RequestId)
                joined.Write(record.Content);
        return joined.ToArray();
    }
}
