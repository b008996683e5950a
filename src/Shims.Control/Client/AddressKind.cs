namespace Shims.Control.Client;

/// <summary>How a gateway is reached.</summary>
internal enum AddressKind
{
    Unix,
    Tcp,

    /// <summary>It is started with the connection as its standard input and output.</summary>
    Exec,
}
