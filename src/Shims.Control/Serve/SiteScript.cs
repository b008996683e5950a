namespace Shims.Control.Serve;

/// <summary>A script on the list of what is served.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Url">The path of its URL, encoded.</param>
/// <param name="Name">The file, as seen from the directory that is served.</param>
internal sealed record SiteScript(string Path, string Url, string Name);
