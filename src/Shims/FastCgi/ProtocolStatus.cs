namespace Shims.FastCgi;

/// <summary>The end of a request on the level of the protocol. FastCGI 1.0 section 5.5.</summary>
internal enum ProtocolStatus : byte
{
    RequestComplete = 0,
    CannotMultiplex = 1,
    Overloaded = 2,
    UnknownRole = 3,
}
