using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Shims.Testing;

/// <summary>A pipe whose two ends are closed on exec unless <see cref="Launcher"/> hands one over.</summary>
public sealed class Pipe : IDisposable
{
    private Pipe(SafeFileHandle reader, SafeFileHandle writer) => (Reader, Writer) = (reader, writer);

    public SafeFileHandle Reader { get; }

    public SafeFileHandle Writer { get; }

    /// <summary>Makes a pipe. pipe2(2).</summary>
    public static unsafe Pipe Create()
    {
        int* pair = stackalloc int[2];
        if (Libc.pipe2(pair, Libc.OpenCloseOnExec) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "pipe2");
        return new Pipe(new SafeFileHandle(pair[0], ownsHandle: true), new SafeFileHandle(pair[1], ownsHandle: true));
    }

    /// <summary>What has been written and will be, to the end of the last program that may write. Our own end for that is closed.</summary>
    public async Task<string> ReadToEndAsync()
    {
        Writer.Dispose();
        await using var stream = new FileStream(Reader, FileAccess.Read, bufferSize: 0);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
