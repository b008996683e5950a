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
        ["/_shims/inspector.js"] = Script("inspector.js"),
        ["/_shims/dom.js"] = Script("dom.js"),
        ["/_shims/list.js"] = Script("list.js"),
        ["/_shims/details.js"] = Script("details.js"),
        ["/_shims/bodies.js"] = Script("bodies.js"),
        ["/_shims/edit.js"] = Script("edit.js"),
        ["/_shims/compare.js"] = Script("compare.js"),
        ["/_shims/keys.js"] = Script("keys.js"),
        ["/_shims/build.js"] = Script("build.js"),
        ["/_shims/live.js"] = Script("live.js"),
    };

    /// <summary>The file at a path of the URL; null if there is none.</summary>
    internal static Asset? Find(string path) => s_all.GetValueOrDefault(path);

    private static Asset Script(string name) => Load(name, "text/javascript; charset=utf-8");

    private static Asset Load(string name, string contentType)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Shims.Control.Serve.Pages.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(contentType, bytes);
    }
}
