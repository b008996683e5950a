using System.Buffers.Binary;
using System.Text;

namespace Shims.Posix;

/// <summary>Says who is at the other end of a connection.</summary>
internal static class PeerName
{
    internal static string Of(int socket)
    {
        // struct sockaddr: the family, then for both families the port, then (IPv6: four bytes of flow label, then) the address.
        Span<byte> name = stackalloc byte[128];
        if (!Libc.TryGetPeer(socket, name))
            return "";
        int family = BinaryPrimitives.ReadUInt16LittleEndian(name);
        if (family == Flags.AF_UNIX)
            return Libc.TryGetPeerCredentials(socket, out int process, out uint user) ? $"unix socket, process {process} of user {user}" : "unix socket";
        Span<byte> text = stackalloc byte[46];
        int length = Libc.FormatAddress(family, name[(family == Flags.AF_INET ? 4 : 8)..], text);
        string address = Encoding.ASCII.GetString(text[..length]);
        int port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return family == Flags.AF_INET ? $"{address}:{port}" : $"[{address}]:{port}";
    }
}
