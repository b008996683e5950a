using System.Buffers;
using Shims.Cgi;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Early;

/// <summary>
/// <c>fcgi-run</c> on one connection: the script is started before the C library and the .NET runtime. If it ends soon, it is answered without them (<see cref="EarlyResponse"/>).
/// </summary>
/// <remarks>
/// <para>
/// What <see cref="ScgiExec"/> says of code that runs so early holds here. The request is looked at and left in the socket: the ordinary program reads it as if
/// nothing had happened, resolves it by the same methods, and where it would start the script it finds that very script running (<see cref="WaitingScript"/>). So whatever is
/// out of the ordinary (an option, a body, a variable that is held back, a second request, a kept connection, another role, a script that does not start) is just not done here, and
/// nothing has to be handed over but one process and two pipes.
/// </para>
/// <para>If the ordinary program decides otherwise about the request, or the web server has gone, the script is ended (<see cref="WaitingScript.EndUnused"/>).</para>
/// </remarks>
internal static unsafe class EarlyScript
{
    private const int LargestRequest = 64 * 1024, StackSize = 64 * 1024;

    /// <summary>Starts the script, if command line and request are of the usual form.</summary>
    /// <param name="argumentCount">argc.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="outcome">Nothing yet; then the script, if one runs.</param>
    internal static void RunEarly(int argumentCount, byte** arguments, ref EarlyOutcome outcome)
    {
        EarlyCommandLine.SecureStandardError("fcgi-run"u8, argumentCount, arguments);
        EarlyLimits.RequireRoom("fcgi-run"u8);
        Run(argumentCount, arguments, ref outcome);
        EarlyLimits.RequireThreads("fcgi-run"u8);
    }

    private static void Run(int argumentCount, byte** arguments, ref EarlyOutcome outcome)
    {
        if (!EarlyCommandLine.IsPlain(argumentCount, arguments) || !Libc.WaitReadable(0, Limits.DefaultHeaderSeconds * 1000))
            return;
        ScriptTarget target = EarlyCommandLine.TargetOf(argumentCount, arguments);
        Span<byte> request = Kernel.Map(LargestRequest), stream = Kernel.Map(LargestRequest);
        if (request.IsEmpty || stream.IsEmpty)
            return;
        nint count = Libc.Peek(0, request);
        if (count > 0 && SingleRequest.TryRead(request[..(int)count], stream, out int length, out ushort id))
        {
            bool mayAnswer = Start(stream[..length], target, ref outcome);
            if (mayAnswer)
                EarlyResponse.Give(outcome.Script, id, (int)count, request);
        }
        Kernel.Unmap(request);
        Kernel.Unmap(stream);
    }

    /// <returns>True if the script runs, and HTTP allows its response to have a body.</returns>
    private static bool Start(ReadOnlySpan<byte> stream, in ScriptTarget target, ref EarlyOutcome outcome)
    {
        EnvironmentPolicy policy = default;
        var memory = Arena.Create(ScriptLaunch.MemoryFor(stream.Length, policy));
        Span<byte> block = memory.Take(stream.Length + 1);
        if (block.IsEmpty || Parameters.TryDecode(stream, block, out CgiVariables request) != OperationStatus.Done)
            return false;
        if (!ContentLength.TryRead(request, out long bodyLength) || bodyLength > 0)
            return false;
        if (ScriptLaunch.Prepare(target, request, bodyLength: 0, policy, ref memory, out outcome.Plan, out bool holdsBack) == Resolution.Found && !holdsBack)
            outcome.HasScript = Spawn(ref outcome.Plan, out outcome.Script);
        return outcome.HasScript && !request.Get("REQUEST_METHOD"u8).SequenceEqual("HEAD"u8);
    }

    private static bool Spawn(ref LaunchPlan plan, out StartedScript script)
    {
        script = default;
        Span<byte> stack = Kernel.Map(StackSize);
        if (stack.IsEmpty || !Libc.CreatePipe(shimReads: true, out int output, out int outputOfScript))
            return false;
        bool hasErrorPipe = Libc.CreatePipe(shimReads: true, out int error, out int errorOfScript);
        int input = Libc.OpenEmpty();
        int process = -1, descriptor = -1;
        if (hasErrorPipe && input >= 0)
        {
            (plan.Input, plan.Output, plan.Error) = (input, outputOfScript, errorOfScript);
            plan.IsSupervised = true;
            plan.IgnoredSignals = Libc.SignalsForChildren();
            Libc.CloseOnExecFromThree();
            Libc.HideFromOtherProcesses();
            fixed (LaunchPlan* fixedPlan = &plan)
                process = Libc.CloneAndExec(fixedPlan, stack, out descriptor);
        }
        plan.Release();
        Libc.Close(input);
        Libc.Close(outputOfScript);
        Libc.Close(errorOfScript);
        Kernel.Unmap(stack);
        script = new StartedScript(process, descriptor, output, error);
        if (process >= 0)
            return true;
        Libc.Close(output);
        Libc.Close(error);
        return false;
    }
}
