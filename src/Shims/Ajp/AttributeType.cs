namespace Shims.Ajp;

/// <summary>The types of attributes, which follow the headers of a request. AJPv13 "Request Packet Structure", attributes.</summary>
internal enum AttributeType : byte
{
    Context = 1,
    ServletPath = 2,
    RemoteUser = 3,
    AuthType = 4,
    QueryString = 5,
    JvmRoute = 6,
    SslCert = 7,
    SslCipher = 8,
    SslSession = 9,

    /// <summary>A name and a value.</summary>
    RequestAttribute = 10,

    /// <summary>An integer from Apache, a string from lighttpd.</summary>
    SslKeySize = 11,
    Secret = 12,
    StoredMethod = 13,
    End = 0xFF,
}
