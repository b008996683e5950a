using Shims.Diagnostics;
using Shims.Gateway;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>A plain CGI program: the request is in the environment, its body on descriptor 0, the answer goes to descriptor 1. RFC 3875.</summary>
internal static class CgiProgram
{
    internal static ExitCode Run(GatewayOptions options)
    {
        Log.Program = options.Program;
        try
        {
            GatewayProgram.RouteStandardError(options);
            return Serve(options);
        }
        catch (Exception exception)
        {
            Log.WriteLine($"{exception.GetType()}: {exception.Message}");
            return exception is ShimException { ExitCode: var code } ? code : ExitCode.SystemError;
        }
    }

    private static ExitCode Serve(GatewayOptions options)
    {
        int input = Libc.DuplicateAboveStandard(0);
        int output = Libc.DuplicateAboveStandard(1);
        Libc.CloseOnExecFromThree();
        // Nothing is ever spoken: the web server has read the request.
        var server = new GatewayServer(Protocol.Any, options);
        options.Responder.Prepare(server, servesMany: false);
        var exchange = new CgiExchange(server, input, output);
        exchange.Start();
        Libc.HideFromOtherProcesses(); // its environment, which it cannot read itself after this, is in the request
        while (!exchange.HasEnded)
        {
            if (!options.Responder.RunNext())
                exchange.Wait();
        }
        exchange.Release();
        return server.ExitCode;
    }
}
