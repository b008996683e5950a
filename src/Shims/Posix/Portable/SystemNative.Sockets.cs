using System.Runtime.InteropServices;

namespace Shims.Posix;

// Sockets, and waiting for what happens on descriptors.
internal static unsafe partial class SystemNative
{
    [LibraryImport(Library, EntryPoint = "SystemNative_Socket")]
    internal static partial int Socket(int family, int type, int protocol, nint* socket);

    [LibraryImport(Library, EntryPoint = "SystemNative_Bind")]
    internal static partial int Bind(nint socket, int protocol, byte* address, int length);

    [LibraryImport(Library, EntryPoint = "SystemNative_Listen")]
    internal static partial int Listen(nint socket, int backlog);

    [LibraryImport(Library, EntryPoint = "SystemNative_Accept")]
    internal static partial int Accept(nint socket, byte* address, int* length, nint* accepted);

    [LibraryImport(Library, EntryPoint = "SystemNative_Connect")]
    internal static partial int Connect(nint socket, byte* address, int length);

    [LibraryImport(Library, EntryPoint = "SystemNative_Shutdown")]
    internal static partial int Shutdown(nint socket, int how);

    [LibraryImport(Library, EntryPoint = "SystemNative_Receive")]
    internal static partial int Receive(nint socket, byte* buffer, int length, int flags, int* received);

    [LibraryImport(Library, EntryPoint = "SystemNative_Send")]
    internal static partial int Send(nint socket, byte* buffer, int length, int flags, int* sent);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetSockName")]
    internal static partial int GetSockName(nint socket, byte* address, int* length);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetPeerName")]
    internal static partial int GetPeerName(nint socket, byte* address, int* length);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetPeerID", SetLastError = true)]
    internal static partial int GetPeerID(nint socket, uint* user);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetSocketType")]
    internal static partial int GetSocketType(nint socket, int* family, int* type, int* protocol, int* isListening);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetSockOpt")]
    internal static partial int SetSockOpt(nint socket, int level, int name, byte* value, int length);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetLingerOption")]
    internal static partial int SetLingerOption(nint socket, Linger* option);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetBytesAvailable")]
    internal static partial int GetBytesAvailable(nint socket, int* available);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetAddressFamily")]
    internal static partial int GetAddressFamily(byte* address, int length, int* family);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetAddressFamily")]
    internal static partial int SetAddressFamily(byte* address, int length, int family);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetPort")]
    internal static partial int GetPort(byte* address, int length, ushort* port);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetPort")]
    internal static partial int SetPort(byte* address, int length, ushort port);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetIPv4Address")]
    internal static partial int GetIPv4Address(byte* address, int length, uint* value);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetIPv4Address")]
    internal static partial int SetIPv4Address(byte* address, int length, uint value);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetIPv6Address")]
    internal static partial int GetIPv6Address(byte* address, int length, byte* value, int valueLength, uint* scope);

    [LibraryImport(Library, EntryPoint = "SystemNative_SetIPv6Address")]
    internal static partial int SetIPv6Address(byte* address, int length, byte* value, int valueLength, uint scope);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetDomainSocketSizes")]
    internal static partial void GetDomainSocketSizes(int* pathOffset, int* pathSize, int* addressSize);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetSocketAddressSizes")]
    internal static partial int GetSocketAddressSizes(int* ipv4, int* ipv6, int* unix, int* largest);

    [LibraryImport(Library, EntryPoint = "SystemNative_Poll")]
    internal static partial int Poll(PollEvent* events, uint count, int milliseconds, uint* triggered);

    [LibraryImport(Library, EntryPoint = "SystemNative_CreateSocketEventPort")]
    internal static partial int CreateSocketEventPort(nint* port);

    [LibraryImport(Library, EntryPoint = "SystemNative_CreateSocketEventBuffer")]
    internal static partial int CreateSocketEventBuffer(int count, PortEvent** buffer);

    [LibraryImport(Library, EntryPoint = "SystemNative_FreeSocketEventBuffer")]
    internal static partial int FreeSocketEventBuffer(PortEvent* buffer);

    [LibraryImport(Library, EntryPoint = "SystemNative_TryChangeSocketEventRegistration")]
    internal static partial int TryChangeSocketEventRegistration(nint port, nint descriptor, int current, int wanted, nint data);

    [LibraryImport(Library, EntryPoint = "SystemNative_WaitForSocketEvents")]
    internal static partial int WaitForSocketEvents(nint port, PortEvent* buffer, int* count);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEvent
    {
        internal int Descriptor;
        internal short Events, Triggered;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PortEvent
    {
        internal nint Data;
        internal int Events;
        private readonly int _padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Linger
    {
        internal int IsOn, Seconds;
    }
}
