namespace Shims.Control.Doctor.Deployments;

/// <summary>What a program or a web server speaks on a socket, as far as its configuration shows.</summary>
[Flags]
internal enum SpokenProtocol
{
    /// <summary>It cannot be known from the configuration.</summary>
    Unknown = 0,

    /// <summary>SCGI.</summary>
    Scgi = 1,

    /// <summary>FastCGI.</summary>
    FastCgi = 2,

    /// <summary>Whichever the other side speaks, as programs with Shim.Run do.</summary>
    Both = Scgi | FastCgi,
}
