using System.Buffers.Binary;

namespace Shims.Testing;

/// <summary>The web server's side of the uwsgi protocol, written from its description and apart from the product.</summary>
/// <remarks><code>
///   modifier1   datasize   modifier2   (length name length value)...   body
///       1          2           1           2    n     2      v
/// </code>Numbers are little-endian.</remarks>
public static class UwsgiClient
{
    /// <summary>Header and variables as sent, in the order given.</summary>
    public static byte[] Encode(RequestVariables variables, int modifier1 = 0)
    {
        var block = new MemoryStream();
        foreach ((byte[] name, byte[] value) in variables)
        {
            Write(block, name);
            Write(block, value);
        }
        return Frame(block.ToArray(), modifier1);
    }

    /// <summary>A whole request: <see cref="RequestVariables.ForFastCgi"/>, as nginx sends it, then the body.</summary>
    public static byte[] Encode(RequestVariables variables, ReadOnlySpan<byte> body, int modifier1 = 0) =>
        [.. Encode(variables.ForFastCgi(body.Length), modifier1), .. body];

    /// <summary>A block behind a header that tells its size.</summary>
    public static byte[] Frame(byte[] block, int modifier1 = 0)
    {
        byte[] header = [(byte)modifier1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(1), checked((ushort)block.Length));
        return [.. header, .. block];
    }

    /// <summary>The response with a Status line in the place of the status line of HTTP, so that it can be read as one of CGI. The rest of one stays as it is.</summary>
    /// <exception cref="InvalidDataException">It has the header of CGI.</exception>
    /// <param name="response">What came.</param>
    /// <param name="isUwsgi">False if it came over another protocol, and is CGI already.</param>
    public static byte[] ToCgi(byte[] response, bool isUwsgi = true)
    {
        if (!isUwsgi)
            return response;
        ReadOnlySpan<byte> version = "HTTP/1.1 "u8, status = "Status: "u8;
        if (response.AsSpan().StartsWith(status))
            throw new InvalidDataException($"no status line: {System.Text.Encoding.Latin1.GetString(response.AsSpan(0, Math.Min(response.Length, 200)))}");
        return response.AsSpan().StartsWith(version) ? [.. status, .. response.AsSpan(version.Length)] : response;
    }

    private static void Write(Stream block, byte[] text)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)text.Length));
        block.Write(length);
        block.Write(text);
    }
}
