using System.Reflection;

namespace Shims.Control.Serve;

/// <summary>A file of the inspector's page, embedded in this program.</summary>
/// <param name="ContentType">Its Content-Type.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record Asset(string ContentType, byte[] Bytes)
{
    private static readonly Dictionary<string, Asset> s_all = new()
    {
        ["/_shims/"] = Load("inspector.html", "text/html; charset=utf-8"),
        ["/_shims/style.css"] = Load("style.css", "text/css; charset=utf-8"),
        ["/_shims/inspector.js"] = Load("inspector.js", "text/javascript; charset=utf-8"),
        ["/_shims/build.js"] = Load("build.js", "text/javascript; charset=utf-8"),
        ["/_shims/live.js"] = Load("live.js", "text/javascript; charset=utf-8"),
    };

    /// <summary>The file at a path of the URL; null if there is none.</summary>
    internal static Asset? Find(string path) => s_all.GetValueOrDefault(path);

    private static Asset Load(string name, string contentType)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Shims.Control.Serve.Pages.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(contentType, bytes);
    }
}
