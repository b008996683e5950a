using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>An HTTP/1.1 client that sends exactly what it is told to: HttpClient would tidy up paths and headers.</summary>
/// <param name="port">A port on the loopback interface.</param>
public sealed class Browser(int port)
{
    /// <summary>The server's port.</summary>
    public int Port { get; } = port;

    public Task<ScriptReply> GetAsync(string path, params IEnumerable<string> headers) => SendAsync("GET", path, headers);

    public Task<ScriptReply> PostAsync(string path, ReadOnlyMemory<byte> body, string contentType = "application/octet-stream") =>
        SendAsync("POST", path, [$"Content-Type: {contentType}"], body);

    /// <summary>Sends a request while it already receives the response, and reads to the end of the connection.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">What stands in the request line; each character is one byte (Latin-1).</param>
    /// <param name="headers">Further header lines, each character one byte.</param>
    /// <param name="body">The body, sent with its length; null for none.</param>
    public async Task<ScriptReply> SendAsync(string method, string path, IEnumerable<string>? headers = null, ReadOnlyMemory<byte>? body = null)
    {
        using Connection connection = await OpenAsync(method, path, headers, body?.Length);
        // The server may answer and close before it has the whole body; then sending fails, and that is its right.
        Task sending = connection.SendAsync(body ?? default).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        Received received = await connection.ReceiveToEndAsync();
        await sending;
        return ScriptReply.ParseHttp(received.Bytes, isHead: method == "HEAD");
    }

    /// <summary>Sends the head of a request, and leaves the rest to the caller.</summary>
    public async Task<Connection> OpenAsync(string method, string path, IEnumerable<string>? headers = null, long? contentLength = null)
    {
        Connection connection = await Connection.OpenAsync($"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}");
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: localhost:{Port}\r\nConnection: close\r\n");
        foreach (string header in headers ?? [])
            head.Append(header).Append("\r\n");
        if (contentLength is { } length)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        head.Append("\r\n");
        await connection.SendAsync(Encoding.Latin1.GetBytes(head.ToString()));
        return connection;
    }
}
