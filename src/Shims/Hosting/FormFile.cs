namespace Shims;

/// <summary>A file that came with a form. RFC 7578 section 4.</summary>
/// <example><code>
/// using CgiForm form = request.ReadForm();
/// foreach (FormFile file in form.Files)
///     response.Write($"{file.FileName}: {file.Length} bytes\n");
/// </code></example>
public sealed class FormFile
{
    private readonly Stream _content;

    internal FormFile(FormPart part, Stream content)
    {
        Name = part.Name;
        FileName = part.FileName ?? "";
        ContentType = part.ContentType;
        _content = content;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>The file's own name as the client says, without any directories; empty if no file was chosen. Not fit for a path unless checked.</summary>
    public string FileName { get; }

    /// <summary>The media type as the client says, or null.</summary>
    public string? ContentType { get; }

    /// <summary>Bytes.</summary>
    public long Length => _content.Length;

    /// <summary>The content from its start. The same stream each time; it is closed with the form.</summary>
    public Stream OpenRead()
    {
        _content.Position = 0;
        return _content;
    }

    /// <summary>Copies the content into a new file.</summary>
    /// <param name="path">The file. Never made of <see cref="FileName"/> alone, which the client decides.</param>
    /// <exception cref="IOException">There is a file of that name already, or it cannot be made.</exception>
    /// <example><code>
    /// using CgiForm form = request.ReadForm();
    /// foreach (FormFile file in form.Files)
    ///     file.SaveAs(Path.Combine(Shim.StateDirectory, Path.GetRandomFileName()));
    /// </code></example>
    public void SaveAs(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        OpenRead().CopyTo(file);
    }
}
