using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Serves one request in memory, on the thread of the caller.</summary>
internal static class TestServer
{
    internal static ShimTestResponse Send(Action<CgiRequest, CgiResponse> handler, ShimTestRequest request, ShimOptions? given)
    {
        ArgumentNullException.ThrowIfNull(request);
        ShimOptions options = given?.Copy() ?? new ShimOptions();
        var service = new ServiceContext(new GatewayOptions
        {
            Program = "test",
            Target = default,
            Mode = RunMode.Relay,
            ErrorsInBrowser = options.ErrorsTo == ErrorAudience.Browser,
            Limits = new Limits { HeaderSize = options.MaxHeaderSize, BodySize = options.MaxBodySize },
        }, Libc.Milliseconds());
        var log = new StringWriter();
        var context = new LoopContext(service) { Reports = (id, fault) => log.Write($"{id}: {fault}\n") };
        try
        {
            // No thread but this one: a test has a time limit of its own, and its debugger stays in one place.
            var responder = new HandlerResponder(handler, options, needsThreads: false) { TestConsole = HandlerConsole.AttachTest };
            responder.Prepare(context, servesMany: false);
            var channel = new TestChannel(context, request.Body, log);
            Start(channel, responder, request.Encode(), options.MaxHeaderSize);
            responder.Drive(channel.Wait, () => channel.HasEnded);
            channel.Release();
            return ShimTestResponse.Read(channel.Output, channel.IsBroken, log.ToString());
        }
        finally
        {
            HandlerConsole.AttachTest(null);
            context.Release();
        }
    }

    /// <summary>As on the wire: a header that a web server could not send, or that is too long, does not reach the handler.</summary>
    private static void Start(TestChannel channel, HandlerResponder responder, byte[] variables, int maxHeaderSize)
    {
        if (variables.Length > maxHeaderSize)
            channel.Refuse(new Fault(400, $"the header of a request is longer than {maxHeaderSize} bytes", "raise MaxHeaderSize"));
        else if (!new CgiVariables(variables).IsWellFormed)
            channel.Refuse(new Fault(400, "the header of a request has a variable with no name, or too many", "see its Variables"));
        else
            channel.Start(responder, variables);
    }
}
