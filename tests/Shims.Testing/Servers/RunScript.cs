namespace Shims.Testing;

/// <summary>A shell script that becomes a server in the foreground: those for ucspi, runit, daemontools, spawn-fcgi.</summary>
public sealed class RunScript : Server
{
    private RunScript(string script) : base(script)
    {
    }

    /// <summary>Starts the script, and waits until something listens at the address.</summary>
    public static async Task<RunScript> StartAsync(Installation installation, ExampleFile script, string address)
    {
        var server = new RunScript(installation.Install(script));
        try
        {
            await server.WaitUntilListeningAsync(address);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
