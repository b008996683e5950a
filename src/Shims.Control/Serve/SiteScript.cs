namespace Shims.Control.Serve;

/// <summary>A script in the list of scripts.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Url">The path of its URL, encoded.</param>
/// <param name="Name">Its path, relative to the directory that is served.</param>
internal sealed record SiteScript(string Path, string Url, string Name);
