using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>The web server's side of SCGI, written from the specification and apart from the product.</summary>
/// <remarks><code>
///   "70" ":" "CONTENT_LENGTH" 00 "27" 00 "SCGI" 00 "1" 00 ... "," body
/// </code></remarks>
public static class ScgiClient
{
    /// <summary>The header as sent: a netstring of names and values in the order given.</summary>
    public static byte[] Encode(RequestVariables variables)
    {
        var header = new MemoryStream();
        foreach ((byte[] name, byte[] value) in variables)
        {
            header.Write(name);
            header.WriteByte(0);
            header.Write(value);
            header.WriteByte(0);
        }
        return [.. Encoding.ASCII.GetBytes(header.Length.ToString(CultureInfo.InvariantCulture)), (byte)':', .. header.ToArray(), (byte)','];
    }

    /// <summary>A whole request: <see cref="RequestVariables.ForScgi"/>, then the body.</summary>
    public static byte[] Encode(RequestVariables variables, ReadOnlySpan<byte> body) =>
        [.. Encode(variables.ForScgi(body.Length)), .. body];

    /// <summary>Sends a request while it already receives the reply, as a web server does; the connection is left open until the reply ends.</summary>
    public static async Task<Received> ExchangeAsync(Connection connection, RequestVariables variables, ReadOnlyMemory<byte> body = default, TimeSpan? limit = null)
    {
        Task sending = SendAsync(connection, variables, body);
        Received received = await connection.ReceiveToEndAsync(limit);
        // A program may answer and go without reading everything; then sending fails, and that is its right.
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return received;
    }

    private static async Task SendAsync(Connection connection, RequestVariables variables, ReadOnlyMemory<byte> body)
    {
        await connection.SendAsync(Encode(variables.ForScgi(body.Length)));
        await connection.SendAsync(body);
    }
}
