namespace Shims.Posix;

/// <summary>The readiness of a descriptor. The numbers are epoll's.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Read = 0x1,
    Write = 0x4,

    /// <summary>The descriptor is broken; always reported.</summary>
    Error = 0x8,

    /// <summary>Both directions have ended: on a unix socket or pipe, the peer is gone. Always reported.</summary>
    HangUp = 0x10,

    /// <summary>The peer will send no more. On TCP that is all one sees when it has closed.</summary>
    PeerEnded = 0x2000,
}
