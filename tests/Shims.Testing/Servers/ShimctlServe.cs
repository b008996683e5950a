using System.Text.RegularExpressions;

namespace Shims.Testing;

/// <summary><c>shimctl serve</c>, on a port that is free.</summary>
public sealed partial class ShimctlServe : Server
{
    private ShimctlServe(string what, IEnumerable<string> options) : base(Repository.Program("shimctl"), ["serve", "--port", "0", .. options, what])
    {
    }

    private ShimctlServe(string shell, string what, IEnumerable<string> options) : base("/bin/sh", ["-c", shell + "; exec \"$0\" \"$@\"", Repository.Program("shimctl"), "serve", "--port", "0", .. options, what])
    {
    }

    /// <summary>Where it answers: <c>http://127.0.0.1:PORT</c>.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts it, and waits until it has said where it listens.</summary>
    /// <param name="what">A directory, a script or an app.</param>
    /// <param name="options">Further options.</param>
    public static Task<ShimctlServe> StartAsync(string what, params IEnumerable<string> options) => StartAsync(new ShimctlServe(what, options));

    /// <summary>The same by a shell, which becomes it after some lines of its own.</summary>
    public static Task<ShimctlServe> StartAfterAsync(string shell, string what, params IEnumerable<string> options) => StartAsync(new ShimctlServe(shell, what, options));

    private static async Task<ShimctlServe> StartAsync(ShimctlServe server)
    {
        try
        {
            await Patience.UntilAsync(() => Address().IsMatch(server.Log) || server.HasEnded, "shimctl serve said where it listens");
            if (server.HasEnded)
                throw new InvalidOperationException($"shimctl serve has ended:\n{server.Log}");
            server.Url = new Uri(Address().Match(server.Log).Groups[1].Value);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    [GeneratedRegex(@" at (http://\S+/)\n")]
    private static partial Regex Address();
}
