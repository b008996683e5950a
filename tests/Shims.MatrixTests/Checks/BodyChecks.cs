using System.Security.Cryptography;

namespace Shims.MatrixTests;

/// <summary>Bodies of requests and of answers arrive whole.</summary>
internal static class BodyChecks
{
    private const int DownloadLength = 50 << 20;

    internal static async Task EchoAsync(RunningFront front, int length)
    {
        (string file, byte[] body) = Body(front, length);
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, "--data-binary", "@" + file, "-H", "Content-Type: application/octet-stream", "-H", "Expect:", front.UrlOf("echo.cgi"));
        Assert.True(result is { ExitCode: 0, Status: 200 }, result.ToString());
        Assert.True(result.Body.AsSpan().SequenceEqual(body), $"{result.Body.Length} bytes, other than the {length} that were sent");
    }

    /// <summary>A page is whole, and a script comes to the end of its input, whatever it reads of a body up to the largest that replaces the shim, and of one byte more.</summary>
    internal static async Task SmallBodiesAsync(RunningFront front)
    {
        await DigestAsync(front, 1);
        foreach (int length in (int[])[1, 1024, 60 * 1024, 64 * 1024, (64 * 1024) + 1])
        {
            foreach ((string reads, int count) in ((string, int)[])[("nothing", 0), ("half", length / 2), ("all", length), ("end", length)])
            {
                (string file, _) = Body(front, length);
                CurlResult result = await Curl.RunAsync(front.Installation.Folder, "--data-binary", "@" + file, "-H", "Expect:", front.UrlOf("reading.cgi") + "?" + reads);
                Assert.True(result is { ExitCode: 0, Status: 200 } && result.Text == $"read {count}\n{new string('0', 20_000)}", $"{reads} of {length} bytes: {result}");
            }
        }
    }

    internal static Task DigestAsync(RunningFront front, int length) => DigestAsync(front, length, "-X", "POST", "-H", "Expect:");

    internal static Task ChunkedAsync(RunningFront front, int length) => DigestAsync(front, length, "-X", "POST", "-H", "Transfer-Encoding: chunked", "-H", "Expect:");

    internal static async Task DownloadAsync(RunningFront front)
    {
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, front.UrlOf("download.cgi"));
        Assert.True(result is { ExitCode: 0, Status: 200, Body.Length: DownloadLength }, result.ToString());
        byte[] line = "0123456789abcde\n"u8.ToArray();
        for (int start = 0; start < result.Body.Length; start += line.Length)
            Assert.True(result.Body.AsSpan(start, line.Length).SequenceEqual(line), $"other bytes from {start} on");
    }

    internal static async Task EarlyRefusalAsync(RunningFront front)
    {
        (string file, _) = Body(front, 20 << 20);
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, "--data-binary", "@" + file, "-H", "Expect:", front.UrlOf("refuse.cgi"));
        Assert.True(result is { ExitCode: 0, Status: 413, Text: "Too large, says the script.\n" }, result.ToString());
    }

    private static async Task DigestAsync(RunningFront front, int length, params IEnumerable<string> options)
    {
        (string file, byte[] body) = Body(front, length);
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, [.. options, "--data-binary", "@" + file, "-H", "Content-Type: application/octet-stream", front.UrlOf("digest.cgi")]);
        Assert.True(result is { ExitCode: 0, Status: 200 }, result.ToString());
        Assert.Equal($"{length} {Convert.ToHexStringLower(SHA256.HashData(body))}  -\n", result.Text);
    }

    /// <summary>Bytes of every value, the same in each run.</summary>
    private static (string File, byte[] Bytes) Body(RunningFront front, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return (front.Installation.Folder.Write($"upload-{length}", bytes), bytes);
    }
}
