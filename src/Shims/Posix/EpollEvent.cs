using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>One event of epoll(7). The kernel's struct is packed to 12 bytes on x86-64 only, so it is read and written by hand.</summary>
internal readonly unsafe record struct EpollEvent(uint Events, ulong Token)
{
    internal static int NativeSize => TokenOffset + 8;

    private static int TokenOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    internal static EpollEvent Read(byte* native) => new(*(uint*)native, *(ulong*)(native + TokenOffset));

    internal void Write(byte* native)
    {
        *(uint*)native = Events;
        *(ulong*)(native + TokenOffset) = Token;
    }
}
