using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>An IP address, or all that begin alike: <c>192.0.2.7</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>. RFC 4632 section 3.1, RFC 4291 section 2.3.</summary>
/// <remarks>All are kept as IPv6 addresses, IPv4 ones in their mapped form, so that one comparison does for both.</remarks>
internal sealed class PeerNetwork
{
    private const int AllBits = 128;

    private readonly byte[] _address = new byte[SocketName.AddressSize];
    private int _bits = AllBits;

    private PeerNetwork()
    {
    }

    private static int MappedBits => SocketName.MappedPrefix.Length * 8;

    /// <summary>True if there are ones behind the bits that count: somebody has meant something else.</summary>
    internal bool HasBitsBeyond
    {
        get
        {
            for (int bit = _bits; bit < AllBits; bit++)
            {
                if ((_address[bit / 8] & (0x80 >> (bit % 8))) != 0)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Reads an address, or an address, a slash and the number of its bits that count.</summary>
    /// <returns>Null if it is neither.</returns>
    internal static PeerNetwork? Parse(string text)
    {
        int slash = text.LastIndexOf('/');
        var network = new PeerNetwork();
        byte[] address = Encoding.UTF8.GetBytes((slash < 0 ? text : text[..slash]) + "\0");
        bool isMapped = !Libc.TryParseAddress(Flags.AF_INET6, address, network._address);
        if (isMapped)
        {
            SocketName.MappedPrefix.CopyTo(network._address);
            if (!Libc.TryParseAddress(Flags.AF_INET, address, network._address.AsSpan(SocketName.MappedPrefix.Length)))
                return null;
        }
        int before = isMapped ? MappedBits : 0;
        if (slash < 0)
            return network;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits > AllBits - before)
            return null;
        network._bits = before + bits;
        return network;
    }

    /// <summary>True if all addresses of another network are in it.</summary>
    internal bool Contains(PeerNetwork other) => other._bits >= _bits && Contains(other._address);

    /// <summary>True if an address is in it.</summary>
    /// <param name="address">As <see cref="SocketName.TryReadAddress"/> writes it.</param>
    internal bool Contains(ReadOnlySpan<byte> address)
    {
        // All IPv6 addresses, ::/0, are not those of IPv4 too.
        if (_bits < MappedBits && address.StartsWith(SocketName.MappedPrefix))
            return false;
        int whole = _bits / 8, rest = _bits % 8;
        return address[..whole].SequenceEqual(_address.AsSpan(0, whole)) && (rest == 0 || (address[whole] ^ _address[whole]) >> (8 - rest) == 0);
    }
}
