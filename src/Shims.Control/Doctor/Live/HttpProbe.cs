using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shims.Control.Client;

namespace Shims.Control.Doctor.Live;

/// <summary>Asks a web server for a page, as a browser would. RFC 9112.</summary>
internal sealed class HttpProbe
{
    /// <summary>More than any error page.</summary>
    private const int MaxKept = 64 * 1024;

    private readonly string _text;

    private HttpProbe(int status, string text) => (Status, _text) = (status, text);

    /// <summary>The status of the response; 0 if it is not HTTP.</summary>
    internal int Status { get; }

    /// <summary>The Server header; null if there is none.</summary>
    internal string? Server => Find("Server:");

    /// <summary>The Location header; null if there is none.</summary>
    internal string? Location => Find("Location:");

    /// <summary>The beginning of the page.</summary>
    internal string Page => _text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end ? _text[(end + 4)..] : "";

    /// <summary>Whether it is the error page of a gateway.</summary>
    internal bool IsOfGateway => Page.Contains("Request id: ", StringComparison.Ordinal);

    /// <summary>
    /// Sends a GET, and follows one redirect to the same path with a slash at its end, which frameworks send of their own.
    /// </summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It has not responded in time.</exception>
    internal static async Task<HttpProbe> GetPageAsync(RequestUrl url, TimeSpan patience)
    {
        HttpProbe probe = await GetAsync(url, patience);
        return probe.Status is 301 or 302 or 307 or 308 && url.WithSlash(probe.Location) is { } target
            ? await GetAsync(target, patience) : probe;
    }

    private string? Find(string name) => _text.Split("\r\n\r\n")[0].Split("\r\n")
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))?[name.Length..].Trim();

    /// <summary>Sends a GET.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It has not responded in time.</exception>
    private static async Task<HttpProbe> GetAsync(RequestUrl url, TimeSpan patience)
    {
        using var ending = new CancellationTokenSource(patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port, ending.Token);
        byte[] request = Encoding.UTF8.GetBytes(
            $"GET {url.Uri} HTTP/1.1\r\nHost: {url.Authority}\r\nUser-Agent: shimctl\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        await socket.SendAsync(request, SocketFlags.None, ending.Token);
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; received.Length < MaxKept && (count = await socket.ReceiveAsync(buffer, SocketFlags.None, ending.Token)) > 0;)
                received.Write(buffer, 0, count);
        }
        // A page that goes on has begun.
        catch (OperationCanceledException) when (received.Length > 0)
        {
        }
        string text = Encoding.UTF8.GetString(received.ToArray());
        bool isHttp = text.StartsWith("HTTP/1.", StringComparison.Ordinal) && text.Length >= 12;
        return new HttpProbe(isHttp && int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? status : 0, text);
    }
}
