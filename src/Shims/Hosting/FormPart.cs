using System.Text;

namespace Shims;

/// <summary>One part of a multipart form while it comes in. RFC 7578 section 4.</summary>
/// <example><code>
/// foreach (FormPart part in request.ReadFormParts())
///     response.Write($"{part.Name} {part.FileName ?? part.ReadText()}\n");
/// </code></example>
public sealed class FormPart
{
    internal FormPart(string name, string? fileName, string? contentType, Stream body)
    {
        Name = name;
        FileName = fileName;
        ContentType = contentType;
        Body = body;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>A file's own name as the client says, without any directories, empty if no file was chosen; null for a field that is not a file. Not fit for a path unless checked.</summary>
    public string? FileName { get; }

    /// <summary>The media type as the client says, or null.</summary>
    public string? ContentType { get; }

    /// <summary>The content: can be read once, and only until the next part is asked for. Reading throws what <see cref="CgiRequest.ReadFormParts"/> throws.</summary>
    public Stream Body { get; }

    /// <summary>Reads the content as text, UTF-8.</summary>
    /// <exception cref="BadRequestException">It is longer than <paramref name="maxLength"/> (413).</exception>
    /// <param name="maxLength">Bytes at most.</param>
    public string ReadText(int maxLength = 1 << 20)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = Body.Read(buffer)) > 0)
        {
            if (text.Length + count > maxLength)
                throw new BadRequestException(413, $"a field of the form is longer than {maxLength} bytes");
            text.Write(buffer.AsSpan(0, count));
        }
        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
