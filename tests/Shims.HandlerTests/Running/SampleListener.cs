using System.Net.Sockets;

namespace Shims.HandlerTests;

/// <summary>A sample app in wait mode.</summary>
internal sealed class SampleListener : IAsyncDisposable
{
    private readonly LaunchedProgram _program;

    private SampleListener(LaunchedProgram program) => _program = program;

    internal string Log => _program.ErrorSoFar;

    internal static SampleListener Start(Sample sample, string address)
    {
        using Socket listener = Address.Listen(address + ".first");
        // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
        File.Move(address + ".first", address);
        return new SampleListener(Launcher.Start(sample.Launch with { Input = listener.SafeHandle, Output = listener.SafeHandle }));
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
