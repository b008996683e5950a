using System.Buffers.Binary;

namespace Shims.Posix;

/// <summary>Between the names of sockets as <see cref="SocketName"/> has them and as this system has them.</summary>
internal static unsafe class SocketAddress
{
    /// <summary>Bytes that are enough for the system's form of any name.</summary>
    internal const int Largest = 256;

    private const int Ours = 2, PlatformUnix = 1, PlatformIPv4 = 2, PlatformIPv6 = 23;

    /// <summary>The runtime's number of a family; 0 if it has none.</summary>
    internal static int FamilyOf(int family) => family switch
    {
        Flags.AF_UNIX => PlatformUnix,
        Flags.AF_INET => PlatformIPv4,
        Flags.AF_INET6 => PlatformIPv6,
        _ => 0,
    };

    /// <summary>Our number of one of the runtime's families; 0 if there is none.</summary>
    internal static int OwnFamilyOf(int family) => family switch
    {
        PlatformUnix => Flags.AF_UNIX,
        PlatformIPv4 => Flags.AF_INET,
        PlatformIPv6 => Flags.AF_INET6,
        _ => 0,
    };

    /// <summary>Writes a name in the system's form.</summary>
    /// <param name="name">In ours.</param>
    /// <param name="native">Room for <see cref="Largest"/> bytes.</param>
    /// <returns>Its length; 0 if the system has no such names.</returns>
    internal static int Write(ReadOnlySpan<byte> name, byte* native)
    {
        new Span<byte>(native, Largest).Clear();
        int family = SocketName.FamilyOf(name), ipv4, ipv6, unix, largest;
        SystemNative.GetSocketAddressSizes(&ipv4, &ipv6, &unix, &largest);
        int length = family switch { Flags.AF_INET => ipv4, Flags.AF_INET6 => ipv6, Flags.AF_UNIX => unix, _ => 0 };
        if (length is 0 or > Largest || SystemNative.SetAddressFamily(native, length, FamilyOf(family)) != 0)
            return 0;
        if (family == Flags.AF_UNIX)
            return WritePath(name[Ours..], native, length);
        SystemNative.SetPort(native, length, BinaryPrimitives.ReadUInt16BigEndian(name[2..]));
        fixed (byte* address = name[(family == Flags.AF_INET ? 4 : 8)..])
        {
            if (family == Flags.AF_INET)
                SystemNative.SetIPv4Address(native, length, *(uint*)address);
            else
                SystemNative.SetIPv6Address(native, length, address, SocketName.AddressSize, BinaryPrimitives.ReadUInt32LittleEndian(name[24..]));
        }
        return length;
    }

    /// <summary>Reads a name in the system's form.</summary>
    /// <param name="native">The name.</param>
    /// <param name="nativeLength">Its length.</param>
    /// <param name="name">Room for it in ours.</param>
    /// <returns>The length in ours.</returns>
    internal static int Read(byte* native, int nativeLength, Span<byte> name)
    {
        name.Clear();
        int family;
        if (SystemNative.GetAddressFamily(native, nativeLength, &family) != 0)
            return 0;
        BinaryPrimitives.WriteUInt16LittleEndian(name, (ushort)OwnFamilyOf(family));
        if (family == PlatformUnix)
            return Ours + ReadPath(native, nativeLength, name[Ours..]);
        ushort port;
        SystemNative.GetPort(native, nativeLength, &port);
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], port);
        if (family == PlatformIPv4)
        {
            uint address;
            SystemNative.GetIPv4Address(native, nativeLength, &address);
            new ReadOnlySpan<byte>(&address, sizeof(uint)).CopyTo(name[4..]);
            return 16;
        }
        if (family != PlatformIPv6)
            return Ours;
        uint scope;
        fixed (byte* address = name[8..])
            SystemNative.GetIPv6Address(native, nativeLength, address, SocketName.AddressSize, &scope);
        BinaryPrimitives.WriteUInt32LittleEndian(name[24..], scope);
        return 28;
    }

    private static int WritePath(ReadOnlySpan<byte> path, byte* native, int length)
    {
        int offset, size, all;
        SystemNative.GetDomainSocketSizes(&offset, &size, &all);
        if (path.Length > size)
            return 0;
        path.CopyTo(new Span<byte>(native + offset, size));
        // The name of an abstract socket ends where the address does.
        return path is [0, ..] ? offset + path.Length : length;
    }

    private static int ReadPath(byte* native, int nativeLength, Span<byte> path)
    {
        int offset, size, all;
        SystemNative.GetDomainSocketSizes(&offset, &size, &all);
        var bytes = new ReadOnlySpan<byte>(native + offset, Math.Clamp(nativeLength - offset, 0, size));
        if (bytes.IsEmpty || (bytes[0] == 0 && !OperatingSystem.IsLinux()))
            return 0;
        int length = bytes[0] == 0 ? bytes.Length : bytes.IndexOf((byte)0) is >= 0 and int end ? end + 1 : bytes.Length;
        length = Math.Min(length, path.Length);
        bytes[..length].CopyTo(path);
        return length;
    }
}
