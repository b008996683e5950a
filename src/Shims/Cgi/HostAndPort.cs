namespace Shims.Cgi;

/// <summary>Takes <c>host:port</c> apart, as it stands in a Host header. RFC 3986 section 3.2: an IPv6 address is in brackets.</summary>
internal static class HostAndPort
{
    internal static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> authority) => authority[..PortColon(authority)];

    /// <summary>The digits behind the colon; empty if there is no port.</summary>
    internal static ReadOnlySpan<byte> PortOf(ReadOnlySpan<byte> authority)
    {
        int colon = PortColon(authority);
        return colon == authority.Length ? default : authority[(colon + 1)..];
    }

    private static int PortColon(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        if (colon < 0 || authority.LastIndexOf((byte)']') > colon)
            return authority.Length;
        // An IPv6 address without brackets has several colons and no port.
        bool isBareAddress = authority.IndexOf((byte)':') != colon && authority[0] != (byte)'[';
        return isBareAddress || authority[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? authority.Length : colon;
    }
}
