namespace Shims.Control.Servers.Writing;

/// <summary>A folder of files that the web server sends itself.</summary>
/// <param name="Url">Its URL's path, without a slash at the end.</param>
/// <param name="Folder">Absolute, without a slash at the end.</param>
internal sealed record FileAlias(string Url, string Folder)
{
    /// <summary>Reads the value of <c>--alias</c>, which has been checked: /URL=DIR.</summary>
    internal static FileAlias Parse(string value)
    {
        string[] parts = value.Split('=', 2);
        return new FileAlias("/" + parts[0].Trim('/'), parts[1].TrimEnd('/'));
    }
}
