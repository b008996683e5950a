using System.Globalization;

namespace Shims.Testing;

/// <summary>curl(1), for what a user would see: its exit code says whether it took the reply for complete.</summary>
public static class Curl
{
    /// <summary>Fetches a URL.</summary>
    /// <param name="folder">Where the body is put meanwhile.</param>
    /// <param name="arguments">Options and the URL.</param>
    public static async Task<CurlResult> RunAsync(TemporaryFolder folder, params IEnumerable<string> arguments)
    {
        string body = folder.PathTo($"body-{Guid.NewGuid():N}");
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("curl"),
            // No configuration file and no proxy of the developer's.
            Arguments = ["-q", "--noproxy", "*", "-sS", "--max-time", "180", "-o", body, "-w", "%{http_code}", .. arguments],
        });
        byte[] bytes = File.Exists(body) ? await File.ReadAllBytesAsync(body) : [];
        File.Delete(body);
        int status = int.TryParse(result.OutputText, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : 0;
        return new CurlResult(result.ExitCode, status, bytes, result.ErrorText);
    }
}
