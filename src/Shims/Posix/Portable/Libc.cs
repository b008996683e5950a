using System.Runtime.InteropServices;
using System.Text;

namespace Shims.Posix;

/// <summary>What a shim needs of the system, in a portable build: what <c>Posix/Libc.cs</c> promises, by functions that the .NET runtime brings for every system.</summary>
/// <remarks>
/// Flags, kinds of sockets and addresses are given and returned in the form that the other folders know (<see cref="Flags"/>, <see cref="SocketName"/>), and translated here.
/// Error numbers are the runtime's (<see cref="Posix.Errno"/>).
/// </remarks>
internal static unsafe partial class Libc
{
    [ThreadStatic]
    private static int t_errno;

    private static readonly Dictionary<string, (string Value, nint Memory)> s_variables = [];
    private static readonly object s_numbers = new();

    /// <summary>The error number of the last call of this thread that failed.</summary>
    internal static int Errno => t_errno;

    /// <summary>True where the call would have had to wait.</summary>
    internal static bool WouldBlock => t_errno == Posix.Errno.EAGAIN;

    /// <summary>Memory that no collector moves or counts.</summary>
    /// <returns>Null if there is none, as for a negative size.</returns>
    internal static byte* Allocate(int size)
    {
        try
        {
            return size < 0 ? null : (byte*)NativeMemory.Alloc((nuint)size);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Allocates memory as a span. Give it back by the address of its first byte.</summary>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    internal static Span<byte> AllocateSpan(int size)
    {
        byte* start = Allocate(size);
        return start != null ? new Span<byte>(start, size) : throw new OutOfMemoryException();
    }

    internal static void Free(void* memory) => NativeMemory.Free(memory);

    /// <summary>The value of a variable of this process as text; null if it is not set or empty.</summary>
    internal static string? EnvironmentText(ReadOnlySpan<byte> nulTerminatedName) =>
        Environment.GetEnvironmentVariable(Encoding.UTF8.GetString(nulTerminatedName[..^1])) is { Length: > 0 } value ? value : null;

    /// <summary>A variable of our own environment, or null; its memory is never given back.</summary>
    internal static byte* EnvironmentVariable(ReadOnlySpan<byte> nulTerminatedName)
    {
        string name = Encoding.UTF8.GetString(nulTerminatedName[..^1]);
        if (Environment.GetEnvironmentVariable(name) is not { } value)
            return null;
        lock (s_variables)
        {
            if (!s_variables.TryGetValue(name, out (string Value, nint Memory) kept) || kept.Value != value)
                s_variables[name] = kept = (value, Marshal.StringToCoTaskMemUTF8(value));
            return (byte*)kept.Memory;
        }
    }

    /// <summary>Takes a variable out of our own environment.</summary>
    internal static void RemoveEnvironmentVariable(ReadOnlySpan<byte> nulTerminatedName) =>
        Environment.SetEnvironmentVariable(Encoding.UTF8.GetString(nulTerminatedName[..^1]), null);

    /// <summary>Fills the span with random bytes.</summary>
    internal static void Random(Span<byte> destination)
    {
        fixed (byte* start = destination)
            SystemNative.GetCryptographicallySecureRandomBytes(start, destination.Length);
    }

    /// <summary>Milliseconds on a clock that only goes forward.</summary>
    internal static long Milliseconds() => Environment.TickCount64;

    /// <summary>Milliseconds since 1970, UTC.</summary>
    internal static long UnixMilliseconds() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    internal static int LengthOf(byte* nulTerminated)
    {
        int length = 0;
        while (nulTerminated[length] != 0)
            length++;
        return length;
    }

    /// <summary>Waits while a number in memory is what it was, until <see cref="WakeOne"/> or the time is over.</summary>
    /// <param name="number">In memory that does not move.</param>
    /// <param name="value">Its value.</param>
    /// <param name="milliseconds">-1 for ever.</param>
    internal static void WaitWhile(int* number, int value, int milliseconds)
    {
        lock (s_numbers)
        {
            if (Volatile.Read(ref *number) == value)
                Monitor.Wait(s_numbers, milliseconds);
        }
    }

    /// <summary>Wakes a thread that waits for a change of a number, and lets the others look.</summary>
    internal static void WakeOne(int* number)
    {
        lock (s_numbers)
            Monitor.PulseAll(s_numbers);
    }

    /// <summary>Notes why a call failed.</summary>
    /// <param name="error">A number of <see cref="Posix.Errno"/>.</param>
    private static int Fail(int error)
    {
        t_errno = error;
        return -1;
    }

    /// <summary>Notes why the last call failed, if it did.</summary>
    private static nint Checked(nint result)
    {
        if (result < 0)
            t_errno = SystemNative.ConvertErrorPlatformToPal(Marshal.GetLastPInvokeError());
        return result;
    }

    private static int Checked(int result) => (int)Checked((nint)result);

    /// <summary>The text of a path, byte for byte. The NUL may be the one after the span.</summary>
    private static string TextOf(ReadOnlySpan<byte> nulTerminated) => Encoding.Latin1.GetString(nulTerminated.IndexOf((byte)0) is >= 0 and int length ? nulTerminated[..length] : nulTerminated);

    /// <summary>The bytes of such a text, NUL-terminated.</summary>
    private static byte[] BytesOf(string text) => Encoding.Latin1.GetBytes(text + "\0");
}
