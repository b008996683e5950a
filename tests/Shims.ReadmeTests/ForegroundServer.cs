namespace Shims.ReadmeTests;

/// <summary>A server that stays in the foreground, until it listens at every address.</summary>
internal sealed class ForegroundServer : Server
{
    private ForegroundServer(string program, IReadOnlyList<string> arguments) : base(program, arguments)
    {
    }

    internal static async Task<ForegroundServer> StartAsync(string program, IReadOnlyList<string> arguments, IEnumerable<string> addresses)
    {
        var server = new ForegroundServer(Tool.PathOf(program), arguments);
        try
        {
            await server.WaitUntilListeningAsync(addresses);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
