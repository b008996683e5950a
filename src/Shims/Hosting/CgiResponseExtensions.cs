using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Shims.Hosting;

namespace Shims;

/// <summary>The usual contents of responses: HTML, JSON, files; antiforgery for forms, messages for the next page.</summary>
/// <example><code>
/// Shim.Run(app =>
/// {
///     app.MapGet("/", (request, response) => response.WriteHtml($"&lt;p&gt;{request.Query["name"]}&lt;/p&gt;"));
///     app.MapGet("/style.css", (request, response) => response.SendFile("style.css"));
/// });
/// </code></example>
public static class CgiResponseExtensions
{
    /// <summary>
    /// Writes HTML: an interpolated string whose values are escaped, except those that are <see cref="Html"/>. The media type is
    /// <c>text/html; charset=utf-8</c>, unless another one was set.
    /// </summary>
    /// <param name="html">The string, written in place.</param>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    /// <example><code>
    /// response.WriteHtml($"""
    ///     &lt;!DOCTYPE html&gt;
    ///     &lt;title&gt;Hello&lt;/title&gt;
    ///     &lt;p&gt;Hello, {request.Query["name"]}!&lt;/p&gt;
    ///     """);
    /// </code></example>
    public static void WriteHtml(this CgiResponse response, HtmlInterpolatedStringHandler html) => Write(response, html.ToString());

    /// <summary>Writes HTML that has been made before.</summary>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    /// <example><code>
    /// response.WriteHtml(Html.Format($"&lt;p&gt;{request.PathInfo}&lt;/p&gt;"));
    /// </code></example>
    public static void WriteHtml(this CgiResponse response, Html html) => Write(response, html.ToString());

    /// <summary>Writes a value as JSON. The media type is <c>application/json; charset=utf-8</c>, unless another one was set.</summary>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">From a source-generated context, as native code needs it: <c>NotesJson.Default.Note</c>.</param>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    /// <example><code>
    /// record Note(string Title, string Text);
    ///
    /// [JsonSerializable(typeof(Note))]
    /// partial class NotesJson : JsonSerializerContext;
    /// ...
    /// response.WriteJson(new Note("milk", "two litres"), NotesJson.Default.Note);
    /// </code></example>
    public static void WriteJson<T>(this CgiResponse response, T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(typeInfo);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo);
        if (!response.HasStarted)
            response.ContentType ??= "application/json; charset=utf-8";
        response.Write(json);
    }

    /// <summary>
    /// Sends a file of a folder, with its media type, ETag and Last-Modified; or 304 if the browser has it, or the part that it asks for
    /// (206).
    /// </summary>
    /// <param name="path">
    /// The file, below <paramref name="root"/>. It may come from a request: a path that leads out of the folder, through <c>..</c> or a
    /// symbolic link, and names that begin with a dot are answered as files that are not there.
    /// </param>
    /// <param name="root">The folder. Default: <see cref="Shim.Directory"/>, below which a relative path is looked for.</param>
    /// <param name="downloadName">The name under which the browser is to save it, without showing it; null to show it. Use it for what
    /// users have uploaded.</param>
    /// <param name="contentType">Default: by the end of the file's name.</param>
    /// <remarks>
    /// Set Cache-Control before, if the file may be kept without asking. A status that was set before is kept, and then the whole file is
    /// sent: for a page of a 404.
    /// </remarks>
    /// <exception cref="BadRequestException">There is no such file (404), or it cannot be read (403).</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// app.MapGet("/style.css", (request, response) => response.SendFile("style.css"));
    /// app.MapGet("/uploads/{name}", (request, response) =>
    /// {
    ///     string name = request.RouteValues["name"]!;
    ///     response.SendFile(name, root: Path.Combine(Shim.StateDirectory, "uploads"), downloadName: name);
    /// });
    /// </code></example>
    public static void SendFile(
        this CgiResponse response, string path, string? root = null, string? downloadName = null, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(path);
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root ?? "", ProgramFolders.Program));
        using var file = SentFile.Open(root, path);
        if (downloadName is not null)
            response.Headers["Content-Disposition"] = FileResponse.Disposition(downloadName);
        FileResponse.Send(response.Request, response, file, contentType ?? MediaTypes.Of(path));
    }

    /// <summary>Keeps a message for the next page that shows messages, such as the one after a redirect.</summary>
    /// <param name="text">Up to 1024 bytes of UTF-8. It is kept in a signed cookie.</param>
    /// <exception cref="ArgumentException">It is longer.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// response.AddMessage("Saved.");
    /// response.Redirect(request.AppUrl("/"));
    /// </code></example>
    public static void AddMessage(this CgiResponse response, string text)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(text);
        response.Request.Messages.Add(text, response.Cookies);
    }

    /// <summary>
    /// The messages that were added since they were taken last. They are shown once: the browser forgets them with this response.
    /// </summary>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// foreach (string message in response.TakeMessages())
    ///     response.WriteHtml($"&lt;p role=\"status\"&gt;{message}&lt;/p&gt;");
    /// </code></example>
    public static IReadOnlyList<string> TakeMessages(this CgiResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!response.HasStarted)
            response.Headers.IsPersonal = true;
        return response.Request.Messages.Take(response.Cookies);
    }

    /// <summary>
    /// A hidden field for a form whose response <see cref="CgiRequest.ReadVerifiedForm"/> reads: it shows that the form comes from a page
    /// of this program.
    /// </summary>
    /// <remarks>The browser gets a cookie with it, so it is made before the first Write or Flush.</remarks>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// response.WriteHtml($"&lt;form method=\"post\"&gt;{response.AntiforgeryField()}&lt;button&gt;Delete&lt;/button&gt;&lt;/form&gt;");
    /// </code></example>
    public static Html AntiforgeryField(this CgiResponse response) =>
        Html.Format($"<input type=\"hidden\" name=\"{Antiforgery.FieldName}\" value=\"{response.AntiforgeryToken()}\">");

    /// <summary>
    /// The token of <see cref="AntiforgeryField"/>, for a script of the page that sends it as a header RequestVerificationToken.
    /// </summary>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// response.WriteHtml($"&lt;meta name=\"token\" content=\"{response.AntiforgeryToken()}\"&gt;");
    /// </code></example>
    public static string AntiforgeryToken(this CgiResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!response.HasStarted)
            response.Headers.IsPersonal = true;
        return response.Request.Antiforgery.TokenFor(response.Cookies);
    }

    private static void Write(CgiResponse response, string html)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!response.HasStarted)
            response.ContentType ??= "text/html; charset=utf-8";
        response.Write(html);
    }
}
