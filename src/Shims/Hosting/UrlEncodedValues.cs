using System.Text;
using Shims.Cgi;

namespace Shims.Hosting;

/// <summary>Reads <c>name=value&amp;name=value</c>, the form of a query and of a simple form's body. URL Standard section 5.1 (application/x-www-form-urlencoded).</summary>
internal static class UrlEncodedValues
{
    /// <summary>Reads all pairs. Nothing is malformed: a percent sign that encodes nothing stands for itself.</summary>
    /// <param name="encoded">ASCII; what is not, is taken for UTF-8.</param>
    /// <param name="maximum">The largest number of pairs.</param>
    /// <exception cref="BadRequestException">There are more (413).</exception>
    internal static ValueCollection Read(ReadOnlySpan<byte> encoded, int maximum)
    {
        var values = new List<KeyValuePair<string, string>>();
        while (!encoded.IsEmpty)
        {
            int end = encoded.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? encoded : encoded[..end];
            encoded = end < 0 ? default : encoded[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            if (values.Count == maximum)
                throw new BadRequestException(413, $"there are more than {maximum} values in a query or form");
            int equals = pair.IndexOf((byte)'=');
            string name = Decode(equals < 0 ? pair : pair[..equals]);
            values.Add(new KeyValuePair<string, string>(name, equals < 0 ? "" : Decode(pair[(equals + 1)..])));
        }
        return new ValueCollection(values);
    }

    private static string Decode(ReadOnlySpan<byte> encoded)
    {
        if (!encoded.ContainsAny((byte)'+', (byte)'%'))
            return Encoding.UTF8.GetString(encoded);
        byte[] bytes = encoded.ToArray();
        bytes.AsSpan().Replace((byte)'+', (byte)' ');
        return Encoding.UTF8.GetString(PercentEncoding.Decode(bytes, bytes));
    }
}
