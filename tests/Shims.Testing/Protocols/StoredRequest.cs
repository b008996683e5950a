namespace Shims.Testing;

/// <summary>
/// One request that is always the same, so that what a program executes for it can be compared between machines and versions: what nginx with its
/// scgi_params and HTTP headers of curl sends, 18 variables, for a script whose path is 20 bytes long.
/// </summary>
public sealed class StoredRequest : IDisposable
{
    private readonly string _folder = $"/tmp/{Path.GetRandomFileName()[..6]}";

    public StoredRequest()
    {
        Directory.CreateDirectory(_folder);
        // A program, because what a script's first line costs depends on the line.
        File.Copy("/bin/true", Script);
    }

    /// <summary>The script, which does nothing.</summary>
    public string Script => _folder + "/page.cgi";

    /// <summary>The request as it is sent.</summary>
    public byte[] Bytes => ScgiClient.Encode(
        new RequestVariables
        {
            { "CONTENT_LENGTH", "0" },
            { "REQUEST_METHOD", "GET" },
            { "REQUEST_URI", "/cgi-bin/page.cgi?page=3&order=date" },
            { "QUERY_STRING", "page=3&order=date" },
            { "CONTENT_TYPE", "" },
            { "DOCUMENT_URI", "/cgi-bin/page.cgi" },
            { "DOCUMENT_ROOT", "/var/www/html" },
            { "SCGI", "1" },
            { "SERVER_PROTOCOL", "HTTP/1.1" },
            { "REQUEST_SCHEME", "http" },
            { "REMOTE_ADDR", "127.0.0.1" },
            { "REMOTE_PORT", "40000" },
            { "SERVER_PORT", "80" },
            { "SERVER_NAME", "www.example.com" },
            { "SCRIPT_FILENAME", Script },
            { "HTTP_HOST", "www.example.com" },
            { "HTTP_USER_AGENT", "curl/7.88.1" },
            { "HTTP_ACCEPT", "*/*" },
        });

    /// <summary>How many instructions a program executes, from its first to its execve(2), if a super-server starts it for this request.</summary>
    /// <param name="program">A program that takes the script's path as its argument, and becomes the script.</param>
    public async Task<int> CountInstructionsAsync(string program)
    {
        using SocketPair pair = SocketPair.Create();
        await pair.Near.SendAsync(Bytes);
        return await InstructionCount.UntilExecAsync(new Launch
        {
            Program = program,
            Arguments = [Script],
            Input = pair.Far.SafeHandle,
            Output = pair.Far.SafeHandle,
            Environment = ["PATH=/usr/local/bin:/usr/bin:/bin"u8.ToArray()],
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
