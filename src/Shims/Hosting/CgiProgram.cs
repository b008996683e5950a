using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>A plain CGI program: the request is in the environment, its body on descriptor 0, the response goes to descriptor 1. RFC 3875.</summary>
internal static class CgiProgram
{
    internal static ExitCode Run(GatewayOptions options, IResponder responder)
    {
        Log.Program = options.Program;
        try
        {
            ErrorOutput.Route(options);
            if (options.Note is not null)
                Log.WriteLine(options.Note);
            int input = Libc.DuplicateAboveStandard(0), output = Libc.DuplicateAboveStandard(1);
            Libc.CloseOnExecFromThree();
            byte[] variables = CgiProcessEnvironment.Read();
            Libc.HideFromOtherProcesses(); // its environment, which it cannot read itself after this, is in the request
            return Serve(new LoopContext(new ServiceContext(options, Libc.Milliseconds())), responder, input, output, variables);
        }
        catch (Exception exception)
        {
            Log.WriteLine($"{exception.GetType()}: {exception.Message}");
            return exception is ShimException { ExitCode: var code } ? code : ExitCode.SystemError;
        }
    }

    /// <summary>Has the request answered.</summary>
    /// <param name="context">Its loop.</param>
    /// <param name="responder">Answers it.</param>
    /// <param name="input">Its body.</param>
    /// <param name="output">Takes the response.</param>
    /// <param name="variables">See <see cref="Cgi.CgiVariables"/>.</param>
    internal static ExitCode Serve(LoopContext context, IResponder responder, int input, int output, byte[] variables)
    {
        responder.Prepare(context, servesMany: false);
        var request = new CgiChannel(context, input, output);
        request.Start(responder, variables);
        responder.Drive(request.Wait, () => request.HasEnded);
        request.Release();
        context.Service.AccessLog?.Finish();
        return context.ExitCode;
    }
}
