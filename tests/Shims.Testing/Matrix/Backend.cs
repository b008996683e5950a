using System.Net.Sockets;

namespace Shims.Testing.Matrix;

/// <summary>One of the programs in wait mode, on a listening socket that is there before it.</summary>
public sealed class Backend : IAsyncDisposable
{
    private const UnixFileMode ForEverybody = (UnixFileMode)0b110_110_110;

    private readonly LaunchedProgram _program;

    private Backend(LaunchedProgram program) => _program = program;

    public int ProcessId => _program.ProcessId;

    /// <summary>What the program has written to standard error.</summary>
    public string Log => _program.ErrorSoFar;

    /// <summary>Its open descriptors.</summary>
    public int OpenDescriptors => Directory.GetFileSystemEntries($"/proc/{ProcessId}/fd").Length;

    /// <summary>Starts the program with the socket as descriptors 0 and 1.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="address">A path, or ADDRESS:PORT.</param>
    /// <param name="scripts">The folder of scripts.</param>
    /// <param name="options">Options for the program.</param>
    public static Backend Start(string program, string address, string scripts, IReadOnlyList<string> options)
    {
        using Socket listener = Listen(address);
        return new Backend(Launcher.Start(new Launch
        {
            Program = program,
            Arguments = [.. options, scripts + "/"],
            Input = listener.SafeHandle,
            Output = listener.SafeHandle,
        }));
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    internal static Socket Listen(string address)
    {
        if (!Address.IsUnix(address))
            return Address.Listen(address);
        // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
        Socket listener = Address.Listen(address + "~");
        File.SetUnixFileMode(address + "~", ForEverybody); // A web server that root has started works as somebody else.
        File.Move(address + "~", address);
        return listener;
    }
}
