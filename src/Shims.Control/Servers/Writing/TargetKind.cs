namespace Shims.Control.Servers.Writing;

/// <summary>What answers the requests.</summary>
internal enum TargetKind
{
    /// <summary>One CGI script, whatever follows the URL.</summary>
    Script,

    /// <summary>A folder: the component behind the URL names the script.</summary>
    Directory,

    /// <summary>A program with a handler, which speaks SCGI and FastCGI itself.</summary>
    App,
}
