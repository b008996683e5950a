namespace Shims.Control.Client;

/// <summary>The kinds of gateway addresses.</summary>
internal enum AddressKind
{
    Unix,
    Tcp,

    /// <summary>A command that is started with the connection as its standard input and output.</summary>
    Exec,
}
