using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>Reads the variables out of what a web server has sent on one connection. Each character is one byte (Latin-1).</summary>
public static class SentVariables
{
    /// <summary>The requests of a connection that have come whole, each as its variables in the order in which they came.</summary>
    public static IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> Read(Gateway gateway, ReadOnlySpan<byte> connection) =>
        gateway == Gateway.Scgi ? ReadNetstring(connection) : gateway == Gateway.Uwsgi ? ReadBlock(connection) : ReadRecords(connection);

    /// <summary>uwsgi: modifier1, length, modifier2, and pairs of lengths and texts, all lengths in two bytes, the low one first.</summary>
    private static IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> ReadBlock(ReadOnlySpan<byte> bytes)
    {
        const int headerSize = 4;
        if (bytes.Length < headerSize || bytes.Length < headerSize + BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]))
            return [];
        ReadOnlySpan<byte> block = bytes.Slice(headerSize, BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]));
        var pairs = new List<KeyValuePair<string, string>>();
        while (!block.IsEmpty)
            pairs.Add(KeyValuePair.Create(TakeText(ref block), TakeText(ref block)));
        return [pairs];
    }

    private static string TakeText(ref ReadOnlySpan<byte> block)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(block);
        string text = Encoding.Latin1.GetString(block.Slice(sizeof(ushort), length));
        block = block[(sizeof(ushort) + length)..];
        return text;
    }

    private static IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> ReadNetstring(ReadOnlySpan<byte> bytes)
    {
        int colon = bytes.IndexOf((byte)':');
        if (colon < 0)
            return [];
        int length = int.Parse(bytes[..colon], CultureInfo.InvariantCulture);
        if (bytes.Length < colon + 1 + length)
            return [];
        string[] parts = Encoding.Latin1.GetString(bytes.Slice(colon + 1, length - 1)).Split('\0');
        return [[.. Enumerable.Range(0, parts.Length / 2).Select(index => KeyValuePair.Create(parts[2 * index], parts[2 * index + 1]))]];
    }

    private static List<IReadOnlyList<KeyValuePair<string, string>>> ReadRecords(ReadOnlySpan<byte> bytes)
    {
        var requests = new List<IReadOnlyList<KeyValuePair<string, string>>>();
        var streams = new Dictionary<int, List<byte>>();
        while (FastCgiRecord.Read(bytes, out int size) is { } record)
        {
            bytes = bytes[size..];
            if (record.Type == FastCgiRecordType.BeginRequest)
                streams[record.RequestId] = [];
            if (record.Type != FastCgiRecordType.Params)
                continue;
            streams[record.RequestId].AddRange(record.Content);
            if (record.Content.Length == 0)
                requests.Add(ReadPairs([.. streams[record.RequestId]]));
        }
        return requests;
    }

    private static List<KeyValuePair<string, string>> ReadPairs(ReadOnlySpan<byte> stream)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        while (!stream.IsEmpty)
        {
            int name = TakeLength(ref stream);
            int value = TakeLength(ref stream);
            pairs.Add(KeyValuePair.Create(Encoding.Latin1.GetString(stream[..name]), Encoding.Latin1.GetString(stream.Slice(name, value))));
            stream = stream[(name + value)..];
        }
        return pairs;
    }

    // FastCGI 1.0, section 3.4.
    private static int TakeLength(ref ReadOnlySpan<byte> stream)
    {
        int size = stream[0] < 0x80 ? 1 : 4;
        int length = size == 1 ? stream[0] : (int)(BinaryPrimitives.ReadUInt32BigEndian(stream) & 0x7FFF_FFFF);
        stream = stream[size..];
        return length;
    }
}
