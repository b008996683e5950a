namespace Shims.Control.Servers.Writing;

/// <summary>The kind of program that responds to the requests.</summary>
internal enum TargetKind
{
    /// <summary>One CGI script, whatever follows the URL.</summary>
    Script,

    /// <summary>A folder: the component after the URL names the script.</summary>
    Directory,

    /// <summary>A program with a handler, or an app of ASP.NET Core, which speaks SCGI and FastCGI itself.</summary>
    App,
}
